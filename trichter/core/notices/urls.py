"""Addresses of notices, below /app/."""

from django.urls import path

from .views import DropView, ListView, OpenView, ReadView

app_name = "notices"
urlpatterns = [
    path("notices/", ListView.as_view(), name="list"),
    path("notices/drop/", DropView.as_view(), name="drop"),
    path("notices/read/", ReadView.as_view(), name="read"),
    path("notices/<int:pk>/open/", OpenView.as_view(), name="open"),
]

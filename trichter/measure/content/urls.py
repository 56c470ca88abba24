"""Addresses of what content brings, below /app/."""

from django.urls import path

from .views import ContentView, PeopleView

app_name = "content"
urlpatterns = [
    path("content-results/", ContentView.as_view(), name="table"),
    path("content-results/people/", PeopleView.as_view(), name="people"),
]

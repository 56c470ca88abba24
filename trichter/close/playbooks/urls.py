"""Addresses below /app/."""

from django.urls import path

from . import views

app_name = "playbooks"
urlpatterns = [
    path("playbooks/whitepaper/", views.WhitepaperView.as_view(), name="whitepaper"),
    path("playbooks/whitepaper/make/", views.MakeView.as_view(), name="make"),
    path("playbooks/whitepaper/start/", views.StartView.as_view(), name="start"),
]

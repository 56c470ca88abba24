"""Addresses of the tracking, below /app/."""

from django.urls import path

from . import views

app_name = "tracking"
urlpatterns = [
    path("tracking/", views.tag, name="tag"),
    path("tracking/live/", views.live, name="live"),
    path("tracking/dropped/", views.drops, name="drops"),
    path("tracking/settings/", views.settings, name="settings"),
]

"""Addresses below /app/."""

from django.urls import path

from .views.resources import Requests
from .views.settings import SettingsView

app_name = "optin"
urlpatterns = [
    path("optin/settings/", SettingsView.as_view(), name="settings"),
    *Requests.urls(),
]

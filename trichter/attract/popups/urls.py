"""Addresses of the pop-ups, below /app/."""

from .views import Popups

app_name = "popups"
urlpatterns = [*Popups.urls()]

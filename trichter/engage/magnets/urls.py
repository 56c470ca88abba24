"""Addresses below /app/."""

from .views.resources import Magnets

app_name = "magnets"
urlpatterns = Magnets.urls()

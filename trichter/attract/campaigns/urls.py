"""Addresses of the campaigns, below /app/."""

from .views import AdCosts

app_name = "campaigns"
urlpatterns = [*AdCosts.urls()]

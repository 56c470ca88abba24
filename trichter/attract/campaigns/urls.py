"""Addresses of the campaigns, below /app/."""

from django.urls import path

from .views import AdCosts, CampaignNames, Spelling

app_name = "campaigns"
urlpatterns = [
    path("ad-costs/spelling/", Spelling.as_view(), name="spelling"),
    *AdCosts.urls(),
    *CampaignNames.urls(),
]

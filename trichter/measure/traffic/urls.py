"""Addresses of the web analytics, below /app/."""

from django.urls import path

from .views.breakdown import BreakdownExportView, BreakdownView
from .views.lists import ListExportView, ListView
from .views.overview import OverviewView
from .views.pages import PagesExportView, PagesView

app_name = "traffic"
urlpatterns = [
    path("traffic/", OverviewView.as_view(), name="overview"),
    path("traffic/by/<slug:dimension>/", BreakdownView.as_view(), name="breakdown"),
    path("traffic/by/<slug:dimension>/export/", BreakdownExportView.as_view(), name="breakdown_export"),
    path("traffic/list/", ListView.as_view(), name="list"),
    path("traffic/list/export/", ListExportView.as_view(), name="list_export"),
    path("traffic/pages/", PagesView.as_view(), name="pages"),
    path("traffic/pages/export/", PagesExportView.as_view(), name="pages_export"),
]

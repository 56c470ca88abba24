"""Addresses of the web analytics, below /app/."""

from django.urls import path

from .views.breakdown import BreakdownExportView, BreakdownView
from .views.events import EventsExportView, EventsView
from .views.goals import Goals, GoalsExportView, GoalsView
from .views.lists import ListExportView, ListView
from .views.notes import Annotations
from .views.outside import AnalyticsExportView, AnalyticsView, SearchExportView, SearchView
from .views.overview import OverviewExportView, OverviewView
from .views.pages import PagesExportView, PagesView
from .views.paths import PathsExportView, PathsListView, PathsView
from .views.realtime import RealtimeView
from .views.reports import LeaveView, Reports
from .views.retention import RetentionExportView, RetentionListView, RetentionView
from .views.use import UseExportView, UseView
from .views.values import ValuesView

app_name = "traffic"
urlpatterns = [
    path("traffic/", OverviewView.as_view(), name="overview"),
    path("traffic/export/", OverviewExportView.as_view(), name="overview_export"),
    path("traffic/by/<slug:dimension>/", BreakdownView.as_view(), name="breakdown"),
    path("traffic/by/<slug:dimension>/export/", BreakdownExportView.as_view(), name="breakdown_export"),
    path("traffic/list/", ListView.as_view(), name="list"),
    path("traffic/list/export/", ListExportView.as_view(), name="list_export"),
    path("traffic/pages/", PagesView.as_view(), name="pages"),
    path("traffic/pages/export/", PagesExportView.as_view(), name="pages_export"),
    path("traffic/events/<slug:what>/", EventsView.as_view(), name="events"),
    path("traffic/events/<slug:what>/export/", EventsExportView.as_view(), name="events_export"),
    path("traffic/use/<slug:what>/", UseView.as_view(), name="use"),
    path("traffic/use/<slug:what>/export/", UseExportView.as_view(), name="use_export"),
    path("traffic/goals/", GoalsView.as_view(), name="goals"),
    path("traffic/goals/export/", GoalsExportView.as_view(), name="goals_export"),
    path("traffic/retention/", RetentionView.as_view(), name="retention"),
    path("traffic/retention/export/", RetentionExportView.as_view(), name="retention_export"),
    path("traffic/retention/list/", RetentionListView.as_view(), name="retention_list"),
    path("traffic/paths/", PathsView.as_view(), name="paths"),
    path("traffic/paths/export/", PathsExportView.as_view(), name="paths_export"),
    path("traffic/paths/list/", PathsListView.as_view(), name="paths_list"),
    path("traffic/google-search/", SearchView.as_view(), name="search"),
    path("traffic/google-search/export/", SearchExportView.as_view(), name="search_export"),
    path("traffic/google-analytics/", AnalyticsView.as_view(), name="analytics"),
    path("traffic/google-analytics/export/", AnalyticsExportView.as_view(), name="analytics_export"),
    path("traffic/values/", ValuesView.as_view(), name="values"),
    path("traffic/now/", RealtimeView.as_view(), name="realtime"),
    path("traffic/reports/<int:pk>/leave/", LeaveView.as_view(), name="report_leave"),
    *Goals.urls(),
    *Annotations.urls(),
    *Reports.urls(),
]

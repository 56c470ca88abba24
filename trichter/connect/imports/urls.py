"""Addresses of the imports, below /app/."""

from django.urls import path

from . import views

app_name = "imports"
urlpatterns = [
    path("imports/new/", views.UploadView.as_view(), name="run_new"),
    path("imports/<int:pk>/columns/", views.MappingView.as_view(), name="run_mapping"),
    path("imports/<int:pk>/start/", views.StartView.as_view(), name="run_start"),
    path("imports/<int:pk>/cancel/", views.CancelView.as_view(), name="run_cancel"),
    path("imports/<int:pk>/discard/", views.DiscardView.as_view(), name="run_discard"),
    path("imports/<int:pk>/undo/", views.UndoView.as_view(), name="run_undo"),
    path("imports/<int:pk>/rejected/", views.RejectsView.as_view(), name="run_rejects"),
    *views.Runs.urls(),
]

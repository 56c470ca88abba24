"""Addresses of the forms, below /app/."""

from django.urls import path, re_path

from .views import building, submissions
from .views.resources import Forms, Submissions

app_name = "webforms"
urlpatterns = [
    path("forms/settings/", building.SettingsView.as_view(), name="settings"),
    path("forms/<int:pk>/preview/", building.PreviewView.as_view(), name="preview"),
    path("forms/<int:pk>/fields/new/<slug:kind>/", building.FieldView.as_view(), name="field_new"),
    path("forms/<int:pk>/fields/<int:field>/", building.FieldView.as_view(), name="field_edit"),
    re_path(
        r"^forms/(?P<pk>[0-9]+)/fields/(?P<field>[0-9]+)/(?P<act>up|down|delete)/$",
        building.FieldActView.as_view(), name="field_act",
    ),
    re_path(
        r"^submissions/(?P<pk>[0-9]+)/(?P<act>release|replay)/$", submissions.ActView.as_view(),
        name="submission_act",
    ),
    path("submissions/<int:pk>/files/<int:upload>/", submissions.UploadView.as_view(), name="upload"),
    *Forms.urls(),
    *Submissions.urls(),
]  # fmt: skip

"""Addresses of requests and rules."""

from django.urls import path

from .views import people, requests, rules

app_name = "rights"
urlpatterns = [
    path("privacy/requests/", requests.RequestListView.as_view(), name="request_list"),
    path("privacy/requests/new/", requests.NoteView.as_view(), name="note"),
    path("privacy/requests/<int:pk>/answer/", requests.AnswerView.as_view(), name="answer"),
    path("privacy/requests/<int:pk>/download/", requests.DownloadView.as_view(), name="download"),
    path("privacy/people/<int:pk>/", people.SubjectView.as_view(), name="person"),
    path("privacy/people/<int:pk>/note/", people.NoteView.as_view(), name="person_note"),
    path("privacy/people/<int:pk>/export/", people.ExportView.as_view(), name="person_export"),
    path("privacy/people/<int:pk>/restrict/", people.RestrictView.as_view(), name="person_restrict"),
    path("privacy/people/<int:pk>/erase/", people.EraseView.as_view(), name="person_erase"),
    path("privacy/retention/", rules.RuleListView.as_view(), name="rules"),
    path("privacy/retention/<slug:key>/", rules.RuleView.as_view(), name="rule"),
]

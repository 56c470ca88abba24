"""Addresses of people, companies and tasks."""

from django.urls import path, register_converter

from .resources import Companies, People, Tasks
from .views import activity, company, contacts, merging, person


class _Act:
    regex = "unlink|relink|primary"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(_Act, "act")

app_name = "people"
urlpatterns = [
    path("people/duplicates/", merging.QueueView.as_view(), name="duplicates"),
    path(
        "people/duplicates/<int:first>/<int:second>/dismiss/", merging.DismissView.as_view(), name="dismiss"
    ),
    path("people/merge/", merging.MergeView.as_view(), name="person_merge"),
    path("people/merges/<int:pk>/undo/", merging.UndoView.as_view(), name="merge_undo"),
    path("people/notes/<int:pk>/", activity.NoteView.as_view(), name="note"),
    path("people/<int:pk>/story/", person.StoryView.as_view(), name="person_story"),
    path("people/<int:pk>/visits/<int:session>/", person.VisitView.as_view(), name="visit"),
    path("people/<int:pk>/log/<slug:what>/", activity.LogView.as_view(), name="log"),
    path(
        "people/<int:pk>/identities/<int:identity>/<act:what>/",
        activity.IdentityView.as_view(),
        name="identity",
    ),
    path("people/<int:pk>/emails/", contacts.EmailView.as_view(), name="email_add"),
    path("people/<int:pk>/phones/", contacts.PhoneView.as_view(), name="phone_add"),
    path(
        "people/<int:pk>/phones/<int:phone>/remove/", contacts.PhoneRemoveView.as_view(), name="phone_remove"
    ),
    *People.urls(),
    path("companies/names/", person.CompanyNamesView.as_view(), name="company_names"),
    path("companies/duplicates/", merging.CompanyQueueView.as_view(), name="company_duplicates"),
    path(
        "companies/duplicates/<int:first>/<int:second>/dismiss/",
        merging.CompanyDismissView.as_view(),
        name="company_dismiss",
    ),
    path("companies/merge/", merging.CompanyMergeView.as_view(), name="company_merge"),
    path("companies/merges/<int:pk>/undo/", merging.CompanyUndoView.as_view(), name="company_merge_undo"),
    path("companies/<int:pk>/story/", company.CompanyStoryView.as_view(), name="company_story"),
    *Companies.urls(),
    path("tasks/<int:pk>/tick/", activity.TickView.as_view(), name="tick"),
    *Tasks.urls(),
]

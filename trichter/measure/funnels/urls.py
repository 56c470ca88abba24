from django.urls import path

from .views.audiences import Audiences
from .views.detail import DetailView
from .views.editor import EditorView, EditView
from .views.manage import DefaultView, DeleteView, DuplicateView, JsonView, ListView, MiniView, PresetView
from .views.people import PeopleExportView, PeopleSaveView, PeopleView

app_name = "funnels"
urlpatterns = [
    path("funnels/", ListView.as_view(), name="funnel_list"),
    path("funnels/new/", EditorView.as_view(), name="funnel_new"),
    path("funnels/preset/", PresetView.as_view(), name="funnel_preset"),
    path("funnels/<slug:slug>/", DetailView.as_view(), name="funnel_detail"),
    path("funnels/<slug:slug>/mini/", MiniView.as_view(), name="funnel_mini"),
    path("funnels/<slug:slug>/people/", PeopleView.as_view(), name="funnel_people"),
    path("funnels/<slug:slug>/people/export/", PeopleExportView.as_view(), name="funnel_people_export"),
    path("funnels/<slug:slug>/people/save/", PeopleSaveView.as_view(), name="funnel_people_save"),
    path("funnels/<slug:slug>/edit/", EditView.as_view(), name="funnel_edit"),
    path("funnels/<slug:slug>/duplicate/", DuplicateView.as_view(), name="funnel_duplicate"),
    path("funnels/<slug:slug>/default/", DefaultView.as_view(), name="funnel_default"),
    path("funnels/<slug:slug>/delete/", DeleteView.as_view(), name="funnel_delete"),
    path("funnels/<slug:slug>/json/", JsonView.as_view(), name="funnel_json"),
    *Audiences.urls(),
]

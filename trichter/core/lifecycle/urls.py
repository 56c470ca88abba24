from django.urls import path

from . import views

app_name = "lifecycle"
urlpatterns = [
    path("lifecycle/", views.StageListView.as_view(), name="stage_list"),
    path("lifecycle/new/", views.StageNewView.as_view(), name="stage_new"),
    path("lifecycle/people/<int:pk>/", views.SetStageView.as_view(), name="set_stage"),
    path("lifecycle/previews/<int:job>/", views.PreviewView.as_view(), name="preview"),
    path("lifecycle/<slug:key>/", views.StageView.as_view(), name="stage_detail"),
    path("lifecycle/<slug:key>/edit/", views.StageEditView.as_view(), name="stage_edit"),
    path("lifecycle/<slug:key>/move/", views.MoveView.as_view(), name="stage_move"),
    path("lifecycle/<slug:key>/remove/", views.RemoveView.as_view(), name="stage_remove"),
    path("lifecycle/<slug:key>/entries/", views.EntriesView.as_view(), name="entries"),
    path("lifecycle/<slug:key>/version/", views.VersionView.as_view(), name="version_new"),
    path("lifecycle/<slug:key>/version/<int:pk>/withdraw/", views.WithdrawView.as_view(), name="withdraw"),
]

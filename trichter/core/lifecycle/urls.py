from django.urls import path

from . import views
from .views import scoring

app_name = "lifecycle"
urlpatterns = [
    path("scoring/", scoring.ModelView.as_view(), name="scoring"),
    path("scoring/people/", scoring.CellView.as_view(), name="scoring_people"),
    path("scoring/new/", scoring.ProposeView.as_view(), name="scoring_new"),
    path("scoring/advice/", scoring.AdviceView.as_view(), name="scoring_advice"),
    path("scoring/previews/<int:job>/", scoring.ScorePreviewView.as_view(), name="scoring_preview"),
    path("scoring/<int:pk>/marketing/", scoring.AgreeMarketingView.as_view(), name="scoring_marketing"),
    path("scoring/<int:pk>/sales/", scoring.AgreeSalesView.as_view(), name="scoring_sales"),
    path("scoring/<int:pk>/switch-on/", scoring.SwitchOnView.as_view(), name="scoring_switch_on"),
    path("scoring/<int:pk>/withdraw/", scoring.WithdrawScoreView.as_view(), name="scoring_withdraw"),
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

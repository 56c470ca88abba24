"""Addresses of deals and pipelines, below /app/."""

from django.urls import path

from .views.board import BoardView, LoseView, MoveView, ReopenView, WinView
from .views.deals import Deals
from .views.people import AddPersonView, RemovePersonView
from .views.pipelines import Pipelines

app_name = "pipeline"
urlpatterns = [
    path("deals/board/", BoardView.as_view(), name="board"),
    path("deals/<int:pk>/move/", MoveView.as_view(), name="deal_move"),
    path("deals/<int:pk>/win/", WinView.as_view(), name="deal_win"),
    path("deals/<int:pk>/lose/", LoseView.as_view(), name="deal_lose"),
    path("deals/<int:pk>/reopen/", ReopenView.as_view(), name="deal_reopen"),
    path("deals/<int:pk>/people/add/", AddPersonView.as_view(), name="deal_person_add"),
    path("deals/<int:pk>/people/remove/", RemovePersonView.as_view(), name="deal_person_remove"),
    *Deals.urls(),
    *Pipelines.urls(),
]

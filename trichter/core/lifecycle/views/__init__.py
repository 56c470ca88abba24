"""The pages: all stages, one stage, the editor of its rule, and a stage by hand."""

from .editor import PreviewView, VersionView, WithdrawView
from .people import EntriesView, SetStageView
from .stages import MoveView, RemoveView, StageEditView, StageListView, StageNewView, StageView

__all__ = [
    "EntriesView", "MoveView", "PreviewView", "RemoveView", "SetStageView", "StageEditView", "StageListView",
    "StageNewView", "StageView", "VersionView", "WithdrawView",
]  # fmt: skip

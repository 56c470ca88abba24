"""The list of imports."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell.columns import Column
from trichter.core.shell.filters import choice, period, text
from trichter.core.shell.resource import Action, Resource

from ..models import ImportRun
from .run import RunView

ADD = "imports.add_importrun"


class Runs(Resource):
    """Every file that was brought in or tried out."""

    model = ImportRun
    export_permission = "imports.view_importrun"
    path = "imports/"
    name = "run"
    icon = "file-import"
    columns = (
        Column(name="file_name", lead=True),
        Column(name="kind", kind="badge"),
        Column(
            name="state",
            kind="badge",
            tones={
                "uploaded": "",
                "running": "blue",
                "done": "green",
                "failed": "red",
                "undoing": "orange",
                "undone": "yellow",
            },
        ),
        Column(name="created", kind="number"),
        Column(name="updated", kind="number"),
        Column(name="rejected", kind="number"),
        Column(name="created_at", label=gettext_lazy("Uploaded"), kind="time"),
        Column(name="created_by", label=gettext_lazy("By"), kind="user", sort=()),
        Column(name="rows_read", label=gettext_lazy("Rows"), kind="number", shown=False),
    )
    select = ("created_by",)
    search = ("file_name",)
    search_hint = gettext_lazy("File name …")
    order = "-created_at"
    filters = {"kind": choice(), "state": choice(), "file_name": text(), "created_at": period()}
    filters_shown = 2
    may_add = False
    may_delete = False
    detail_view = RunView
    empty_text = gettext_lazy(
        "Bring in access logs, contacts, companies, deals, orders or advertising costs. "
        "You can try every import out first, and undo it afterwards."
    )

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        """The way in."""
        return [
            Action(
                label=_("New import"),
                url=reverse("imports:run_new"),
                icon="file-import",
                permission=ADD,
                primary=True,
            )
        ]

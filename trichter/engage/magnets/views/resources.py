"""The list: file, requests, confirmed, downloads, MQLs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Resource

from .. import queries
from ..forms import MagnetForm
from ..models import Magnet


def _figure(name: str) -> Any:
    """One figure of a row; all of a row's figures are counted once."""

    def value(row: Any) -> int:
        if not hasattr(row, "counted"):
            row.counted = queries.figures(row)
        return int(getattr(row.counted, name))

    return value


_FIGURES = (
    Column(
        name="requests", label=gettext_lazy("Requests"), kind="number", value=_figure("requests"), sort=()
    ),
    Column(
        name="people", label=gettext_lazy("Addresses"), kind="number", value=_figure("people"), sort=()
    ),
    Column(
        name="confirmed", label=gettext_lazy("Confirmed"), kind="number", value=_figure("confirmed"), sort=()
    ),
    Column(
        name="fetched", label=gettext_lazy("Downloads"), kind="number", value=_figure("fetched"), sort=()
    ),
    Column(
        name="mql", label=gettext_lazy("Became MQL"), kind="number", value=_figure("mql"), sort=()
    ),
)  # fmt: skip


class Magnets(Resource):
    """Files behind forms."""

    model = Magnet
    path = "downloads/"
    icon = "download"
    columns = (
        Column(name="name", lead=True), *_FIGURES,
        Column(name="form", url=lambda row: reverse("webforms:form_detail", args=[row.form_id]),
               sort=("form__name",)),
        Column(name="active", kind="bool"),
    )  # fmt: skip
    properties = (
        *_FIGURES,
        Column(name="form", url=lambda row: reverse("webforms:form_detail", args=[row.form_id])),
        Column(name="document"),
        Column(name="page"),
        Column(name="link_days", kind="number"),
        Column(name="active", kind="bool"),
    )
    select = ("form", "document", "page")
    search = ("name", "form__name")
    order = "name"
    form = MagnetForm
    export_permission = "magnets.export_magnet"
    empty_text = gettext_lazy(
        "Upload a file in the CMS, build a form, and connect the two here: "
        "whoever sends the form gets the file."
    )

"""The list of requests: who was asked, who confirmed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.consent.queries import name_of
from trichter.core.shell import filters
from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Action, BuiltinView, Resource

from ..models import OptinRequest

_TONES: Mapping[str, Any] = {"confirmed": "green", "waiting": "blue", "limited": "orange"}


def _asked_for(row: OptinRequest) -> str:
    names = dict.fromkeys(name_of(item["purpose"]) for item in row.items)
    return ", ".join(names) or _("the address alone")


def _mail_state(row: OptinRequest) -> str:
    return row.delivery.get_state_display() if row.delivery else ""


class Requests(Resource):
    """Requests for a confirmation."""

    model = OptinRequest
    path = "optin/"
    icon = "shield-check"
    columns = (
        Column(name="address", lead=True),
        Column(name="state", kind="badge", tones=_TONES),
        Column(name="items", label=gettext_lazy("Asked for"), value=_asked_for, sort=()),
        Column(name="requested_at", kind="time"),
        Column(name="mail", label=gettext_lazy("Mail"), value=_mail_state, sort=()),
        Column(name="confirmed_at", kind="time"),
        Column(name="form"),
        Column(
            name="person", url=lambda row: reverse("people:person_detail", args=[row.person_id]),
            sort=("person__last_name", "person__first_name"),
        ),
    )  # fmt: skip
    properties = (
        Column(name="state", kind="badge", tones=_TONES),
        Column(name="items", label=gettext_lazy("Asked for"), value=_asked_for),
        Column(name="requested_at", kind="time"),
        Column(name="mail", label=gettext_lazy("Mail"), value=_mail_state),
        Column(name="reminded_at", kind="time"),
        Column(name="confirmed_at", kind="time"),
        Column(name="form"),
        Column(name="page"),
        Column(name="person", url=lambda row: reverse("people:person_detail", args=[row.person_id])),
    )
    select = ("person", "delivery")
    search = ("address", "form", "person__first_name", "person__last_name")
    order = "-requested_at"
    filters = {
        "state": filters.choice(),
        "period": filters.period(field="requested_at", label=gettext_lazy("Period")),
    }
    views = (BuiltinView(key="waiting", label=gettext_lazy("Waiting"), query="state=waiting"),)
    may_add = False
    may_delete = False
    export_permission = "optin.export_optinrequest"
    empty_text = gettext_lazy(
        "Add a consent with double opt-in to a form. Whoever ticks it is asked to confirm and stands here."
    )

    def record_actions(self, *, obj: Any, user: Any) -> Sequence[Action]:
        if not obj.person_id or not obj.records:
            return []
        purpose = obj.items[0]["purpose"]
        return [
            Action(
                label=_("Proof"), icon="printer", permission="consent.view_consentrecord",
                url=reverse("consent:person_proof", args=[obj.person_id, purpose]),
            )
        ]  # fmt: skip

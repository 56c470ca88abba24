"""Lists: mails, mailings, suppressed addresses."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell.columns import Column
from trichter.core.shell.filters import choice, period, text
from trichter.core.shell.links import url_or_nothing
from trichter.core.shell.resource import Action, BuiltinView, Resource, Tab

from .. import queries
from ..labels import GROUNDS, REASONS, TONES
from ..models import Delivery, Mailing, Suppression


def _reason(row: Delivery) -> str:
    return str(REASONS.get(row.reason, row.reason))


class Deliveries(Resource):
    """Every row of the ledger."""

    model = Delivery
    path = "mail/sent/"
    icon = "mail"
    columns = (
        Column(name="address", lead=True),
        Column(name="person", url=lambda row: url_or_nothing("people:person_detail", row.person_id)),
        Column(name="subject"),
        Column(name="mailing", url=lambda row: reverse("mail:mailing_detail", args=[row.mailing_id])),
        Column(name="state", kind="badge", tones=TONES, sub=_reason),  # type: ignore[arg-type]
        Column(
            name="ground",
            label=gettext_lazy("Kind of message"),
            shown=False,
            sort=("mailing__message_class",),
            value=lambda row: row.mailing.get_message_class_display(),
            sub=lambda row: GROUNDS.get(row.mailing.message_class, ""),
        ),
        Column(name="detail", shown=False),
        Column(name="created_at", kind="time"),
        Column(name="next_at", kind="time", shown=False),
        Column(name="attempts", kind="number", shown=False),
        Column(name="sent_at", kind="time"),
        Column(name="opened_at", kind="time", shown=False),
        Column(name="clicked_at", kind="time", shown=False),
    )
    select = ("person", "mailing")
    search = ("address", "subject", "person__first_name", "person__last_name")
    search_hint = gettext_lazy("Address, person or subject …")
    order = "-created_at"
    filters = {
        "state": choice(),
        "reason": choice(choices=list(REASONS.items())),
        "created": period(field="created_at", label=gettext_lazy("Queued")),
        "mailing": text(field="mailing__name", label=gettext_lazy("Mailing")),
    }
    views = (
        BuiltinView(key="failed", label=gettext_lazy("Failed"), query="state=failed"),
        BuiltinView(key="unclear", label=gettext_lazy("Unclear"), query="state=unclear"),
    )
    may_add = may_delete = False
    export_permission = "mail.export_delivery"
    empty_text = gettext_lazy("Mails appear here as soon as a newsletter, a form or a journey asks for one.")

    def tabs(self, *, obj: Delivery, user: Any) -> Sequence[Tab]:
        """The row's whole history, and who asked for its image and links."""
        steps = [
            (step, REASONS.get(step.reason, step.reason), TONES.get(step.state, ""))
            for step in obj.steps.all()
        ]
        hits = list(obj.hits.select_related("link"))
        return [
            Tab(
                key="history", label=_("History"), template="mail/parts/history.html",
                context={"steps": steps, "hits": hits},
            )
        ]  # fmt: skip

    def record_actions(self, *, obj: Delivery, user: Any) -> Sequence[Action]:
        """What can happen to it now."""
        if obj.state != Delivery.State.DUE:
            return ()
        return (
            Action(
                label=_("Call off"), url=reverse("mail:delivery_cancel", args=[obj.pk]), icon="ban",
                permission="mail.change_delivery", post=True, confirm=_("The mail will not be sent."),
            ),
        )  # fmt: skip


class Mailings(Resource):
    """What is sent, and how it goes."""

    model = Mailing
    path = "mail/mailings/"
    icon = "mail"
    columns = (
        Column(name="name", lead=True),
        Column(name="message_class", kind="badge"),
        Column(
            name="state", kind="badge", tones={"running": "green", "paused": "orange", "stopped": ""},
            sub=lambda row: row.why,
        ),
        Column(name="purpose", shown=False),
        Column(name="created_at", kind="time"),
    )  # fmt: skip
    search = ("name", "key")
    order = "-created_at"
    filters = {"state": choice(), "message_class": choice()}
    may_add = may_delete = False
    export_permission = "mail.export_delivery"
    empty_text = gettext_lazy("A mailing appears here with its first mail.")

    def tabs(self, *, obj: Mailing, user: Any) -> Sequence[Tab]:
        """Rows by state, and what people did."""
        counts = queries.states(mailing=obj)
        states = [
            (label, counts[state], TONES[state]) for state, label in Delivery.State.choices if counts[state]
        ]
        context = {
            "states": states, "engagement": queries.engagement(mailing=obj),
            "rates": queries.rates(mailing=obj), "counts": obj.counts.order_by("-day", "kind")[:60],
        }  # fmt: skip
        return [Tab(key="figures", label=_("Figures"), template="mail/parts/figures.html", context=context)]

    def record_actions(self, *, obj: Mailing, user: Any) -> Sequence[Action]:
        """Pause, go on, end."""
        right, url = "mail.change_mailing", reverse("mail:mailing_switch", args=[obj.pk])
        pause = Action(
            label=_("Pause"), url=f"{url}?to=pause", icon="player-pause", permission=right, post=True
        )
        resume = Action(
            label=_("Go on"),
            url=f"{url}?to=resume",
            icon="player-play",
            permission=right,
            post=True,
            primary=True,
        )
        stop = Action(
            label=_("End"), url=f"{url}?to=stop", icon="ban", permission=right, post=True,
            confirm=_("What waits is called off. The mailing cannot be used again."),
        )  # fmt: skip
        by_state = {Mailing.State.RUNNING: (pause, stop), Mailing.State.PAUSED: (resume, stop)}
        return by_state.get(Mailing.State(obj.state), ())


class Suppressions(Resource):
    """Addresses that are not written to."""

    model = Suppression
    path = "mail/suppressed/"
    icon = "ban"
    columns = (
        Column(name="address", lead=True),
        Column(
            name="why", kind="badge", tones={"hard": "orange", "complaint": "red", "manual": "blue"}
        ),
        Column(name="detail"),
        Column(name="since", kind="time"),
        Column(name="lifted_at", kind="time"),
    )  # fmt: skip
    search = ("address", "detail")
    order = "-since"
    filters = {"why": choice(), "since": period(field="since", label=gettext_lazy("Since"))}
    may_add = may_delete = False
    export_permission = "mail.export_suppression"
    empty_text = gettext_lazy(
        "Addresses come here by themselves: when mails return, or are reported as spam."
    )

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        """Enter one by hand."""
        return (
            Action(
                label=_("Suppress an address"), url=reverse("mail:suppress"), icon="plus",
                permission="mail.add_suppression",
            ),
        )  # fmt: skip

    def record_actions(self, *, obj: Suppression, user: Any) -> Sequence[Action]:
        """Undo it."""
        if obj.lifted_at is not None:
            return ()
        return (
            Action(
                label=_("Lift"), url=reverse("mail:suppression_lift", args=[obj.pk]), icon="arrow-back-up",
                permission="mail.change_suppression", post=True,
                confirm=_("The address may be written to again."),
            ),
        )  # fmt: skip

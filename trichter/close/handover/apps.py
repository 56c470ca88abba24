from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class HandoverConfig(AppConfig):
    name = "trichter.close.handover"
    label = "handover"
    verbose_name = _("Handover")
    personal: Mapping[str, Held] = {
        "HandoverSettings": NOBODY,
        "BusinessCalendar": NOBODY,
        "RoutingRule": NOBODY,
        "Seat": NOBODY,
        "Absence": NOBODY,
        "ChatChannel": NOBODY,
        "SlaVersion": NOBODY,
        "Entrance": Held(
            subject=("person",),
            rows="delete",
            told=("at",),
            inner=("key", "noted_at", "handled_at", "skipped"),
        ),
        "Handover": Held(
            subject=("person",),
            rows="delete",
            told=(
                "stage",
                "state",
                "entered_at",
                "created_at",
                "accepted_at",
                "first_response_at",
                "reached",
                "ended_at",
                "reason",
                "withdrawn",
                "comment",
                "fit",
                "recycle_on",
                "source",
                "campaign",
                "score",
            ),
            inner=(
                "entrance",
                "rep",
                "team",
                "sla",
                "assigned_at",
                "round",
                "attempts",
                "recycled_at",
                "clock",
                "deadline",
                "summary",
            ),
        ),
        "Assignment": Held(
            subject=("handover__person",),
            rows="delete",
            told=("at",),
            inner=("handover", "round", "rep", "team", "rule", "by", "cause", "why", "micros"),
        ),
        "Pause": Held(
            subject=("handover__person",),
            rows="delete",
            told=("reason", "since", "until"),
            inner=("handover", "by"),
        ),
        "ClockStep": Held(
            subject=("handover__person",),
            rows="delete",
            told=("at", "deadline"),
            inner=("handover", "round", "clock", "step", "rep"),
        ),
        "ChatMessage": Held(
            subject=("handover__person",),
            rows="delete",
            told=("sent_at",),
            inner=(
                "channel",
                "handover",
                "key",
                "title",
                "text",
                "state",
                "attempts",
                "error",
                "next_at",
                "claimed_at",
            ),
        ),
    }
    audited: Mapping[str, tuple[str, ...]] = {
        "HandoverSettings": (),
        "BusinessCalendar": (),
        "RoutingRule": (),
        "Seat": (),
        "Absence": (),
        "SlaVersion": (),
    }

    def ready(self) -> None:
        """Acts have a name in the audit log."""
        from trichter.core.accounts import audit

        from . import agreement

        for action, title in agreement.TITLES.items():
            audit.ACTIONS.setdefault(action, title)

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
        "Entrance": Held(subject=("person",), rows="delete"),
        "Handover": Held(subject=("person",), rows="delete"),
        "Assignment": Held(subject=("handover__person",), rows="delete"),
        "Pause": Held(subject=("handover__person",), rows="delete"),
        "ClockStep": Held(subject=("handover__person",), rows="delete"),
        "ChatMessage": Held(subject=("handover__person",), rows="delete"),
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

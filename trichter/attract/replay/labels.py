"""Names of outcomes."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.attract.tracking.labels import LABELS as TRACKED
from trichter.attract.tracking.pipeline.reasons import Reason

from .rules import Beyond

DOORS: Final[dict[str, Promise]] = {"heat": gettext_lazy("Heatmap"), "recording": gettext_lazy("Recording")}
OWN: Final[dict[str, Promise]] = {
    Beyond.TAKEN.value: gettext_lazy("Taken"),
    Beyond.SWITCHED_OFF.value: gettext_lazy("Switched off"),
    Beyond.NO_CONSENT.value: gettext_lazy("No consent in the ledger"),
    Beyond.OVER_LIMIT.value: gettext_lazy("Over a limit"),
    Beyond.TOO_BIG.value: gettext_lazy("Too large"),
    Beyond.DAMAGED.value: gettext_lazy("Damaged"),
}


def outcome_label(door: str, outcome: str) -> str:
    """“Recording: No consent in the ledger”."""
    name = OWN.get(outcome) or (TRACKED[Reason(outcome)] if outcome in list(Reason) else outcome)
    return _("%(door)s: %(outcome)s") % {"door": DOORS.get(door, door), "outcome": name}

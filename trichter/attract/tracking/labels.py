"""What reasons are called on screens, and what to do about each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .pipeline.reasons import Reason

LABELS: dict[Reason, Promise] = {
    Reason.MALFORMED: _("Malformed"),
    Reason.BOT: _("Robot"),
    Reason.OWN_TEAM: _("Own team"),
    Reason.FOREIGN_ORIGIN: _("Foreign page"),
    Reason.EXCLUDED_PAGE: _("Excluded page"),
    Reason.TOO_OLD: _("Too old"),
    Reason.IN_FUTURE: _("In the future"),
    Reason.DUPLICATE: pgettext_lazy("event", "Duplicate"),
}
ADVICE: dict[Reason, Promise] = {
    Reason.MALFORMED: _(
        "The sender does not follow the description of the API; the example says what is wrong."
    ),
    Reason.BOT: _("Search engines, monitors and scripts that say so themselves. Nothing to do."),
    Reason.OWN_TEAM: _("Colleagues by address or by a marked browser. Nothing to do."),
    Reason.FOREIGN_ORIGIN: _("Is it one of your pages? Then add its domain to your own domains."),
    Reason.EXCLUDED_PAGE: _("Pages you do not want to count. Nothing to do."),
    Reason.TOO_OLD: _("Pages may report for a day, programs for 90 days. Bring older events in by import."),
    Reason.IN_FUTURE: _("The clock of the sending program is wrong; it is more than five minutes fast."),
    Reason.DUPLICATE: _("A retry of what is there already. It was not counted twice; nothing to do."),
}
EXPECTED = frozenset({Reason.BOT, Reason.OWN_TEAM, Reason.EXCLUDED_PAGE, Reason.DUPLICATE})
DEVICES: dict[str, Promise] = {"desktop": _("Desktop"), "mobile": _("Mobile"), "tablet": _("Tablet")}

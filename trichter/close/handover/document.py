"""The agreement as a text, written from the numbers that the clocks use: there is no second copy of them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .clocks import Terms

Section = tuple[str, list[str]]


def span(minutes: int) -> str:
    """“4 hours 30 minutes” of business time."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)s business hour", "%(n)s business hours", hours) % {"n": hours})
    if rest or not hours:
        parts.append(ngettext("%(n)s business minute", "%(n)s business minutes", rest) % {"n": rest})
    return " ".join(parts)


def sections(*, terms: Terms, stage: str, back_stage: str) -> list[Section]:
    """Headings with their sentences, in the language that is active."""
    return [
        (_("Marketing promises"), _marketing(terms, stage)),
        (_("Sales promises"), _sales(terms)),
        (_("When a time is exceeded"), _breach(terms)),
        (_("Returns"), _returns(back_stage)),
        (_("How time is counted"), _counting()),
    ]


def _marketing(terms: Terms, stage: str) -> list[str]:
    n = terms.mql_per_month
    return [
        ngettext(
            "At least %(n)s person a month reaches the stage “%(stage)s” and is handed over.",
            "At least %(n)s people a month reach the stage “%(stage)s” and are handed over.",
            n,
        )
        % {"n": n, "stage": stage},
        _("Of those that sales has decided on, sales accepts at least %(percent)s %%.")
        % {"percent": terms.accepted_percent},
        _("Each handover comes with its history: source, pages, downloads, mails, score and consent."),
    ]


def _sales(terms: Terms) -> list[str]:
    found = [
        _("Each handover is accepted or returned with a reason within %(time)s.")
        % {"time": span(terms.accept_minutes)},
        _("The person is contacted for the first time within %(time)s.")
        % {"time": span(terms.response_minutes)},
    ]
    if terms.attempts:
        days = terms.attempts_days
        text = ngettext(
            "Until somebody is reached there are at least %(attempts)s attempts within %(n)s business day.",
            "Until somebody is reached there are at least %(attempts)s attempts within %(n)s business days.",
            days,
        )
        found.append(text % {"attempts": terms.attempts, "n": days})
    return found


def _breach(terms: Terms) -> list[str]:
    found = [
        _("After %(percent)s %% of a time the colleague is warned.") % {"percent": terms.warn_percent},
        _("A time that is exceeded is recorded and shown to both sides."),
    ]
    if terms.escalate_minutes:
        found.append(
            _("%(time)s later the leader of the team is told.") % {"time": span(terms.escalate_minutes)}
        )
    if terms.reassign_minutes:
        found.append(
            _("What is not accepted %(time)s after its time goes to another colleague.")
            % {"time": span(terms.reassign_minutes)}
        )
    return found


def _returns(back_stage: str) -> list[str]:
    found = [
        _("A return names one of five reasons: not ready yet, does not fit, duplicate, wrong data, other."),
        _("Sales may rate the fit from 1 to 5 and name a day on which marketing looks at the person again."),
    ]
    if back_stage:
        found.append(_("A returned person goes back to the stage “%(stage)s”.") % {"stage": back_stage})
    return found


def _counting() -> list[str]:
    return [
        _("Only the business hours of the team count, without public holidays; pauses with a reason do not."),
        _("The time begins when a colleague gets the handover, and anew when it goes to another."),
        _("First response is the first call, meeting or noted contact; a call that nobody answered counts."),
    ]

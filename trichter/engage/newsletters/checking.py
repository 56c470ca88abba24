"""What must be right, and what should be, before a newsletter starts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.mail import readiness
from trichter.core.mail.labels import POINTS
from trichter.core.shell.queries import company_zone

from ..mailtemplates.lint import findings
from ..mailtemplates.merging import problem_of
from ..mailtemplates.rendering import version
from . import rules
from .models import Newsletter


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point. `blocking`: it cannot start before. `url`: where it is put right."""

    key: str
    ok: bool
    text: Any
    blocking: bool = True
    url: str = ""


def points(newsletter: Newsletter, *, now: datetime) -> list[Point]:
    """All points: of the newsletter, of its text, and those of the mail house that are open."""
    template = newsletter.template
    published = bool(template.live and template.live_revision_id)
    has_segments = newsletter.include.exists()
    filling = [one.name for one in newsletter.include.all() if not one.ready]
    unfilled = _("The segment “%(name)s” is still being filled.")
    found = [
        Point(key="template", ok=published, text=_("The template is published.") if published
              else _("Publish the template first.")),
        Point(key="segments", ok=has_segments, text=_("At least one segment is chosen.") if has_segments
              else _("Choose at least one segment.")),
        *(Point(key="filling", ok=False, text=unfilled % {"name": name}) for name in filling),
        _time(newsletter, now=now),
    ]  # fmt: skip
    for text in (newsletter.subject, newsletter.preheader):
        problem = problem_of(text) if text else None
        if problem is not None:
            found.append(Point(key="tags", ok=False, text=str(problem)))
    if published:
        live = version(revision=newsletter.revision or template.live_revision_id or 0)
        if live is not None:
            found += [
                Point(key=one.key, ok=False, blocking=one.blocking, text=one.text)
                for one in findings(
                    template=live,
                    subject=newsletter.subject,
                    preheader=newsletter.preheader,
                    advertising=True,
                )
            ]
    return found + [
        Point(key=key, ok=False, text=f"{POINTS[key][0]}: {POINTS[key][1]}", url=reverse("mail:cockpit"))
        for key in readiness.blocking()
    ]


def _time(newsletter: Newsletter, *, now: datetime) -> Point:
    timing = Newsletter.Timing
    if newsletter.timing == timing.NOW:
        return Point(key="time", ok=True, text=_("It is sent at once."))
    if newsletter.day is None or newsletter.clock is None:
        return Point(key="time", ok=False, text=_("Enter the day and the time."))
    zone = company_zone()
    at = rules.instant(day=newsletter.day, clock=newsletter.clock, zone=zone)
    if at <= now:
        return Point(key="time", ok=False, text=_("The time has passed already."))
    shown = at.astimezone(zone)
    words = {"day": f"{shown:%d.%m.%Y}", "time": f"{shown:%H:%M}"}
    if newsletter.timing == timing.COMPANY:
        return Point(key="time", ok=True, text=_("It is sent on %(day)s at %(time)s.") % words)
    return Point(
        key="time", ok=True, text=_("Each contact gets it on %(day)s at %(time)s on the own clock.") % words
    )

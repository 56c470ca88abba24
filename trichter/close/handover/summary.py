"""What sales should know of a person, gathered from facts alone: no text is made up.

`gather` reads journal and records and gives plain data, which is kept with the handover; `lines` puts it into
words in the reader's language.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.consent.models import Channel
from trichter.core.consent.queries import standing
from trichter.core.journal.models import Event
from trichter.core.lifecycle.queries import explanation_of
from trichter.core.people.headlines import channel
from trichter.core.people.models import Person, Task
from trichter.core.people.queries import identities_of
from trichter.core.shell.queries import company_zone

TOP, NEWEST = 5, 2_000
_KINDS = (
    "page.viewed", "mail.sent", "mail.opened", "mail.clicked", "file.downloaded", "form.submitted",
    "call.logged", "meeting.held",
)  # fmt: skip
Data = dict[str, Any]


def gather(*, person: Person, now: datetime) -> Data:
    """The facts as plain data. Looks at the newest 2,000 events of the kinds that are told."""
    rows = Event.objects.filter(identity_id__in=identities_of(person), kind__in=_KINDS, at__lte=now)
    events = list(
        rows.order_by("-at", "-id").values_list("kind", "at", "page", "source", "medium", "campaign", "data")[
            :NEWEST
        ]
    )
    pages: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    acts: list[list[str]] = []
    campaign = ""
    for kind, at, page, _source, _medium, came_by, data in events:
        campaign = came_by or campaign
        if kind == "page.viewed":
            pages[str(data.get("heading") or page)] += 1
        elif kind.startswith("mail.") and not data.get("machine"):
            counts[kind] += 1
        elif kind in ("file.downloaded", "form.submitted") and len(acts) < TOP:
            acts.append([kind, str(data.get("asset") or data.get("form") or ""), at.isoformat()])
        elif kind in ("call.logged", "meeting.held"):
            counts[kind] += 1
    company = person.company
    return {
        "source": person.source, "medium": person.medium, "campaign": campaign,
        "pages": pages.most_common(TOP), "views": sum(pages.values()), "acts": acts, "counts": dict(counts),
        "score": _score(person, now),
        "consent": [
            [one.purpose.name, one.channel, one.state] for one in standing(person, at=now)
        ],
        "company": {
            "name": company.name, "industry": company.industry, "employees": company.employees,
            "place": f"{company.postcode} {company.city}".strip(),
        } if company else {},
        "job_title": person.job_title,
        "tasks": [
            [task.title, task.due.isoformat() if task.due else ""]
            for task in Task.objects.filter(person=person, done_at=None)[:TOP]
        ],
    }  # fmt: skip


def _score(person: Person, now: datetime) -> Data:
    found = explanation_of(person, now=now)
    if found is None:
        return {}
    best = sorted(found.rules, key=lambda line: -line.points)
    return {
        "points": found.total, "grade": found.fit.grade,
        "reasons": [[line.rule.label, line.points, line.times] for line in best if line.points > 0][:TOP],
    }  # fmt: skip


def lines(data: Data) -> list[tuple[str, list[str]]]:
    """Headings with their lines, in the language that is active."""
    found: list[tuple[str, list[str]]] = []
    if company := data.get("company"):
        parts = [company["name"], company["industry"], company["place"]]
        if company["employees"]:
            n = company["employees"]
            parts.append(ngettext("%(n)s employee", "%(n)s employees", n) % {"n": n})
        found.append((_("Company"), [" · ".join(part for part in parts if part)]))
    if data.get("job_title"):
        found.append((_("Job title"), [data["job_title"]]))
    if data.get("source"):
        where = channel(data["source"], data.get("medium", ""))
        if data.get("campaign"):
            where = _("%(source)s, campaign “%(campaign)s”") % {"source": where, "campaign": data["campaign"]}
        found.append((_("Came by"), [where]))
    if score := data.get("score"):
        head = _("%(points)s points, fit %(grade)s") % {"points": score["points"], "grade": score["grade"]}
        reasons = [f"{points:+d} {label} ({times}×)" for label, points, times in score["reasons"]]
        found.append((_("Score"), [head, *reasons]))
    if data.get("pages"):
        found.append((_("Most viewed pages"), [f"{page} ({n}×)" for page, n in data["pages"]]))
    if data.get("acts"):
        words = {"file.downloaded": _("Downloaded “%(name)s”"), "form.submitted": _("Sent form “%(name)s”")}
        told = []
        for kind, name, at in data["acts"]:
            day = date_format(datetime.fromisoformat(at).astimezone(company_zone()), "SHORT_DATE_FORMAT")
            told.append(f"{words[kind] % {'name': name}} · {day}")
        found.append((_("Downloads and forms"), told))
    if counts := data.get("counts"):
        found.append((_("Mails and talks"), _counted(counts)))
    if data.get("consent"):
        states = {
            "given": _("given"), "withdrawn": _("withdrawn"), "expired": _("expired"),
            "refused": _("refused"), "none": _("none"),
        }  # fmt: skip
        ways = dict(Channel.choices)
        told = [
            f"{purpose} ({ways.get(by, by)}): {states.get(state, state)}"
            for purpose, by, state in data["consent"]
        ]
        found.append((_("Consent"), told))
    else:
        found.append((_("Consent"), [_("none on record")]))
    if data.get("tasks"):
        found.append((_("Open tasks"), [f"{title} {due}".strip() for title, due in data["tasks"]]))
    return found


def _counted(counts: Data) -> list[str]:
    told = []
    if n := counts.get("mail.sent"):
        told.append(ngettext("%(n)s mail received", "%(n)s mails received", n) % {"n": n})
    if n := counts.get("mail.opened"):
        told.append(ngettext("opened %(n)s time", "opened %(n)s times", n) % {"n": n})
    if n := counts.get("mail.clicked"):
        told.append(ngettext("clicked %(n)s time", "clicked %(n)s times", n) % {"n": n})
    if n := counts.get("call.logged"):
        told.append(ngettext("%(n)s call", "%(n)s calls", n) % {"n": n})
    if n := counts.get("meeting.held"):
        told.append(ngettext("%(n)s meeting", "%(n)s meetings", n) % {"n": n})
    return told

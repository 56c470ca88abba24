"""Reads about forms and what came in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from disposable_email_domains import blocklist
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from trichter.core.consent.models import Wording
from trichter.core.consent.queries import current_wordings
from trichter.core.consent.webconsents import BROWSER_ID
from trichter.core.events import AdClicked
from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Link, Person
from trichter.kit.stats import ENOUGH, Interval, wilson
from trichter.kit.text import domain_of
from trichter.kit.traffic import Touch

from .models import Form, FormField, FormSettings, Submission
from .rules import Question, asked_now

VIEWED = "form.viewed"
"""Name of the custom event by which the script tells that a form came into sight."""
_VISIT = timedelta(minutes=30)
_MOST_KNOWN = 50


def form_settings() -> FormSettings:
    """The saved settings; the defaults while none are saved."""
    return FormSettings.objects.filter(pk=1).first() or FormSettings(pk=1)


def live_form(slug: str) -> Form | None:
    """The form of this address, if it takes submissions."""
    return Form.objects.filter(slug=slug, state=Form.State.LIVE).first()


def fields_of(form: Form) -> list[FormField]:
    """In their order."""
    return list(form.fields.select_related("purpose").order_by("position", "id"))


def questions(fields: Sequence[FormField]) -> list[Question]:
    """What decisions need of the fields that take an answer."""
    found: list[Question] = []
    step = 0
    for index, one in enumerate(fields):
        if one.kind == FormField.Kind.STEP:
            step += 1 if index else 0
        elif one.asks:
            found.append(
                Question(
                    key=one.key, kind=one.kind, step=step, required=one.required,
                    options=tuple(str(option["value"]) for option in one.options),
                    show_field=one.show_field, show_op=one.show_op, show_value=one.show_value,
                    progressive=one.progressive,
                )
            )  # fmt: skip
    return found


def known_keys(*, browser: str, fields: Sequence[FormField]) -> set[str]:
    """Questions that this very browser has answered before, in this or another form.

    Only a browser with consent that is linked to a contact has a past, and only its own answers count: what
    the house knows of the contact otherwise never shows in a form, whoever's address somebody types.
    """
    if not browser:
        return set()
    value = f"{BROWSER_ID}{browser}"
    owner = Link.objects.filter(identity__kind="visitor", identity__value=value).values_list(
        "person_id", flat=True
    )
    person = owner.first()
    if person is None:
        return set()
    rows = Submission.objects.filter(visitor=value, state=Submission.State.PROCESSED, person=person)
    given: set[str] = set()
    for answers in rows.order_by("-received_at").values_list("answers", flat=True)[:_MOST_KNOWN]:
        for one in answers:
            given.update({one["key"], one.get("target") or one["key"]})
    return {one.key for one in fields if one.key in given or (one.target and one.target in given)}


def earlier_from(*, submission: Submission) -> int:
    """Other sendings from the same network in the hour before."""
    if not submission.network:
        return 0
    since = submission.received_at - timedelta(hours=1)
    rows = Submission.objects.filter(
        network=submission.network, received_at__gte=since, received_at__lte=submission.received_at
    )
    return rows.exclude(pk=submission.pk).exclude(state=Submission.State.INVALID).count()


def is_disposable(address: str) -> bool:
    """Whether the mailbox belongs to a service for throw-away addresses, or to a part of one."""
    labels = domain_of(address).split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where a visitor came from: the first known touch, and that of the visit in which the form was sent.

    The clicks are `gclid=Cj0…`, where an ad began that visit and the browser's consent allows to keep it.
    """

    first: Touch | None
    last: Touch | None
    session: int | None = None
    country: str = ""
    device: str = ""
    first_click: str = ""
    last_click: str = ""


def way_of(*, visitor: str, at: datetime, landing: Touch | None) -> Way:
    """Out of the journal, so that a campaign counts although the visitor went on to other pages.

    `landing`: what the form's own page says, for browsers whose visit was not counted.
    """
    identity = Identity.objects.filter(kind="visitor", value=visitor).first() if visitor else None
    if identity is None:
        return Way(first=landing, last=landing)
    events = Event.objects.filter(identity=identity, at__lte=at + timedelta(minutes=5)).exclude(session=None)
    first = events.exclude(source="").order_by("at", "id").first()
    last = events.filter(at__gte=at - _VISIT).order_by("-at", "-id").first()
    clicks = _clicks(identity, [one.session for one in (first, last) if one is not None])
    return Way(
        first_click=clicks.get(first.session, "") if first else "",
        last_click=clicks.get(last.session, "") if last else "",
        first=_touch(first) if first else landing, last=_touch(last) if last else landing,
        session=last.session if last else None, country=last.country if last else "",
        device=last.device if last else "",
    )  # fmt: skip


def _clicks(identity: Identity, sessions: Collection[int | None]) -> dict[int | None, str]:
    rows = Event.objects.filter(kind=AdClicked.kind, identity=identity, session__in=list(sessions))
    found = rows.order_by("id").values_list("session", "data")
    return {
        session: f"{data.get('parameter')}={data['click']}" for session, data in found if data.get("click")
    }


def _touch(event: Event) -> Touch:
    return Touch(event.source, event.medium, event.campaign, event.content, event.term)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Part of a whole; `interval` is None under 30 cases, where no rate is shown."""

    hits: int
    n: int

    @property
    def interval(self) -> Interval | None:
        """Of the rate, 95 per cent."""
        return wilson(min(self.hits, self.n), self.n) if self.n >= ENOUGH else None

    @property
    def share(self) -> float | None:
        """In per cent."""
        return min(self.hits, self.n) / self.n * 100 if self.n >= ENOUGH else None

    @property
    def low(self) -> float:
        """Lower end in per cent."""
        return self.interval.low * 100 if self.interval else 0

    @property
    def high(self) -> float:
        """Upper end in per cent."""
        return self.interval.high * 100 if self.interval else 0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Visitors who saw, began and sent a form since a day; `quarantined` and `open` are submissions."""

    viewed: int
    started: int
    submitted: int
    quarantined: int
    new_people: int

    @property
    def start_rate(self) -> Rate:
        """Of those who saw it, who began."""
        return Rate(hits=self.started, n=self.viewed)

    @property
    def send_rate(self) -> Rate:
        """Of those who saw it, who sent it."""
        return Rate(hits=self.submitted, n=self.viewed)


def figures(*, form: Form, since: datetime) -> Figures:
    """Of one form. Visitors are counted once per form (without consent: once per day)."""
    events = Event.objects.filter(at__gte=since)
    viewed = events.filter(kind="custom.happened", data__name=VIEWED, data__props__form=form.slug)
    started = events.filter(kind="form.started", data__form=form.slug)
    rows = Submission.objects.filter(form=form, received_at__gte=since)
    counts = rows.aggregate(
        sent=Count("pk", filter=Q(state=Submission.State.PROCESSED)),
        kept=Count("pk", filter=Q(state=Submission.State.QUARANTINED)),
        new=Count("pk", filter=Q(new_person=True)),
    )
    return Figures(
        viewed=viewed.values("identity").distinct().count(),
        started=started.values("identity").distinct().count(),
        submitted=counts["sent"], quarantined=counts["kept"], new_people=counts["new"],
    )  # fmt: skip


def submissions_of(person: Person) -> QuerySet[Submission]:
    """What this contact sent, newest first."""
    found: QuerySet[Submission] = Submission.objects.filter(person=person).select_related("form")
    return found.order_by("-received_at")


def old_submissions(*, before: datetime, states: Sequence[str]) -> QuerySet[Any]:
    """For retention."""
    return Submission.objects.filter(received_at__lt=before, state__in=states)


def unfinished_before(*, days: int = 7, now: datetime | None = None) -> QuerySet[Any]:
    """Sendings that were never completed: nobody needs them for long."""
    limit = (now or timezone.now()) - timedelta(days=days)
    return Submission.objects.filter(state=Submission.State.INVALID, received_at__lt=limit)


def left_out(*, form: Form, fields: Sequence[FormField], browser: str) -> list[str]:
    """Keys to leave out of a form for this browser."""
    found = questions(fields)
    known = known_keys(browser=browser, fields=fields)
    asked = set(asked_now(found, known=known, at_once=form.questions))
    return [one.key for one in found if one.key not in asked]


def wordings_of(fields: Sequence[FormField], language: str) -> dict[int, Wording]:
    """The newest words of the purposes asked for, by purpose; in the other language where one is missing."""
    found = current_wordings()
    other = "en" if language == "de" else "de"
    chosen: dict[int, Wording] = {}
    for one in fields:
        if one.purpose_id:
            wording = found.get((one.purpose_id, language)) or found.get((one.purpose_id, other))
            if wording is not None:
                chosen[one.purpose_id] = wording
    return chosen


def step_of(fields: Sequence[FormField], field: FormField) -> int:
    """In which step a field stands, 0 for the first."""
    before = fields[: fields.index(field)]
    return sum(one.kind == FormField.Kind.STEP for index, one in enumerate(before) if index)

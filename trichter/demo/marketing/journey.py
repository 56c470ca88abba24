"""The sequence of four mails as a journey: who came in, where everybody stands, and what each got.

It is paused. Its next steps would be mails to people who do not exist.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trichter.core.events import JourneyEnded, JourneyEntered, JourneyScored
from trichter.core.journal.actions import Entry, record_many
from trichter.core.journal.bulk import insert, insert_records
from trichter.core.mail.actions import MARKETING, NEWSLETTER, ensure_mailing
from trichter.core.people.models import Person, Tag
from trichter.engage.journeys.actions import create_journey, pause, switch_on
from trichter.engage.journeys.effects import number_of
from trichter.engage.journeys.models import Enrolment, Journey, Passage
from trichter.engage.journeys.rules.reading import TEMPLATE
from trichter.engage.journeys.starters import WHITEPAPER, whitepaper
from trichter.engage.mailtemplates.models import MailTemplate

from ..simulate import SERIES
from . import letters, mail_texts
from .letters import Letter
from .past import Known, Past, colleague

NAME = "Vier Mails nach der Anmeldung"
ABOUT = (
    "Willkommen, Problem und Lösung, Fallstudie, Demo-Angebot. In diesen Beispieldaten ist die Strecke "
    "angehalten, damit keine Mail an erfundene Personen geht."
)
RUNNING = timedelta(days=26)
TAG, LABEL = "Später ansprechen", "Demo angefragt"
_ASKED = {"all": [{"event": {"kind": "form.submitted", "where": [
    {"field": "data.form", "op": "is", "value": "demo"}]}}]}  # fmt: skip
# Steps of the starter that the story does not tell of: it sends on the day, not on its morning.
_MORNINGS = {"s3", "s6", "s9"}
_MAILS = dict(zip(("s1", "s4", "s7", "s10"), SERIES, strict=True))
_S = Enrolment.State


@dataclass(frozen=True, kw_only=True)
class Stay:
    """One person at one step; `left` None: is still there."""

    step: str
    came: datetime
    left: datetime | None = None
    outcome: str = ""
    detail: str = ""


def definition() -> dict[str, Any]:
    """The ready sequence with the company's own mails, and a fork at its end."""
    draft = whitepaper(language="de")
    steps = [one for one in draft["steps"] if one["id"] not in _MORNINGS][:8]
    for step in steps:
        if step["id"] in _MAILS:
            step["source"] = {"kind": "renderer", "key": TEMPLATE,
                              "variables": {"template": _MAILS[step["id"]][2]}}  # fmt: skip
    steps.append({
        "id": "s12", "do": "branch", "rule": _ASKED,
        "ways": [
            {"steps": [{"id": "s13", "do": "score", "label": LABEL}]},
            {"steps": [{"id": "s14", "do": "tag", "tag": TAG}]},
        ],
    })  # fmt: skip
    trigger = {"event": {"kind": "optin.confirmed", "where": [
        {"field": "data.purpose", "op": "is", "value": NEWSLETTER}]}}  # fmt: skip
    return draft | {"triggers": [trigger], "steps": steps}


def make_journey(*, past: Past, templates: dict[str, MailTemplate]) -> Journey:
    """Everybody who confirmed since it runs, at the step where the story has brought him."""
    owner, began = colleague(role="marketing"), past.now - RUNNING
    journey = create_journey(
        name=NAME, description=ABOUT, draft=definition(), key=WHITEPAPER, owner=owner
    )  # fmt: skip
    version = switch_on(journey=journey, by=owner)
    pause(journey=journey, by=owner)
    Journey.objects.filter(pk=journey.pk).update(created_at=began, running_since=began)
    type(version).objects.filter(pk=version.pk).update(created_at=began)
    inside = [
        (one, one.confirmed, list(_stays(one, one.confirmed, now=past.now)))
        for one in past.leads if one.confirmed is not None and one.confirmed >= began
    ]  # fmt: skip
    rows = []
    for one, came, stays in inside:
        last, done = stays[-1], stays[-1].left
        rows.append(
            Enrolment(
                journey=journey, person=one.person, version=version, step=last.step, came_at=last.came,
                state=_S.DONE if done else _S.ACTIVE, due_at=None if done else last.came + _pause(last.step),
                moves=len(stays), how="event", since=came, started_at=came, ended_at=done,
                why="finished" if done else "",
            )
        )  # fmt: skip
    insert_records(rows)
    people = [(row, *found) for row, found in zip(rows, inside, strict=True)]
    mails = _mails(past, people)
    insert(Passage, ("enrolment_id", "step", "came_at", "left_at", "outcome", "detail", "delivery_id"), [
        (row.pk, stay.step, stay.came, stay.left, stay.outcome, stay.detail, mails.get((row.pk, stay.step)))
        for row, _one, _came, stays in people for stay in stays
    ])  # fmt: skip
    _tag([one.person for _row, one, _came, stays in people if stays[-1].step == "s14"])
    record_many([*_told(journey, people)])
    journey.refresh_from_db()
    return journey


def _pause(step: str) -> timedelta:
    return {"s2": timedelta(days=3), "s5": timedelta(days=4), "s8": timedelta(days=5)}.get(
        step, timedelta(days=7)
    )


def _stays(one: Known, came: datetime, *, now: datetime) -> Iterator[Stay]:
    """The way of one person up to now. What the story did not send by now has not been reached."""
    at = came
    for mail, wait in zip(_MAILS, ("s2", "s5", "s8", "s11"), strict=True):
        yield Stay(step=mail, came=at, left=at, outcome="done", detail=mail_texts.SERIES[_MAILS[mail][2]][0])
        after = at + _pause(wait)
        if after >= now:
            yield Stay(step=wait, came=at)
            return
        yield Stay(step=wait, came=at, left=after, outcome="waited")
        at = after
    asked = any(moment <= at for moment in one.asked)
    yield Stay(step="s12", came=at, left=at, outcome="yes" if asked else "no")
    if asked:
        yield Stay(step="s13", came=at, left=at, outcome="done", detail=LABEL)
    else:
        yield Stay(step="s14", came=at, left=at, outcome="done", detail=TAG)


People = Sequence[tuple[Enrolment, Known, datetime, list[Stay]]]


def _mails(past: Past, people: People) -> dict[tuple[int, str], int]:
    """The rows of the ledger behind what the journal tells of these mails, by enrolment and step."""
    found: dict[tuple[int, str], int] = {}
    for step, (_days, subject, key) in _MAILS.items():
        # The journal knows these mails by this key since a year.
        mailing = ensure_mailing(key=key, name=f"{NAME}: {subject}", message_class=MARKETING)
        type(mailing).objects.filter(pk=mailing.pk).update(created_at=past.now - RUNNING)
        chosen = [
            (row, Letter(
                to=one, key=f"enrolment-{row.pk}", queued=stay.came, sent=one.sent[key],
                variables={"template": key}, opened=one.opened.get(key), clicked=one.clicked.get(key), link=1,
            ))
            for row, one, _came, stays in people for stay in stays if stay.step == step and key in one.sent
        ]  # fmt: skip
        written = letters.write(
            past, mailing=mailing, subject=subject, renderer=TEMPLATE,
            links=[mail_texts.LINKS[key], mail_texts.PRODUCT],
            letters=[letter for _row, letter in chosen],
        )  # fmt: skip
        found |= {(row.pk, step): mail.pk for (row, _letter), mail in zip(chosen, written, strict=True)}
    return found


def _tag(people: Sequence[Person]) -> None:
    tag, _new = Tag.objects.get_or_create(name=TAG)
    through = Person.tags.through
    insert(through, ("person_id", "tag_id"), [(one.pk, tag.pk) for one in people], ignore=True)


def _told(journey: Journey, people: People) -> Iterator[Entry]:
    entered = JourneyEntered(journey=journey.pk, name=NAME, how="event")
    ended = JourneyEnded(journey=journey.pk, name=NAME, why="finished")
    scored = JourneyScored(label=LABEL, journey=journey.pk)
    for row, one, came, stays in people:
        yield Entry(fact=entered, at=came, identity=one.address, uid=number_of(row, "start"))
        if stays[-1].step == "s13":
            yield Entry(fact=scored, at=stays[-1].came, identity=one.address, uid=number_of(row, "s13"))
        if row.ended_at is not None:
            yield Entry(fact=ended, at=row.ended_at, identity=one.address, uid=number_of(row, "end"))

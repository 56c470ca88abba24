"""Short ways to make journeys, people and events."""

import threading
from datetime import datetime
from typing import Any

from django.utils import timezone

from trichter.core.consent.actions import Evidence, give
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.followers import catch_up
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Person
from trichter.engage.journeys import actions, walking
from trichter.engage.journeys.models import Enrolment, Journey, Passage

DOWNLOAD = {"event": {"kind": "file.downloaded", "where": []}}
DEMO = {"kind": "form.submitted", "where": [{"field": "data.form", "op": "is", "value": "Demo"}]}
HAND = {"by_hand": True}


def person(name: str = "Anna", **fields: Any) -> Person:
    fields.setdefault("email", f"{name.lower()}@firma.de")
    found = Person.objects.create(last_name=name, created_at=timezone.now(), **fields)
    identity_for(person=found)
    return found


def agree(email: str) -> None:
    identity = identify(kind="email", value=email)
    give(
        identity=identity, purpose="newsletter", channel="email", at=timezone.now(), how="confirmed",
        evidence=Evidence(proof={"words": "test"}),
    )  # fmt: skip


def happens(who: Person, fact: Any, *, at: datetime | None = None, **more: Any) -> None:
    record(Entry(fact=fact, at=at or timezone.now(), identity=identity_for(person=who), **more))


def task(step: str, title: str = "") -> dict[str, Any]:
    return {"id": step, "do": "task", "title": title or f"T-{step}", "days": 1}


def wait(step: str, days: int = 1) -> dict[str, Any]:
    return {"id": step, "do": "wait", "minutes": days * 1_440}


def mail(step: str, subject: str = "Hallo") -> dict[str, Any]:
    source = {"kind": "stored", "subject": subject, "text": "Guten Tag,\n\nhier ist etwas."}
    return {"id": step, "do": "mail", "source": source, "purpose": "newsletter"}


def service(step: str, subject: str = "Ihr Termin") -> dict[str, Any]:
    source = {"kind": "stored", "subject": subject, "text": "Guten Tag,\n\nam Montag um neun."}
    return {"id": step, "do": "mail", "class": "contract", "source": source}


def goal(step: str, otherwise: str = "end") -> dict[str, Any]:
    return {"id": step, "do": "goal", "name": "Demo", "event": DEMO, "otherwise": otherwise}


def journey(*steps: dict[str, Any], on: bool = True, **more: Any) -> Journey:
    draft = {"triggers": [DOWNLOAD], "exits": [], "reentry": {"after": "never", "days": 0}} | more
    made = actions.create_journey(name="Strecke", draft=draft | {"steps": list(steps)})
    if on:
        actions.switch_on(journey=made, by=None)
    return made


def work(now: datetime | None = None) -> None:
    """What the worker does until nothing is left to do."""
    catch_up(names=["journeys"])
    while walking.turn(threading.Event(), now=now):
        pass
    catch_up(names=["journeys"])


def way(row: Enrolment) -> list[tuple[str, str]]:
    """Steps with outcomes, in order."""
    return list(Passage.objects.filter(enrolment=row).order_by("pk").values_list("step", "outcome"))

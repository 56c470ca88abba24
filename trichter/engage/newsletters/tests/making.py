"""A newsletter with a segment of people who agreed to it."""

from datetime import date, time
from typing import Any

from django.utils import timezone

from trichter.core.mail.tests.making import agree, ready
from trichter.core.people.models import Person
from trichter.core.segments.actions import create_segment
from trichter.core.segments.models import Segment
from trichter.engage.mailtemplates.tests.making import button, template, text
from trichter.engage.newsletters.models import Newsletter


def person(number: int, *, consent: bool = True, email: str | None = None, **values: Any) -> Person:
    address = f"p{number}@kunde.example" if email is None else email
    made = Person.objects.create(
        first_name=f"Vor{number}", last_name=f"Nach{number}", salutation="ms", email=address,
        created_at=timezone.now(), **values,
    )  # fmt: skip
    if consent and address:
        agree(address)
    return made


def segment(*people: Person, name: str = "Kundschaft") -> Segment:
    return create_segment(name=name, kind=Segment.Kind.STATIC, owner=None, people=[one.pk for one in people])


def newsletter(*people: Person, exclude: list[Segment] | None = None, **values: Any) -> Newsletter:
    """A draft that could start now."""
    ready()
    made_template = values.pop("template", None) or template(
        text("<p>{{ salutation }},</p>"), button("Lesen", "https://firma.de/lesen")
    )
    made = Newsletter.objects.create(**{"name": "Dezember", "template": made_template} | values)
    made.include.add(segment(*people))
    made.exclude.set(exclude or [])
    return made


def later() -> dict[str, Any]:
    """A company time far ahead."""
    return {"timing": "company", "day": date(2031, 3, 3), "clock": time(9, 0)}

"""From answers to a contact: who it is, what is filled in, what is kept as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from trichter.core.people.actions import find_or_create_company, find_or_create_person, update_person
from trichter.core.people.models import Company, Person
from trichter.kit.text import clean, normalise_company, split_name

from .models import Form, FormField
from .rules import change
from .targets import SALUTATIONS

Answers = Mapping[str, str | list[str]]


@dataclass(kw_only=True)
class Applied:
    """The contact, and what the answers changed: [{"field", "before", "given", "change"}]."""

    person: Person | None = None
    new: bool = False
    email: str = ""
    changes: list[dict[str, str]] = field(default_factory=list)


def apply_answers(
    *, form: Form, fields: Sequence[FormField], answers: Answers, at: datetime, language: str = ""
) -> Applied:
    """Find or make the contact, and fill in what is not known. Call it inside a transaction.

    language: that of the page on which the form was sent; it becomes the contact's while none is known.
    """
    wanted, overwrite = _wanted(fields, answers)
    person_values = {key[7:]: value for key, value in wanted.items() if key.startswith("person.")}
    company_values = {key[8:]: value for key, value in wanted.items() if key.startswith("company.")}
    email = person_values.pop("email", "")
    phone = person_values.get("phone", "") or person_values.get("mobile", "")
    done = Applied(email=email)
    if not email and not phone:
        return done
    origin = evidence_of(form)
    spoken = {"language": language[:5]} if language else {}
    done.person, done.new = find_or_create_person(
        email=email, phone=person_values.get("phone", ""), defaults=spoken | person_values, at=at,
        origin=origin,
    )  # fmt: skip
    if not done.new:
        if spoken and not done.person.language:
            done.person = update_person(person=done.person, changes=spoken, evidence=origin, at=at)
        changes = _changes(done, done.person, person_values, overwrite, "person")
        if changes:
            done.person = update_person(person=done.person, changes=changes, evidence=origin, at=at)
    if company_values.get("name"):
        _apply_company(done, company_values, overwrite, at, origin)
    return done


def evidence_of(form: Form) -> str:
    """How a contact's history names the form. It is stored, so it is in the installation's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Form “%(name)s”") % {"name": form.name}


def _wanted(fields: Sequence[FormField], answers: Answers) -> tuple[dict[str, str], set[str]]:
    """Values by target, and the targets whose questions replace what is known."""
    found: dict[str, str] = {}
    overwrite: set[str] = set()
    for one in fields:
        answer = answers.get(one.key)
        target = one.target or ("person.email" if one.kind == FormField.Kind.EMAIL else "")
        if not answer or not target:
            continue
        text = clean(", ".join(answer) if isinstance(answer, list) else answer)
        for name, value in _parts(target, text):
            found.setdefault(name, value)
            if one.overwrite:
                overwrite.add(name)
    return {name: value for name, value in found.items() if value}, overwrite


def _parts(target: str, text: str) -> list[tuple[str, str]]:
    if target == "person.name":
        name = split_name(text)
        return [("person.first_name", name.first[:100]), ("person.last_name", name.last[:100])]
    if target == "person.salutation":
        return [(target, text)] if text in SALUTATIONS else []
    if target == "person.country":
        return [(target, text.upper())] if len(text) == 2 and text.isalpha() else []
    if target == "company.employees":
        return [(target, text)] if text.isdigit() and len(text) < 9 else []
    model: Any = Person if target.startswith("person.") else Company
    limit = model._meta.get_field(target.partition(".")[2]).max_length or 200
    return [(target, text[:limit])]


def _changes(
    done: Applied, row: Any, values: Mapping[str, str], overwrite: set[str], prefix: str
) -> dict[str, Any]:
    """What to write into a record; every difference is noted, also the one that is not written."""
    written: dict[str, Any] = {}
    for name, given in values.items():
        before = str(getattr(row, name) or "")
        what = change(before=before, given=given, overwrite=f"{prefix}.{name}" in overwrite)
        if what == "same":
            continue
        done.changes.append({"field": f"{prefix}.{name}", "before": before, "given": given, "change": what})
        if what != "kept":
            written[name] = given
    return written


def _apply_company(
    done: Applied, values: Mapping[str, str], overwrite: set[str], at: datetime, origin: str
) -> None:
    """Tie the contact to the company it names. Nothing of a company that exists is changed by a visitor."""
    assert done.person is not None
    name = values["name"]
    before = done.person.company
    if before is not None:
        same = normalise_company(before.name).key == normalise_company(name).key
        what = (
            "same" if same else change(before=before.name, given=name, overwrite="company.name" in overwrite)
        )
        if what in ("same", "kept"):
            if what == "kept":
                done.changes.append(
                    {"field": "company.name", "before": before.name, "given": name, "change": what}
                )
            return
    defaults: dict[str, Any] = {key: value for key, value in values.items() if key != "name"}
    if "employees" in defaults:
        defaults["employees"] = int(defaults["employees"])
    company, _new = find_or_create_company(name=name, defaults=defaults, at=at)
    what = "replaced" if before is not None else "filled"
    done.changes.append(
        {"field": "company.name", "before": before.name if before else "", "given": name, "change": what}
    )
    done.person = update_person(person=done.person, changes={"company": company}, evidence=origin, at=at)

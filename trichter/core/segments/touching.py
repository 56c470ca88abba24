"""Triggers that note whose profile changed, whoever changed it: a form, an import, a follower, a merge.

Fields of people and companies are not facts of the journal, so an edit leaves no line there. A trigger cannot
be forgotten by the next feature that writes to these tables, and its line commits or vanishes with the edit.
The follower takes the lines away and looks at the people again. Lines are appended without looking for
earlier ones: a line that a worker is about to take away must never swallow a later change.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from trichter.core.lifecycle.models import Standing
from trichter.core.people.models import Company, Person, Tag

from .models import Touched
from .rules.fields import STANDING, TYPES, column_of

_PERSON = Person._meta.db_table
_COMPANY = Company._meta.db_table
_TAG = Tag._meta.db_table
_TAGGED = Person.tags.through._meta.db_table
_STANDING = Standing._meta.db_table
_COLUMNS = tuple(
    column_of(name) for name in TYPES if "." not in name and name != "tags" and name not in STANDING
)
_SEEN = ("first_seen_at", "last_seen_at")
_PERSON_COLUMNS = (*(name for name in _COLUMNS if name not in _SEEN), "company_id", "merged_into_id")
_COMPANY_COLUMNS = tuple(name.removeprefix("company.") for name in TYPES if name.startswith("company."))


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """`columns`: of an update those that count. `people`: SQL that gives the people concerned."""

    name: str
    table: str
    event: str
    people: str
    columns: tuple[str, ...] = ()
    what: str = "edit"


def _triggers() -> Iterator[Trigger]:
    insert, update, delete = "INSERT", "UPDATE", "DELETE"
    one = "SELECT NEW.id"
    yield Trigger(name="segments_person_new", table=_PERSON, event=insert, people=one, what="new")
    yield Trigger(
        name="segments_person_edit", table=_PERSON, event=update, people=one, columns=_PERSON_COLUMNS
    )
    yield Trigger(
        name="segments_person_seen", table=_PERSON, event=update, people=one, columns=_SEEN, what="seen"
    )
    for row, event in (("NEW", insert), ("OLD", delete)):
        name, people = f"segments_tag_{event.lower()}", f"SELECT {row}.person_id"
        yield Trigger(name=name, table=_TAGGED, event=event, people=people)
    yield Trigger(
        name="segments_tag_move", table=_TAGGED, event=update, columns=("person_id", "tag_id"),
        people="SELECT NEW.person_id UNION SELECT OLD.person_id",
    )  # fmt: skip
    yield Trigger(
        name="segments_tag_edit", table=_TAG, event=update, columns=("name",),
        people=f'SELECT person_id FROM "{_TAGGED}" WHERE tag_id = NEW.id',  # noqa: S608
    )  # fmt: skip
    yield Trigger(
        name="segments_company_edit", table=_COMPANY, event=update, columns=_COMPANY_COLUMNS,
        people=f'SELECT id FROM "{_PERSON}" WHERE company_id = NEW.id',  # noqa: S608
    )  # fmt: skip
    # The score's copies are written with nearly every event; only what a rule can look at is noted.
    for row, event, columns in (("NEW", insert, ()), ("NEW", update, STANDING), ("OLD", delete, ())):
        yield Trigger(
            name=f"segments_standing_{event.lower()}", table=_STANDING, event=event, columns=columns,
            people=f"SELECT {row}.person_id", what="fit",
        )  # fmt: skip


def install() -> None:
    """Put them in place, in the shape of this release."""
    known = _known()
    with connection.cursor() as cursor:
        for trigger in _triggers():
            for statement in _statements(trigger, present=known.get(trigger.name)):
                cursor.execute(statement)


def _known() -> dict[str, str]:
    """Definitions of the triggers that are there, by name."""
    asked = (
        "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return dict(cursor.fetchall())


def _statements(trigger: Trigger, *, present: str | None) -> Iterator[str]:
    table = Touched._meta.db_table
    write = f'INSERT INTO "{table}" (person, what) SELECT p.*, '
    write += f"'{trigger.what}' FROM ({trigger.people}) p"
    event = trigger.event
    changed = ""
    if trigger.columns:
        event += " OF " + ", ".join(f'"{column}"' for column in trigger.columns)
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        changed = " OR ".join(f'OLD."{column}" {differs} NEW."{column}"' for column in trigger.columns)
        changed = f" WHEN ({changed})"
    head = f'CREATE TRIGGER "{trigger.name}" AFTER {event} ON "{trigger.table}" FOR EACH ROW{changed}'
    if connection.vendor == "postgresql":
        # The condition is part of the body's comment, so that a change of columns is noticed, too.
        body = f"/* {head} */ BEGIN {write}; RETURN NULL; END"
        if present != body:
            yield f'DROP TRIGGER IF EXISTS "{trigger.name}" ON "{trigger.table}"'
            yield (
                f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger AS $$"
                + body.replace("%", "%%")
                + "$$ LANGUAGE plpgsql"
            )
            yield f"{head} EXECUTE FUNCTION {trigger.name}()"
        return
    whole = f"{head} BEGIN {write}; END"
    if present != whole:
        yield f'DROP TRIGGER IF EXISTS "{trigger.name}"'
        yield whole

"""What colleagues do with people: notes, tasks, calls, meetings."""

from datetime import date, datetime

from django.db import transaction

from trichter.core.accounts.models import User
from trichter.core.events import CallLogged, MeetingHeld, NoteAdded, TaskDone
from trichter.core.journal.actions import Entry, record

from ..models import Note, Person, Task
from ..queries import survivor_of
from .links import identity_for


@transaction.atomic
def add_note(*, person: Person, text: str, by: User | None, at: datetime, pinned: bool = False) -> Note:
    """Write something down; the journal only learns that there is a note, its text can be edited."""
    person = survivor_of(person)
    note = Note.objects.create(person=person, text=text, author=by, created_at=at, pinned=pinned)
    record(Entry(fact=NoteAdded(note=note.pk), at=at, identity=identity_for(person=person)))
    return note


@transaction.atomic
def edit_note(*, note: Note, text: str) -> Note:
    """Change a note's text."""
    note.text = text
    note.save(update_fields=["text"])
    return note


@transaction.atomic
def pin_note(*, note: Note, pinned: bool) -> Note:
    """Keep a note in view, or let it go."""
    note.pinned = pinned
    note.save(update_fields=["pinned"])
    return note


@transaction.atomic
def delete_note(*, note: Note) -> None:
    """Remove a note; the fact that one was written stays in the journal, without text."""
    note.delete()


@transaction.atomic
def add_task(
    *, title: str, person: Person | None, due: date | None, assignee: User | None, at: datetime
) -> Task:
    """Plan something; `due` is a day in the company's zone."""
    return Task.objects.create(title=title, person=person, due=due, assignee=assignee, created_at=at)


@transaction.atomic
def edit_task(*, task: Task, title: str, due: date | None, assignee: User | None) -> Task:
    """Change a task."""
    task.title, task.due, task.assignee = title, due, assignee
    task.save(update_fields=["title", "due", "assignee"])
    return task


@transaction.atomic
def complete_task(*, task: Task, at: datetime) -> bool:
    """Tick a task off. Returns False when somebody else was faster; the fact is recorded once."""
    if not Task.objects.filter(pk=task.pk, done_at=None).update(done_at=at):
        return False
    task.done_at = at
    if task.person is not None:
        record(Entry(fact=TaskDone(task=task.title), at=at, identity=identity_for(person=task.person)))
    return True


@transaction.atomic
def reopen_task(*, task: Task) -> bool:
    """Take a tick back; that it was once ticked stays in the journal. Returns False when it is open."""
    changed = Task.objects.filter(pk=task.pk).exclude(done_at=None).update(done_at=None)
    task.done_at = None
    return bool(changed)


@transaction.atomic
def log_call(*, person: Person, outcome: str, minutes: int = 0, summary: str = "", at: datetime) -> None:
    """A call took place (`outcome` "reached") or was tried ("no_answer", "mailbox", "callback")."""
    fact = CallLogged(outcome=outcome, minutes=minutes, summary=summary)
    record(Entry(fact=fact, at=at, identity=identity_for(person=person)))


@transaction.atomic
def log_meeting(*, person: Person, subject: str, summary: str = "", at: datetime) -> None:
    """A meeting or demo took place."""
    fact = MeetingHeld(subject=subject, summary=summary)
    record(Entry(fact=fact, at=at, identity=identity_for(person=person)))

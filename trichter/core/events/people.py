"""People: who belongs to whom, and what the company's own staff did with them."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class ContactCreated(Event):
    """Somebody became known by name or address."""

    kind = "contact.created"
    area = "people"
    icon = "user-plus"
    title = "Became a contact"

    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class ProfileNoted(Event):
    """What is known of a person and the company, noted whenever it has changed: the facts fit is judged by.

    Industry and role in small letters; `mail` is `free` or `company`. What is not known is left out.
    """

    kind = "profile.noted"
    area = "people"
    icon = "id-badge-2"
    title = "Profile noted"
    behaviour = False
    personal = ("role",)

    employees: int | None = None
    industry: str = ""
    role: str = ""
    country: str = ""
    mail: str = ""


@dataclass(frozen=True, kw_only=True)
class IdentityLinked(Event):
    """An identity was tied to a person; `evidence` says by which act."""

    kind = "identity.linked"
    area = "people"
    icon = "link"
    title = "Linked: %(evidence)s"
    behaviour = False

    person: int
    evidence: str


@dataclass(frozen=True, kw_only=True)
class IdentityUnlinked(Event):
    """A link was taken back."""

    kind = "identity.unlinked"
    area = "people"
    icon = "unlink"
    title = "Link removed: %(reason)s"
    behaviour = False

    person: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PersonMerged(Event):
    """Two records of one person became one; `merge` is the record that can undo it."""

    kind = "person.merged"
    area = "people"
    icon = "git-merge"
    title = "Merged with a duplicate"
    behaviour = False

    person: int
    absorbed: int
    merge: int


@dataclass(frozen=True, kw_only=True)
class PersonUnmerged(Event):
    """A merge was undone."""

    kind = "person.unmerged"
    area = "people"
    icon = "arrow-back-up"
    title = "Merge undone"
    behaviour = False

    person: int
    restored: int
    merge: int


@dataclass(frozen=True, kw_only=True)
class CompanyMerged(Event):
    """Two records of one company became one; `merge` is the record that can undo it."""

    kind = "company.merged"
    area = "people"
    icon = "git-merge"
    title = "Company merged with a duplicate"
    behaviour = False

    company: int
    absorbed: int
    merge: int


@dataclass(frozen=True, kw_only=True)
class CompanyUnmerged(Event):
    """The merge of two companies was undone."""

    kind = "company.unmerged"
    area = "people"
    icon = "arrow-back-up"
    title = "Merge of companies undone"
    behaviour = False

    company: int
    restored: int
    merge: int


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Event):
    """A colleague wrote something down; the text itself stays in the note, where it can be edited."""

    kind = "note.added"
    area = "people"
    icon = "note"
    title = "Note added"
    behaviour = False

    note: int


@dataclass(frozen=True, kw_only=True)
class TaskDone(Event):
    """A colleague finished a task for this person."""

    kind = "task.done"
    area = "people"
    icon = "circle-check"
    title = "Task done: %(task)s"
    personal = ("task",)
    behaviour = False

    task: str


@dataclass(frozen=True, kw_only=True)
class CallLogged(Event):
    """A telephone call took place or was tried."""

    kind = "call.logged"
    area = "people"
    icon = "phone"
    title = "Call: %(outcome)s"
    personal = ("summary",)

    outcome: str
    minutes: int = 0
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingHeld(Event):
    """A meeting or demo took place."""

    kind = "meeting.held"
    area = "people"
    icon = "calendar-event"
    title = "Meeting: %(subject)s"
    personal = ("subject", "summary")

    subject: str
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class ProcessingRestricted(Event):
    """From here on this person's data is stored and not used (Art. 18 GDPR)."""

    kind = "processing.restricted"
    area = "people"
    icon = "lock"
    title = "Processing restricted (Art. 18 GDPR)"
    behaviour = False


@dataclass(frozen=True, kw_only=True)
class ProcessingReleased(Event):
    """The restriction of this person's data was lifted."""

    kind = "processing.released"
    area = "people"
    icon = "lock-open"
    title = "Restriction of processing lifted"
    behaviour = False

"""What can go wrong with people and companies, each with a message for the user."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PeopleError(Exception):
    """Base of all; `message` is translated and says what to do."""

    message: Promise | str = ""

    def __str__(self) -> str:
        return str(self.message)


class InvalidAddress(PeopleError):
    """The text is no e-mail address; `reason` is a code of `trichter.kit.text.Normalised`."""

    message = _("This is not a valid e-mail address.")

    def __init__(self, *, reason: str) -> None:
        super().__init__()
        self.reason = reason


class BelongsToAnother(PeopleError):
    """The identity is linked to `person` already and is never taken away silently."""

    message = _("This address belongs to another contact already. Merge the two or correct the address.")

    def __init__(self, *, person: Any) -> None:
        super().__init__()
        self.person = person


class NotLinked(PeopleError):
    """The identity belongs to nobody, or may not be taken away from its person."""

    message = _("This identity is not linked to the contact (any more).")


class ParentLoop(PeopleError):
    """A company would stand above itself."""

    message = _("This company belongs to the one you are editing, so it cannot be its parent.")


class MergeError(PeopleError):
    """Base of everything that forbids a merge or its undo."""


class SameRecord(MergeError):
    """A record cannot be merged with itself."""

    message = _("A record cannot be merged with itself.")


class AlreadyMerged(MergeError):
    """One of the two was absorbed by an earlier merge."""

    message = _("One of the two was merged in the meantime. Please open the page again.")


class AlreadyUndone(MergeError):
    """The merge was undone before."""

    message = _("This merge was undone already.")


class UndoNewerFirst(MergeError):
    """A later merge (`blocking`) took the survivor in; it has to be undone first."""

    message = _("A later merge builds on this one. Undo the newer one first.")

    def __init__(self, *, blocking: Any) -> None:
        super().__init__()
        self.blocking = blocking


class UnknownField(MergeError):
    """`choices` names a field that cannot be chosen in a merge."""

    message = _("This field cannot be chosen in a merge.")

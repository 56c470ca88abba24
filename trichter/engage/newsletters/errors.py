"""What can stand against an act, in words for the one who asked."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class NewsletterError(Exception):
    """Shown to the user as it is."""


class NotReady(NewsletterError):
    """Points of the check are open."""

    def __init__(self, points: Sequence[str]) -> None:
        super().__init__(" ".join(points))


class WrongState(NewsletterError):
    """Somebody else was quicker, or it has ended."""

    def __init__(self) -> None:
        super().__init__(_("This cannot be done in the state the newsletter has by now."))


class NotOwnAddress(NewsletterError):
    """A test goes to colleagues only."""

    def __init__(self, address: str) -> None:
        super().__init__(
            _("%(address)s belongs to no colleague. Test mails go to addresses of this house's users only.")
            % {"address": address}
        )

"""What can be wrong with a wish to send, each with a message for the user."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class MailError(Exception):
    """Base of all; `message` is translated."""

    message: Promise | str = ""

    def __str__(self) -> str:
        return str(self.message)


class BadAddress(MailError):
    """No mail can be sent to this."""

    message = _("This is not a valid e-mail address.")


class NothingToSend(MailError):
    """Neither a stored content nor a known renderer was given."""

    message = _("There is no text to be sent.")


class Stopped(MailError):
    """The mailing was stopped for good."""

    message = _("This mailing has been stopped and cannot be used again.")


class ForeignHost(MailError):
    """The text would load something from a server that is not ours."""

    message = _("The text loads pictures, fonts or styles from a server that is not yours.")


class NotUnclear(MailError):
    """Somebody decided already, or the sender has reported meanwhile."""

    message = _("The outcome of this mail is no longer unclear.")

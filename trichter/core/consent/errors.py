"""What can be wrong with a consent, each with a message for the user."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ConsentError(Exception):
    """Base of all; `message` is translated."""

    message: Promise | str = ""

    def __str__(self) -> str:
        return str(self.message)


class UnknownPurpose(ConsentError):
    """There is no purpose of this key, or it is no longer in use."""

    message = _("This purpose does not exist or is no longer in use.")


class InTheFuture(ConsentError):
    """Nobody has said anything tomorrow."""

    message = _("The time lies in the future.")


class NoProof(ConsentError):
    """A consent that cannot be proven is none (Art. 7 (1) GDPR)."""

    message = _("Write down how the consent can be proven.")


class OtherWording(ConsentError):
    """The wording belongs to another purpose."""

    message = _("This wording belongs to another purpose.")


class NothingToWithdraw(ConsentError):
    """No consent stands that could be withdrawn."""

    message = _("There is no consent that could be withdrawn.")

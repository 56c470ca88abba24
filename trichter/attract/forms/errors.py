"""What can be wrong, in words for the visitor and for colleagues."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "required": _("Please answer this question."),
    "email": _("Please enter an e-mail address such as name@example.com."),
    "phone": _("Please enter a telephone number with area code."),
    "number": _("Please enter a number."),
    "date": _("Please enter a date."),
    "choice": _("Please choose from the list."),
    "long": _("This is too long. Please shorten it."),
    "large": _("This file is too large."),
    "empty": _("This file is empty."),
    "type": _("This kind of file is not taken. Possible: PDF, images (PNG, JPEG), Office files, text."),
}


class FormsError(Exception):
    """Base of all; `message` is translated and says what to do."""

    message: Promise | str = ""

    def __str__(self) -> str:
        return str(self.message)


class NotInQuarantine(FormsError):
    """Only what is in quarantine can be released."""

    message = _("This submission is not in quarantine (any more).")


class NotFailed(FormsError):
    """Only what failed can be processed again."""

    message = _("This submission did not fail, so there is nothing to repeat.")


class InUse(FormsError):
    """A form with submissions is closed, not deleted."""

    message = _("This form has submissions. Close it instead of deleting it.")

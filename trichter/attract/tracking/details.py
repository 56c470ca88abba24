"""What was wrong with a dropped event, in the reader's language.

A detail is stored in the validator's English, as the sender of an API gets it: “data.form: Field required”.
The usual sentences are told shortly; another one stays as it is.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_USUAL: tuple[tuple[str, Promise], ...] = (
    ("Field required|missing", _("is missing")),
    ("Extra inputs are not permitted", _("no such field")),
    ("String should have at least 1 character", _("is empty")),
    (r"String should have at least (?P<n>\d+) characters?", _("shorter than %(n)s characters")),
    (r"String should have at most (?P<n>\d+) characters?", _("longer than %(n)s characters")),
    (r"Dictionary should have at most (?P<n>\d+) items.*", _("more than %(n)s entries")),
    ("String should match pattern .*", _("not in the form that is asked for")),
    ("Input should be a valid string", _("no text")),
    ("Input should be a valid integer.*", _("no whole number")),
    ("Input should be a valid (?:number|boolean).*", _("no number")),
    (r"Input should be greater than or equal to (?P<n>-?\d+)", _("less than %(n)s")),
    (r"Input should be less than or equal to (?P<n>-?\d+)", _("more than %(n)s")),
    ("Input should be a valid dictionary.*", _("no object with fields")),
    ("Unable to extract tag using discriminator 'kind'", _("the kind of event is missing")),
    ("Input tag .* found using 'kind' does not match.*", _("a kind of event that is not known")),
    ("Value error, day is out of range for month|Value error, .* isoformat.*", _("no date of the calendar")),
    ("Value error, a property's name is .*", _("the name of a property has other signs than allowed")),
    ("Value error, a property's text has .*", _("the text of a property has more than 300 characters")),
    ("no e-mail address", _("no e-mail address")),
    ("no list of 1 to 1000 events|Send one event, or a list .*", _("no list of 1 to 1,000 events")),
    ("no JSON: .*", _("no JSON")),
    ("whose event\\? .*", _("nothing says whose event it is")),
    ("visitor, email, ip and user_agent are .*", _("fields that only the API may send")),
    ("marked browser", _("marked browser")),
    ("address", _("address of the team")),
)
_PATTERNS = tuple((re.compile(pattern), text) for pattern, text in _USUAL)


def told(detail: str) -> str:
    """A detail for a screen."""
    where, colon, rest = detail.partition(": ")
    for name, sentence in (("", detail), (where, rest if colon else "")):
        for pattern, text in _PATTERNS:
            if sentence and (found := pattern.fullmatch(sentence)):
                short = str(text) % found.groupdict()
                return f"{name}: {short}" if name else short
    return detail

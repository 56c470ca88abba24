"""What could be better about a mail before it is sent."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .merging import TAG, BadTag
from .models import MailTemplate
from .rendering import compile_template

SUBJECT, HEAVY = 60, 100_000

WORDS: dict[str, Promise] = {
    "empty": _("The mail has no content yet."),
    "bad_tag": _("A merge tag is not right, so the mail cannot be written."),
    "no_cta": _("There is no button: say what the reader shall do."),
    "two_primary": _(
        "There is more than one filled button. One clear request works best; make the others outlined."
    ),
    "lost_cta": _(
        "A call to action is gone or switched off, so the mail leaves it out. "
        "Choose another one or switch it on."
    ),
    "missing_alt": _("A picture has no description. Many mail programs show no pictures at first."),
    "long_subject": _("The subject is longer than 60 characters; phones cut it off."),
    "no_preheader": _("There is no preview line; inboxes then show the first words of the text."),
    "heavy": _("The mail is larger than 100 kB; Gmail cuts off the rest."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """`key`: of `WORDS`; `blocking`: the mail cannot be sent like this."""

    key: str
    blocking: bool = False

    @property
    def text(self) -> Promise:
        """In the reader's language."""
        return WORDS[self.key]


def findings(*, template: MailTemplate, subject: str = "", preheader: str = "") -> list[Finding]:
    """All that was found. `subject`, `preheader`: used instead of the template's own."""
    if not len(template.body):
        return [Finding(key="empty", blocking=True)]
    try:
        found = compile_template(template=template, base="", subject=subject, preheader=preheader)
    except BadTag:
        return [Finding(key="bad_tag", blocking=True)]
    advertising = template.message_class == MailTemplate.Class.MARKETING
    keys = {
        "no_cta": advertising and not found.buttons,
        "two_primary": found.primary > 1,
        "lost_cta": found.lost > 0,
        "missing_alt": found.without_alt > 0,
        "long_subject": len(TAG.sub("xxxxxxxx", subject or template.subject)) > SUBJECT,
        "no_preheader": not (preheader or template.preheader).strip(),
        "heavy": found.size > HEAVY,
    }
    return [Finding(key=key) for key, wrong in keys.items() if wrong]

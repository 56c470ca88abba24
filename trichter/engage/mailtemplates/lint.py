"""What must be right about a mail before it is sent, and what could be better.

Errors (`blocking`) keep newsletters and journeys from starting, hints do not. Each says where and what to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trichter.attract.pages.addresses import states_of
from trichter.core.mail import readiness
from trichter.core.mail.labels import POINTS
from trichter.kit.gaps import gaps
from trichter.kit.shortly import Shortly

from . import lintrules, queries
from .merging import TAG, BadTag, compiled
from .models import MailTemplate
from .rendering import Source, source_of, version

# Gmail shows the first 102 kB of a mail and cuts off the rest, the way to unsubscribe with it.
SUBJECT, HEAVY = 60, 102 * 1024
_SENDER = ("sender", "spf", "dkim", "dmarc", "aligned")
_kept = Shortly(seconds=10)

ERRORS: dict[str, Promise] = {
    "empty": _("The mail has no content yet."),
    "bad_tag": _("A merge tag is not right, so the mail cannot be written."),
    "no_subject": _("The subject is empty. Write one."),
    "placeholder": _("There are gaps left. Fill them in or delete them"),
    "no_target": _("A link or a button leads nowhere. Enter where it shall lead"),
    "dead_link": _(
        "A link leads to a page that does not exist or is not published. Publish it or change the link"
    ),
    "misleading_link": _(
        "A link shows another address than it leads to. "
        "Mail programs take that for phishing; write words instead"
    ),
    "no_way_out": _(
        "Advertising without a link to unsubscribe must not be sent. Put {{ links.unsubscribe }} back."
    ),
}
HINTS: dict[str, Promise] = {
    "no_cta": _("There is no button: say what the reader shall do."),
    "two_primary": _(
        "There is more than one filled button. One clear request works best; make the others outlined."
    ),
    "lost_cta": _(
        "A call to action is gone or switched off, so the mail leaves it out. "
        "Choose another one or switch it on."
    ),
    "missing_alt": _(
        "A picture has no description, and many mail programs show no pictures at first. Describe it"
    ),
    "no_size": _("A picture has no width, so the text jumps when it arrives. Give it one"),
    "no_text": _("The text part says nothing, for readers without HTML. Add words to the pictures."),
    "long_subject": _("The subject is longer than 60 characters; phones cut it off."),
    "no_preheader": _("There is no preview line; inboxes then show the first words of the text."),
    "heavy": _("The mail is larger than 102 kB; Gmail cuts off the rest. Shorten it."),
    "bare_tag": _(
        "A merge tag leaves a hole where the contact lacks it. Give it a default, such as | default: \"…\""
    ),
    "other_language": _(
        "The text reads as another language than the template's. Change its language or the text."
    ),
    "mixed_language": _(
        "German and English stand side by side. Make a template of its own for each language."
    ),
    "other_subject": _("The subject is not in the language of the text."),
    "sender_domain": _(
        "Receivers cannot check the sender, so the mail may end up as spam. See the page on delivery"
    ),
}  # fmt: skip
WORDS = ERRORS | HINTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """`key`: of `WORDS`; `places`: where, in the mail's own words; none for the mail as a whole."""

    key: str
    places: tuple[str, ...] = ()

    @property
    def blocking(self) -> bool:
        """Whether the mail cannot be sent like this."""
        return self.key in ERRORS

    @property
    def text(self) -> str:
        """What is wrong, where and what to do, in the reader's language."""
        return f"{WORDS[self.key]}: {', '.join(self.places)}" if self.places else str(WORDS[self.key])


def findings(
    *, template: MailTemplate, subject: str = "", preheader: str = "", advertising: bool = False
) -> list[Finding]:
    """All that was found, errors first. `subject`, `preheader`: used instead of the template's own.

    `advertising`: it is sent as such, whatever the template says.
    """
    if not len(template.body):
        return [Finding(key="empty")]
    try:
        found = source_of(
            template=template, base="", subject=subject, preheader=preheader, advertising=advertising
        )
        for part in (found.subject, found.html, found.text):
            compiled(part, html=False)
    except BadTag:
        return [Finding(key="bad_tag")]
    return sorted((*_of_text(found), *_of_shape(found)), key=lambda one: not one.blocking)


def _of_text(found: Source) -> Iterator[Finding]:
    links = lintrules.links(found.html)
    states = states_of({one.target for one in links if one.target and not TAG.search(one.target)})
    words = lintrules.words_of(found.html)
    lists = {
        "placeholder": gaps((found.subject, found.preheader, words))[: lintrules.MOST_PLACES],
        "no_target": lintrules.leading_nowhere(links),
        "dead_link": [f"{one.place} ({one.target})" for one in links if states.get(one.target) == "gone"],
        "misleading_link": lintrules.misleading(links),
        "missing_alt": found.without_alt,
        "no_size": lintrules.without_size(found.html),
        "bare_tag": lintrules.bare_tags(found.subject, found.preheader, found.html),
    }
    for key, places in lists.items():
        if places:
            yield Finding(key=key, places=tuple(dict.fromkeys(places))[: lintrules.MOST_PLACES])


def _of_shape(found: Source) -> Iterator[Finding]:
    speaks, asks = lintrules.spoken(found.words), lintrules.spoken(found.subject)
    unsubscribes = all("links.unsubscribe" in part for part in (found.html, found.text))
    wrong = {
        "no_subject": not found.subject.strip(),
        "no_way_out": found.advertising and not unsubscribes,
        "no_cta": found.advertising and not found.buttons,
        "two_primary": found.primary > 1,
        "lost_cta": found.lost > 0,
        "no_text": not found.words.strip(),
        "long_subject": len(TAG.sub("xxxxxxxx", found.subject)) > SUBJECT,
        "no_preheader": not found.preheader.strip(),
        "heavy": len(found.html.encode()) > HEAVY,
        "mixed_language": speaks == "both",
        "other_language": speaks in ("de", "en") and speaks != found.language[:2],
        "other_subject": asks in ("de", "en") and speaks in ("de", "en") and asks != speaks,
    }
    yield from (Finding(key=key) for key, is_so in wrong.items() if is_so)


def of_sender() -> list[Finding]:
    """What is known here about the sender's domain; nothing while no mail leaves the house."""
    missing = [str(POINTS[key][0]) for key in _SENDER if key in set(readiness.blocking())]
    return [Finding(key="sender_domain", places=tuple(missing))] if missing else []


def unfit(key: str) -> bool:
    """Whether the published version of the template `key` has an error.

    Pages it leads to may have changed some seconds ago, unless `forget` was called.
    """
    template = queries.published(key=key)
    revision = template.live_revision_id if template is not None else None
    if revision is None:
        return False
    return _kept.get((revision, queries.stamp_of(revision)), lambda: _unfit(revision))


def _unfit(revision: int) -> bool:
    live = version(revision=revision)
    return live is not None and any(one.blocking for one in findings(template=live))


def forget() -> None:
    """Where the answer decides: look anew."""
    _kept.clear()

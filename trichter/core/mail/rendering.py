"""Who writes a mail's text: renderers, offered by other features through the hook `register_mail_renderer`.

    @hooks.register("register_mail_renderer")
    def welcome() -> Renderer:
        return Renderer(key="journeys.step", render=render_step)

A renderer runs in the worker at the moment of sending, so it sees the person as it is now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wagtail import hooks

from trichter.core.people.models import Person

from .memory import Memo
from .models import Delivery, MailSettings


class CannotRender(Exception):
    """This mail cannot be written, now or later; the text says why and is shown at the row."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file of a mail. `mime`: such as `application/pdf`."""

    name: str
    content: bytes
    mime: str = "application/octet-stream"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A finished text. Without `text` one is made of `html`; without `html` the mail is plain.

    Links that shall be counted are plain `http(s)` links; `{{ unsubscribe_url }}` in either part is
    replaced by the recipient's own address of the page to unsubscribe, `{{ preferences_url }}` by that of
    the preferences.
    """

    subject: str
    html: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderRequest:
    """What a renderer knows. `variables`: as they were queued. `house`: the settings, when it has them.

    `memo`: for what mails that are sent one after the other share, see `memory`.
    """

    person: Person | None
    address: str
    mailing: str
    key: str
    variables: Mapping[str, Any]
    unsubscribe_url: str
    preferences_url: str = ""
    house: MailSettings | None = None
    memo: Memo = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Renderer:
    """A way of writing mails, under a key that rows of the ledger keep."""

    key: str
    render: Callable[[RenderRequest], Rendered]


def renderers() -> dict[str, Renderer]:
    """All that are offered, by key."""
    offered: dict[str, Renderer] = {}
    for offer in hooks.get_hooks("register_mail_renderer"):
        one: Renderer = offer()
        offered[one.key] = one
    return offered


def render(
    *, delivery: Delivery, unsubscribe_url: str, preferences_url: str = "", house: MailSettings | None = None,
    memo: Memo | None = None,
) -> Rendered:  # fmt: skip
    """The text of this row. Raises CannotRender; whatever else a renderer raises passes through."""
    if delivery.content is not None:
        stored = delivery.content
        return Rendered(subject=stored.subject, html=stored.html, text=stored.text)
    renderer = renderers().get(delivery.renderer)
    if renderer is None:
        raise CannotRender(f"no renderer {delivery.renderer!r}")
    return renderer.render(
        RenderRequest(
            person=delivery.person, address=delivery.address, mailing=delivery.mailing.key,
            key=delivery.key, variables=delivery.variables, unsubscribe_url=unsubscribe_url,
            preferences_url=preferences_url, house=house, memo={} if memo is None else memo,
        )
    )  # fmt: skip

"""The demo company's mail templates, published, and how it signs its mails."""

from collections.abc import Iterator, Sequence
from typing import Any

from wagtail.rich_text import RichText

from trichter.core.mail.actions import save_settings
from trichter.core.mail.models import MailSettings
from trichter.engage.mailtemplates.models import MailTemplate

from ..simulate import SERIES
from . import mail_texts

IMPRINT = "Fjordwerk Software GmbH\nKaistraße 12\n20457 Hamburg"


def make_templates() -> dict[str, MailTemplate]:
    """By key. The mail server stays whoever's it is: nothing is set up to send."""
    save_settings(
        saved=MailSettings(
            from_name="Fjordwerk Software", from_address="hallo@fjordwerk.example",
            reply_to="hallo@fjordwerk.example", imprint=IMPRINT,
        )
    )  # fmt: skip
    subjects = {mailing: subject for _days, subject, mailing in SERIES}
    made = {}
    for key, (name, preheader, body) in mail_texts.SERIES.items():
        made[key] = _make(key, name, subjects[key], preheader, body)
    for key, (name, subject, preheader, body) in mail_texts.ISSUES.items():
        made[key] = _make(key, name, subject, preheader, body)
    return made


def _make(key: str, name: str, subject: str, preheader: str, body: Sequence[Any]) -> MailTemplate:
    made = MailTemplate(
        key=key, name=name, language="de", subject=subject, preheader=preheader, body=[*_stream(body)],
        live=False,
    )  # fmt: skip
    made.save()
    made.save_revision().publish()
    made.refresh_from_db()
    return made


def _stream(body: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for kind, value in body:
        if kind == "columns":
            yield kind, {side: [*_stream(inside)] for side, inside in value.items()}
        else:
            yield kind, RichText(value) if kind == "text" else value

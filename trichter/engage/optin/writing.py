"""Writing the confirmation mail: the text that is kept as proof, and the mail made of it."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from django.utils import formats, translation

from trichter.core.consent.models import Wording
from trichter.core.mail.addresses import base_url
from trichter.core.mail.models import MailSettings
from trichter.core.mail.queries import mail_settings
from trichter.core.mail.rendering import CannotRender, Rendered, RenderRequest
from trichter.core.shell.queries import company_zone, installation

from . import queries, texts, tokens
from .models import OptinRequest

KEY = "optin.confirm"
_BUTTON = (
    "display:inline-block;padding:12px 20px;background:#2458d8;color:#ffffff;text-decoration:none;"
    "border-radius:6px;font-weight:600"
)


def write(
    *, language: str, page: str, at: datetime, until: datetime, wordings: Sequence[Wording],
    house: MailSettings | None = None,
) -> str:  # fmt: skip
    """The whole text of the mail, with `{{ link }}` where the link will stand. Plain paragraphs.

    house: the settings of mails, when they are known.
    """
    zone = company_zone()
    local, end = at.astimezone(zone), until.astimezone(zone)
    house = house or mail_settings()
    company = house.from_name or installation().name or "Trichter"
    with translation.override(language):
        day, last = formats.date_format(local, "DATE_FORMAT"), formats.date_format(end, "DATE_FORMAT")
    where = page or base_url(house)
    parts = [
        texts.OPENING[language].format(
            day=day, time=f"{local:%H:%M}", zone=local.tzname() or "UTC", page=where
        )
    ]
    if wordings:
        parts.append(texts.CONSENTS[language].format(company=company))
        quotes = ("„", "“") if language == "de" else ("“", "”")
        parts += [f"{quotes[0]}{one.text.strip()}{quotes[1]}" for one in wordings]
    else:
        parts.append(texts.ADDRESS[language])
    parts += [texts.ASK[language], texts.LINK, texts.CLOSING[language].format(until=last)]
    imprint = "\n".join(line.strip() for line in house.imprint.splitlines() if line.strip())
    parts.append(f"{company}\n{imprint}" if imprint else company)
    return "\n\n".join(parts)


def confirm_url(row: OptinRequest) -> str:
    """The page with the button."""
    return f"{base_url(mail_settings())}/m/confirm/{tokens.sign(uid=row.uid)}"


def render(asked: RenderRequest) -> Rendered:
    """The mail, at the moment of sending. Raises CannotRender when nobody waits for it any more."""
    row = queries.request_of(number=int(asked.variables.get("request", 0)))
    if row is None or row.state != OptinRequest.State.WAITING:
        raise CannotRender("confirmed or deleted meanwhile")
    link, language = confirm_url(row), "de" if row.language.startswith("de") else "en"
    subject = texts.SUBJECT[language]
    if asked.variables.get("reminder"):
        subject = texts.REMINDER[language].format(subject=subject)
    paragraphs = []
    for part in row.mail_text.split("\n\n"):
        if part == texts.LINK:
            words = escape(texts.BUTTON[language])
            paragraphs.append(f'<p><a href="{escape(link)}" style="{_BUTTON}">{words}</a></p>')
            paragraphs.append(f"<p>{escape(link)}</p>")
        else:
            paragraphs.append(f"<p>{escape(part)}</p>".replace("\n", "<br>"))
    html = (
        f'<!doctype html><html lang="{language}"><body style="font-family:sans-serif;line-height:1.5;'
        f'max-width:36em">{"".join(paragraphs)}</body></html>'
    )
    return Rendered(subject=subject, html=html, text=row.mail_text.replace(texts.LINK, link))

"""A row of the ledger becomes a message: headers, both parts, counted links, the way to unsubscribe."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr
from html import escape

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _
from django.utils.translation import override

from trichter.core.shell.queries import installation
from trichter.kit.addresses import domain_of

from . import addresses, html, queries
from .memory import Memo, remembered
from .models import Delivery, Mailing, MailSettings
from .rendering import CannotRender, Rendered, render
from .seeds import ADVERTISING
from .tracking import rewriting

PLACE, CHOICE = "{{ unsubscribe_url }}", "{{ preferences_url }}"


@dataclass(frozen=True, kw_only=True)
class Composed:
    """`sender`: of the envelope."""

    message: EmailMultiAlternatives
    sender: str
    subject: str


def compose(
    *, delivery: Delivery, house: MailSettings, per_person: bool, at: datetime, memo: Memo | None = None
) -> Composed:
    """Write the mail. Raises CannotRender, also for a text that would load something from elsewhere."""
    memo = {} if memo is None else memo
    mailing = delivery.mailing
    marketing = _advertising(mailing)
    stop_url = addresses.unsubscribe_url(delivery=delivery, house=house)
    choice_url = addresses.preferences_url(delivery=delivery, house=house)
    rendered = render(
        delivery=delivery, unsubscribe_url=stop_url, preferences_url=choice_url, house=house, memo=memo
    )
    # Without the recipient's own addresses the mails of one newsletter look alike.
    looks = html.looks(_without(rendered.html, stop_url, choice_url))
    if looks.foreign(own=remembered(memo, "own_hosts", lambda: queries.own_hosts(house))):
        raise CannotRender(_("The text loads pictures, fonts or styles from a server that is not yours."))
    html_part = rendered.html.replace(PLACE, escape(stop_url))
    html_part = html_part.replace(CHOICE, escape(choice_url or stop_url))
    text_part = (rendered.text or html.as_text(rendered.html)).replace(PLACE, stop_url)
    text_part = text_part.replace(CHOICE, choice_url or stop_url)
    if marketing:
        html_part, text_part = _with_footer(
            delivery=delivery,
            house=house,
            html_part=html_part,
            text_part=text_part,
            url=stop_url,
            choice=choice_url,
        )
        if html_part:
            html_part = rewriting.counted(
                html_part, delivery=delivery, house=house, per_person=per_person, links=looks.links, memo=memo
            )
    html_part, text_part = html.without_marks(html_part), html.without_marks(text_part)
    message = EmailMultiAlternatives(
        subject=_one_line(rendered.subject),
        body=text_part,
        from_email=_from(mailing=mailing, house=house),
        to=[delivery.address],
        reply_to=[one] if (one := mailing.reply_to or house.reply_to) else None,
        headers=_headers(delivery=delivery, house=house, rendered=rendered, at=at, stop_url=stop_url),
    )
    if html_part:
        message.attach_alternative(html_part, "text/html")
    for file in rendered.attachments:
        message.attach(file.name, file.content, file.mime)
    envelope = addresses.bounce_address(delivery=delivery, house=house)
    message.envelope_sender = envelope  # type: ignore[attr-defined]
    return Composed(message=message, sender=envelope, subject=_one_line(rendered.subject))


def _advertising(mailing: Mailing) -> bool:
    """Whether the mail is, or in a seed test looks like, advertising: with the ways to unsubscribe."""
    return mailing.message_class == Mailing.Class.MARKETING or mailing.key == ADVERTISING


def _without(text: str, *urls: str) -> str:
    for url in filter(None, urls):
        text = text.replace(escape(url), "").replace(url, "")
    return text


def _from(*, mailing: Mailing, house: MailSettings) -> str:
    address = mailing.from_address or queries.sender_address(house)
    return formataddr((mailing.from_name or house.from_name or installation().name, address))


def _headers(
    *, delivery: Delivery, house: MailSettings, rendered: Rendered, at: datetime, stop_url: str
) -> dict[str, str]:
    found = {_one_line(name): _one_line(value) for name, value in rendered.headers.items()}
    found |= {"Message-ID": delivery.message_id, "Date": format_datetime(at)}
    if not _advertising(delivery.mailing):
        return found | {"Auto-Submitted": "auto-generated"}
    mailto = addresses.unsubscribe_mailto(delivery=delivery, house=house)
    sender = domain_of(queries.sender_address(house)).replace(":", "")
    return found | {
        "List-Unsubscribe": f"<{stop_url}>, <{mailto}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": f"{delivery.mailing_id}:{delivery.mailing.message_class}:trichter:{sender}",
    }


def _one_line(text: str) -> str:
    return " ".join(str(text).split())[:250]


def _with_footer(
    *, delivery: Delivery, house: MailSettings, html_part: str, text_part: str, url: str, choice: str
) -> tuple[str, str]:
    """Advertising names the way out in both parts; what the author has written already is not doubled."""
    language = (delivery.person.language if delivery.person else "") or "de"
    with override("de" if language.startswith("de") else "en"):
        words, choose = _("Unsubscribe"), _("Choose what you get")
    imprint = " · ".join(line.strip() for line in house.imprint.splitlines() if line.strip())
    if url not in text_part:
        text_part = f"{text_part}\n\n-- \n{imprint}\n{words}: {url}\n".replace("\n\n\n", "\n\n")
    if html_part and escape(url) not in html_part:
        tail = f'<p>{escape(imprint)}<br><a href="{escape(url)}">{escape(words)}</a></p>'
        html_part = html.with_tail(html_part, tail=tail)
    if choice and choice not in text_part:
        text_part = f"{text_part.rstrip()}\n{choose}: {choice}\n"
    if choice and html_part and escape(choice) not in html_part:
        tail = f'<p><a href="{escape(choice)}">{escape(choose)}</a></p>'
        html_part = html.with_tail(html_part, tail=tail)
    return html_part, text_part

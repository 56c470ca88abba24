"""Mails as bytes: read by the `email` package they say the same as those that Django writes."""

import re
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.core.mail.transport.wire import as_bytes

pytestmark = pytest.mark.any_database
TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029"),
        st.sampled_from(" \t\n=.<"),
    ),
    max_size=300,
)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=40)
LONG = "<https://crm.firma.de/m/u/2a-0123456789abcdef01234567>, <mailto:bounce+u-2a-0123456789ab@firma.de?subject=x>"


def mail(**more: Any) -> EmailMultiAlternatives:
    given: dict[str, Any] = {
        "subject": "Neuigkeiten für Sie", "body": "Guten Tag", "from_email": "Müller & Söhne <news@firma.de>",
        "to": ["anna@gmx.de"], "reply_to": ["team@firma.de"],
        "headers": {"Message-ID": "<1@firma.de>", "Date": "Sat, 28 Nov 2026 22:57:11 +0000",
                    "List-Unsubscribe": LONG},
    } | more  # fmt: skip
    html = given.pop("html", None)
    message = EmailMultiAlternatives(**given)
    if html is not None:
        message.attach_alternative(html, "text/html")
    return message


def said(raw: bytes) -> dict[str, Any]:
    found: Any = message_from_bytes(raw, policy=policy.default)
    parts = {
        part.get_content_type(): part.get_content().replace("\r\n", "\n").rstrip("\n")
        for part in found.walk()
        if part.get_content_maintype() == "text"
    }
    names = ("Subject", "From", "To", "Reply-To", "Message-ID", "Date", "List-Unsubscribe", "MIME-Version")
    return parts | {name: str(found[name]) for name in names} | {"type": found.get_content_type()}


def lines_of(raw: bytes) -> list[bytes]:
    assert raw.endswith(b"\r\n") and not re.search(rb"[^\r]\n|\r[^\n]", raw)
    return raw.split(b"\r\n")


@given(body=TEXT, html=st.none() | TEXT, words=st.lists(LINE, min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_what_is_written_here_says_what_django_would_write(
    body: str, html: str | None, words: list[str]
) -> None:
    message = mail(body=body, html=html, subject=" ".join(words)[:250].strip())
    raw = as_bytes(message)
    assert raw.isascii() and max(map(len, lines_of(raw))) <= 998
    ours = said(raw)
    theirs = said(message.message().as_bytes(linesep="\r\n"))
    assert ours["text/plain"] == body.rstrip("\n")
    assert html is None or ours["text/html"] == html.rstrip("\n")
    assert ours["Subject"] == message.subject
    same = ("From", "To", "Reply-To", "Message-ID", "Date", "MIME-Version", "type")
    assert {name: ours[name] for name in same} == {name: theirs[name] for name in same}


def test_long_headers_are_folded_and_keep_their_words() -> None:
    raw = as_bytes(mail())
    assert said(raw)["List-Unsubscribe"] == LONG and max(map(len, lines_of(raw))) <= 79
    assert said(raw)["From"] == "Müller & Söhne <news@firma.de>"


@pytest.mark.parametrize("to", ["jörg@firma.de", "info@müller.de", "Anna <anna@gmx.de>"])
def test_addresses_that_need_care_are_written_by_django(to: str) -> None:
    message = mail(to=[to])
    assert said(as_bytes(message))["To"] == said(message.message().as_bytes())["To"]


def test_a_file_is_attached() -> None:
    message = mail(html="<p>x</p>")
    message.attach("a.txt", b"Inhalt", "text/plain")
    assert b"a.txt" in as_bytes(message) and lines_of(as_bytes(message))


@pytest.mark.parametrize("where", ["subject", "from_email"])
def test_no_header_can_be_smuggled_in(where: str) -> None:
    with pytest.raises(BadHeaderError):
        as_bytes(mail(**{where: "a@b.de\nBcc: c@d.de"}))
    with pytest.raises(BadHeaderError):
        as_bytes(mail(headers={"X-A": "b\r\nBcc: c@d.de"}))


def test_a_mail_without_date_and_number_gets_both() -> None:
    found = said(as_bytes(mail(headers={"Auto-Submitted": "auto-generated"})))
    assert found["Date"] != "None" and found["Message-ID"].startswith("<")

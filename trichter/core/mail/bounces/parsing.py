"""What a returned message says. Pure: bytes in, a verdict out."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from flufl.bounce import all_failures

from ..rules.answers import is_gone, status_in

_WHERE_IT_CAME = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
_MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s]+>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """kind: hard, soft, complaint, reply (an automatic one) or other. status: RFC 3463, such as 5.1.1.

    addresses: to which it was sent back, ours among them. message_ids: of the mails it speaks of.
    """

    kind: str
    status: str = ""
    detail: str = ""
    addresses: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()


def read(raw: bytes) -> Returned:
    """Read a returned message. Never raises: what cannot be read is `other`."""
    message = message_from_bytes(raw)
    to = tuple(
        dict.fromkeys(
            address.lower()
            for name in _WHERE_IT_CAME
            for _, address in getaddresses([str(one) for one in message.get_all(name, [])])
            if address
        )
    )
    kind, status, detail = _verdict(message)
    return Returned(
        kind=kind, status=status, detail=" ".join(detail.split())[:500], addresses=to,
        message_ids=_mentioned(message),
    )  # fmt: skip


def _verdict(message: Message) -> tuple[str, str, str]:
    parts = {part.get_content_type(): part for part in message.walk()}
    if "message/feedback-report" in parts:
        report = _headers_of(parts["message/feedback-report"])
        return "complaint", "", report.get("feedback-type", "abuse")
    if "message/delivery-status" in parts:
        found = _from_status(parts["message/delivery-status"])
        if found is not None:
            return found
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # the library guesses at the texts of strangers
        temporary, permanent = frozenset(), frozenset()
    words = _text_of(message)
    if permanent:
        status = status_in(words)
        # A filter that does not want us is no reason to call the address dead.
        hard = is_gone(status=status, text=words) if status else True
        return ("hard" if hard else "soft"), status, words
    if temporary:
        return "soft", status_in(words), words
    automatic = str(message.get("auto-submitted", "no")).lower() != "no" or "x-autoreply" in message
    return ("reply" if automatic else "other"), "", str(message.get("subject", ""))


def _from_status(part: Message) -> tuple[str, str, str] | None:
    """RFC 3464: a group of fields for the message, then one for each recipient."""
    payload = part.get_payload()
    groups = [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
    for group in groups:
        action = str(group.get("action", "")).strip().lower()
        status = status_in(str(group.get("status", "")))
        words = str(group.get("diagnostic-code", "")).partition(";")[2] or status
        # "delayed" only says that they go on trying; the verdict comes with another message.
        if action == "delayed":
            return "other", status, words
        if action == "failed" or (not action and status):
            gone = is_gone(status=status, text=words)
            return ("hard" if gone else "soft"), status, f"{status} {words}"
    return None


def _headers_of(part: Message) -> dict[str, str]:
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return {name.lower(): str(value) for name, value in payload[0].items()}
    lines = str(payload or "").splitlines()
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def _mentioned(message: Message) -> tuple[str, ...]:
    """Message-IDs of the mails that are given back whole or by their headers."""
    found: list[str] = []
    for part in message.walk():
        kind = part.get_content_type()
        if part is not message and part.get("message-id"):
            found += _MESSAGE_ID.findall(str(part["message-id"]))
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            text = _decoded(part)
            found += re.findall(r"(?im)^message-id:\s*(<[^<>\s]+>)", text)
    found += _MESSAGE_ID.findall(f"{message.get('in-reply-to', '')} {message.get('references', '')}")
    return tuple(dict.fromkeys(found))[:20]


def _text_of(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            return _decoded(part)[:2_000]
    return ""


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(part.get_payload() or "")

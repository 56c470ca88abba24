"""A composed mail as the bytes that travel. Text is quoted-printable, so that no relay has to change it.

Only a mail of text and HTML is written here; the `email` package writes all others, many times slower.
"""

import binascii
import re
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import ADDRESS_HEADERS, forbid_multi_line_headers

_FOLD = 76
# Bytes of an encoded word: 45 are 60 in base 64, and the frame around them takes twelve.
_WORD = 45
_KINDS = ("plain", "text/html")
_OWN = {"subject", "from", "to", "cc", "bcc", "reply-to", "mime-version", "content-type"}
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+")


def as_bytes(message: EmailMultiAlternatives) -> bytes:
    """With CRLF line ends and one at the end. Raises BadHeaderError for a header of several lines."""
    body = str(message.body)
    parts = [(body, "plain"), *((str(one[0]), str(one[1])) for one in message.alternatives)]
    given = {name.lower() for name in message.extra_headers}
    odd = not given >= {"date", "message-id"} or given & _OWN
    if odd or message.attachments or message.cc or len(parts) > 2 or parts[-1][1] not in _KINDS:
        made: Any = message.message()
        raw = bytes(made.as_bytes(linesep="\r\n"))
        return raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    headers = {"Subject": str(message.subject), "From": message.from_email, "To": ", ".join(message.to)}
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    headers |= message.extra_headers
    lines = [_field(name, str(value)) for name, value in headers.items()]
    lines.append("MIME-Version: 1.0")
    if len(parts) == 1:
        return "\r\n".join(lines).encode("ascii") + b"\r\n" + _part(body, kind="plain")
    # "=_" never stands in quoted-printable text.
    edge = f"=_{uuid4().hex}"
    lines += [f'Content-Type: multipart/alternative; boundary="{edge}"', "", ""]
    mark = f"--{edge}\r\n".encode("ascii")
    return b"".join([
        "\r\n".join(lines).encode("ascii"),
        mark, _part(parts[0][0], kind="plain"),
        b"\r\n", mark, _part(parts[1][0], kind="html"),
        f"\r\n--{edge}--\r\n".encode("ascii"),
    ])  # fmt: skip


def _part(text: str, *, kind: str) -> bytes:
    """Headers, empty line and text. The final line end also tells the encoder which ones to write."""
    raw = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()
    raw = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    )
    return head.encode("ascii") + binascii.b2a_qp(raw, istext=True)


def _field(name: str, value: str) -> str:
    address = name.lower() in ADDRESS_HEADERS
    if not value.isprintable() or not value.isascii() or (address and not _PLAIN_ADDRESS.fullmatch(value)):
        value = _encoded(name, value)
    line = f"{name}: {value}"
    return line if len(line) <= _FOLD else _folded(line)


def _encoded(name: str, value: str) -> str:
    """Words and addresses in ASCII; a subject with a name in it is another one in every mail."""
    return _subject(value) if name == "Subject" and value.isprintable() else _by_django(name, value)


def _subject(value: str) -> str:
    """RFC 2047 in base 64: words of at most 75 characters, none of which ends within a letter."""
    words, held = [], b""
    for letter in value:
        piece = letter.encode()
        if len(held) + len(piece) > _WORD:
            words.append(held)
            held = b""
        held += piece
    return " ".join(
        f"=?utf-8?b?{binascii.b2a_base64(one, newline=False).decode()}?=" for one in [*words, held]
    )


@lru_cache(maxsize=1_000)
def _by_django(name: str, value: str) -> str:
    """As Django writes it. The sender is the same in many mails."""
    return str(forbid_multi_line_headers(name, value, "utf-8")[1]).replace("\n ", " ")


def _folded(line: str) -> str:
    """Broken at blanks, as far as there are any."""
    lines = [""]
    for word in line.split(" "):
        if lines[-1] and word and len(lines[-1]) + len(word) >= _FOLD and ":" not in lines[-1][-1:]:
            lines.append(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
    return "\r\n ".join(lines)

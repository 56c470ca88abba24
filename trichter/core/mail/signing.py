"""DKIM signatures (RFC 6376) with relaxed canonicalisation of header and body. Pure."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# Not single blanks, of which there are thousands.
_BLANKS = re.compile(rb" [ \t]+|\t[ \t]*")
_FIELD = re.compile(rb"\r\n(?![ \t])")
_LINE = 70


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs: `domain` in its ASCII form, `selector` of the published key."""

    domain: str
    selector: str
    key: RSAPrivateKey


def relaxed_body(body: bytes) -> bytes:
    """Section 3.4.4: runs of blanks are one, none at a line's end, no empty lines at the end."""
    # Plain replacing halves every run of blanks in a pass and is several times faster than the pattern.
    found = _BLANKS.sub(b" ", body) if b"\t" in body else body
    while b"  " in found:
        found = found.replace(b"  ", b" ")
    found = found.replace(b" \r\n", b"\r\n").removesuffix(b" ")
    # A pattern for the run of line ends would be tried at each of them.
    end = len(found)
    while found.endswith(b"\r\n", 0, end):
        end -= 2
    return found[:end] + b"\r\n" if end else b""


def relaxed_header(field: bytes) -> bytes:
    """Section 3.4.2, without the line's end: the name in lower case, unfolded, runs of blanks are one."""
    name, _, value = field.partition(b":")
    unfolded = _BLANKS.sub(b" ", value.replace(b"\r\n", b""))
    return name.rstrip(b" \t").lower() + b":" + unfolded.strip(b" ")


def split(raw: bytes) -> tuple[list[bytes], bytes]:
    """The fields of the header, still folded, and the body of a message with CRLF line ends."""
    if raw.startswith(b"\r\n"):
        return [], raw[2:]
    head, _, body = raw.partition(b"\r\n\r\n")
    return _FIELD.split(head.removesuffix(b"\r\n")), body


def signature(raw: bytes, *, signer: Signer, covered: Iterable[bytes], at: int) -> bytes:
    """The header field to put in front, with its line end.

    covered: names in lower case; those that the message lacks are left out, of a repeated one the last
    counts. at: seconds of the epoch.
    """
    fields, body = split(raw)
    present = {one.partition(b":")[0].rstrip(b" \t").lower(): one for one in fields}
    chosen = [name for name in covered if name in present]
    digest = base64.b64encode(sha256(relaxed_body(body)).digest()).decode("ascii")
    names = ":\r\n ".join(_packed([name.decode("ascii") for name in chosen]))
    unsigned = (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={signer.domain};\r\n\ts={signer.selector};"
        f" t={at}; h={names};\r\n\tbh={digest};\r\n\tb="
    ).encode("ascii")
    text = b"\r\n".join([*(relaxed_header(present[name]) for name in chosen), relaxed_header(unsigned)])
    signed = base64.b64encode(signer.key.sign(text, PKCS1v15(), hashes.SHA256()))
    lines = [signed[at : at + _LINE] for at in range(0, len(signed), _LINE)]
    return unsigned + b"\r\n\t".join(lines) + b"\r\n"


def _packed(names: list[str]) -> list[str]:
    """Names joined by colons, in lines that are not too long."""
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) < _LINE:
            lines[-1] = f"{lines[-1]}:{name}"
        else:
            lines.append(name)
    return lines

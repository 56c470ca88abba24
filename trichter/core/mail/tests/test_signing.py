"""Signatures, judged by another implementation of RFC 6376."""

import base64
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.core.mail.signing import Signer, relaxed_body, relaxed_header, signature

pytestmark = pytest.mark.any_database
COVERED = (b"from", b"to", b"subject", b"list-unsubscribe", b"x-odd")
# Any byte of a line but the line ends; NUL stands in no mail.
LINES = st.lists(st.one_of(
    st.sampled_from([b"", b" ", b"\t \t", b" a", b"a  b\t", b".", b"..", "Größe 1 €".encode()]),
    st.binary(max_size=30).map(lambda raw: raw.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")),
), max_size=8)  # fmt: skip
WORDS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF, exclude_categories=["Cc", "Zs", "Zl"]),
                min_size=1, max_size=12).map(str.encode)  # fmt: skip
GAPS = st.sampled_from([b" ", b"  ", b"\t", b"\r\n ", b"\r\n\t \t", b" \r\n  "])
NAMES = st.sampled_from([b"Subject", b"SUBJECT", b"X-Odd", b"x-oDD", b"List-Unsubscribe", b"Other"])


@cache
def keys() -> tuple[Signer, bytes]:
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signer = Signer(domain="firma.example", selector="trichter", key=private)
    return signer, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def verified(raw: bytes) -> bool:
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: keys()[1]))


def signed(raw: bytes) -> bytes:
    return signature(raw, signer=keys()[0], covered=COVERED, at=1_700_000_000) + raw


@st.composite
def fields(draw: st.DrawFn) -> bytes:
    parts = [draw(NAMES), b":", draw(st.sampled_from([b"", b" ", b"  ", b"\t"]))]
    for word in draw(st.lists(WORDS, min_size=1, max_size=6)):
        parts += [word, draw(GAPS)]
    return b"".join(parts[:-1]) + draw(st.sampled_from([b"", b" ", b"\t "])) + b"\r\n"


@given(extra=st.lists(fields(), max_size=5), lines=LINES, ended=st.booleans())
@settings(max_examples=150, deadline=None)
def test_another_implementation_verifies_odd_headers_and_bodies(
    extra: list[bytes], lines: list[bytes], ended: bool
) -> None:
    head = b"From: Firma <a@firma.example>\r\nTo: b@c.example\r\n" + b"".join(extra)
    raw = head + b"\r\n" + b"\r\n".join(lines) + (b"\r\n" if ended else b"")
    # What travels ends with a line end, whether the writer put one there or not.
    made = signed(raw) + (b"" if ended else b"\r\n")
    assert verified(made)
    assert max(map(len, made.partition(b"From: ")[0].split(b"\r\n"))) < 100
    assert not verified(made.replace(b"b@c.example", b"d@c.example"))
    if b"Gr" in raw.partition(b"\r\n\r\n")[2]:
        at = made.rindex(b"Gr")
        assert not verified(made[:at] + b"Kl" + made[at + 2 :])


# The examples of RFC 6376, section 3.4.5.
def test_the_examples_of_the_standard() -> None:
    assert relaxed_header(b"A: X") == b"a:X"
    assert relaxed_header(b"B : Y\t\r\n\tZ  ") == b"b:Y Z"
    assert relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"


@pytest.mark.parametrize(
    ("body", "relaxed"),
    [(b"", b""), (b"\r\n", b""), (b"\r\n\r\n", b""), (b" \t\r\n \r\n", b""), (b"a", b"a\r\n"),
     (b"a \t", b"a\r\n"), (b"\r\na\r\n\r\n \r\n", b"\r\na\r\n"), (b"a\nb ", b"a\nb\r\n")],
)  # fmt: skip
def test_ends_of_a_body(body: bytes, relaxed: bytes) -> None:
    assert relaxed_body(body) == relaxed


def test_many_empty_lines_take_no_long_time() -> None:
    assert relaxed_body(b"a" + b"\r\n" * 200_000) == b"a\r\n"

"""Decisions about forms: which questions are shown, what an answer must look like, what is spam. Pure."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal

from trichter.kit.text import clean, fold, normalise_email, normalise_phone

MOST_TEXT, MOST_LONG_TEXT, MOST_CHOICES = 500, 10_000, 50
PROOF_BITS = 14
STALE_AFTER = 24 * 60 * 60
RATINGS = ("1", "2", "3", "4", "5")
_LARGEST = 1e15

Values = Mapping[str, Sequence[str]]
Proof = Literal["ok", "wrong", "none"]
Token = Literal["ok", "missing", "stale", "forged"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A field that takes an answer, as far as decisions need it. `step`: 0 for the first."""

    key: str
    kind: str
    step: int = 0
    required: bool = False
    options: tuple[str, ...] = ()
    show_field: str = ""
    show_op: str = "is"
    show_value: str = ""
    progressive: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """Answers by key in their normal form (of several choices a list), and codes of what is wrong."""

    answers: Mapping[str, str | list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def met(*, op: str, wanted: str, given: Sequence[str]) -> bool:
    """Whether a condition holds for these values; letters' case and spaces around do not matter."""
    values = [fold(one) for one in given if clean(one)]
    target = fold(wanted)
    match op:
        case "is":
            return target in values
        case "is_not":
            return target not in values
        case "contains":
            return bool(target) and any(target in one for one in values)
        case "filled":
            return bool(values)
        case "empty":
            return not values
        case "more" | "less":
            numbers = (number(clean(wanted)), number(clean(given[0]) if given else ""))
            if None in numbers:
                return False
            limit, value = numbers
            assert limit is not None and value is not None
            return value > limit if op == "more" else value < limit
    return False


def shown(questions: Sequence[Question], values: Values) -> list[str]:
    """Keys of the questions whose conditions hold, in order. What hangs on a hidden question is hidden."""
    by_key = {one.key: one for one in questions}
    found: list[str] = []
    for one in questions:
        if one.show_field and one.show_field in by_key:
            given = values.get(one.show_field, ()) if one.show_field in found else ()
            if one.show_field not in found or not met(op=one.show_op, wanted=one.show_value, given=given):
                continue
        found.append(one.key)
    return found


def asked_now(questions: Sequence[Question], *, known: Collection[str], at_once: int) -> list[str]:
    """Keys without the progressive questions that are known, and of the others only the first `at_once`."""
    left = at_once
    found: list[str] = []
    for one in questions:
        if one.progressive:
            if one.key in known or left <= 0:
                continue
            left -= 1
        found.append(one.key)
    return found


def read(
    questions: Sequence[Question], values: Values, *, asked: Collection[str], region: str = "DE",
    files: Mapping[str, str] | None = None, step: int | None = None,
) -> Read:  # fmt: skip
    """Judge what came. Unknown names and hidden questions are left out.

    `asked`: keys that the form contained. `files`: of file questions, "ok" or a code of what is wrong.
    `step`: only the questions of this one. Codes: required, email, phone, number, date, choice, long, and
    those of files.
    """
    answers: dict[str, str | list[str]] = {}
    errors: dict[str, str] = {}
    visible = set(shown(questions, values))
    for one in questions:
        if one.key not in visible or one.key not in asked or (step is not None and one.step != step):
            continue
        if one.kind == "file":
            code = (files or {}).get(one.key, "")
            if code and code != "ok":
                errors[one.key] = code
            elif not code and one.required:
                errors[one.key] = "required"
            continue
        given = [text for text in (clean_lines(raw) for raw in values.get(one.key, ())) if text]
        if not given:
            if one.required:
                errors[one.key] = "required"
            continue
        answer, code = _judge(one, given, region)
        if code:
            errors[one.key] = code
        elif answer is not None:
            answers[one.key] = answer
    return Read(answers=answers, errors=errors)


def _judge(one: Question, given: list[str], region: str) -> tuple[str | list[str] | None, str]:
    first = given[0]
    match one.kind:
        case "choices":
            chosen = list(dict.fromkeys(given))[:MOST_CHOICES]
            return (chosen, "") if set(chosen) <= set(one.options) else (None, "choice")
        case "choice":
            return (first, "") if first in one.options else (None, "choice")
        case "rating":
            return (first, "") if first in RATINGS else (None, "choice")
        case "consent":
            return (
                (first, "") if first.isascii() and first.isdigit() and len(first) < 10 else (None, "choice")
            )
        case "email":
            address = normalise_email(clean(first))
            return (address.value, "") if address.value else (None, "email")
        case "phone":
            text = clean(first)
            found = normalise_phone(text, region="DE" if text.startswith("+") else region)
            return (found.value, "") if found.value else (None, "phone")
        case "number":
            value = number(clean(first))
            return (None, "number") if value is None else (f"{value:.10g}", "")
        case "date":
            try:
                return date.fromisoformat(clean(first)[:10]).isoformat(), ""
            except ValueError:
                return None, "date"
        case "textarea":
            return (first, "") if len(first) <= MOST_LONG_TEXT else (None, "long")
    text = clean(first)
    return (text, "") if len(text) <= MOST_TEXT else (None, "long")


def clean_lines(text: str) -> str:
    """Without control characters and surrounding space; line breaks stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(clean(line) for line in lines).strip()


def number(text: str) -> float | None:
    """A number, written with a decimal comma or point; None for anything else."""
    plain = text.replace(" ", "").replace("\u202f", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= _LARGEST else None


# Spam --------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of one sending. `seconds`: since the form was shown; `earlier`: others of this hour."""

    token: Token = "ok"  # noqa: S105
    honeypot: bool = False
    seconds: float = 0
    shortest: int = 0
    proof: Proof = "none"
    scripts_only: bool = False
    earlier: int = 0
    most: int = 20
    most_unproven: int = 4
    disposable: bool = False


def suspicion(facts: Facts) -> str:
    """Why this goes into quarantine, as a `Submission.Reason`; "" when nothing speaks against it."""
    checks = (
        ("token", facts.token == "forged"),  # noqa: S105
        ("honeypot", facts.honeypot),
        ("fast", facts.seconds < facts.shortest),
        ("proof", facts.proof == "wrong"),
        ("no_proof", facts.proof == "none" and facts.scripts_only),
        ("rate", facts.earlier >= (facts.most if facts.proof == "ok" else facts.most_unproven)),
        ("disposable", facts.disposable),
    )
    return next((name for name, hit in checks if hit), "")


def proven(*, challenge: str, answer: str) -> bool:
    """Whether SHA-256 of "challenge:answer" begins with PROOF_BITS zero bits."""
    if not answer.isascii() or not answer.isdigit() or len(answer) > 12:
        return False
    digest = int.from_bytes(sha256(f"{challenge}:{answer}".encode()).digest(), "big")
    return digest >> (256 - PROOF_BITS) == 0


# What an answer does to what is known ---------------------------------------------

Change = Literal["same", "filled", "replaced", "kept"]


def change(*, before: str, given: str, overwrite: bool) -> Change:
    """An empty field is filled. Another value is replaced only where the form says so, and kept otherwise."""
    if not clean(before):
        return "filled"
    if fold(before) == fold(given):
        return "same"
    return "replaced" if overwrite else "kept"


FILES: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",), "png": (b"\x89PNG\r\n\x1a\n",), "jpg": (b"\xff\xd8\xff",), "jpeg": (b"\xff\xd8\xff",),
    "docx": (b"PK\x03\x04",), "xlsx": (b"PK\x03\x04",), "pptx": (b"PK\x03\x04",), "odt": (b"PK\x03\x04",),
    "ods": (b"PK\x03\x04",), "txt": (), "csv": (),
}  # fmt: skip
"""Endings that are taken, with how such a file begins; texts must be texts."""


def file_problem(*, name: str, size: int, head: bytes, most_mb: int) -> str:
    """A code of what is wrong with a file: `large`, `empty`, `type`; "" when it may be kept."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if size > most_mb * 1024 * 1024:
        return "large"
    if not size:
        return "empty"
    if ending not in FILES:
        return "type"
    begins = FILES[ending]
    if begins:
        return "" if head.startswith(begins) else "type"
    return "type" if b"\0" in head else ""

"""By what a person can be recognised in other people's texts, and taking that out."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import phonenumbers
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

MARK = "[gelöscht]"
_SHORTEST = 5


@dataclass(frozen=True)
class Values:
    """Addresses, numbers and full names of one person. A last name alone is not one: too many share it."""

    texts: tuple[str, ...]

    @classmethod
    def of(cls, *, people: Iterable[Any], identities: Iterable[tuple[str, str]]) -> "Values":
        """From the records (a person and those merged into it) and all identities as (kind, value)."""
        found: set[str] = set()
        for person in people:
            names = [name for name in (person.first_name, person.last_name) if name]
            if len(names) == 2:
                found |= {" ".join(names), f"{names[1]}, {names[0]}"}
            found |= {person.email, *_numbers(person.phone), *_numbers(person.mobile)}
            found |= {text for phone in person.phones.all() for text in _numbers(phone.number)}
        for kind, value in identities:
            if kind != "person":
                found |= {value, value.removeprefix("id:")}
        return cls(tuple(sorted((text for text in found if len(text) >= _SHORTEST), key=len, reverse=True)))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any of them, as a whole word."""
        return re.compile(
            r"(?<![\w+])(?:" + "|".join(re.escape(text) for text in self.texts) + r")(?!\w)", re.IGNORECASE
        )

    def within(self, columns: Sequence[str]) -> Q:
        """Rows that may mention the person in one of these columns; `annotated` must have been applied."""
        found = Q(pk__in=[])
        for column in columns:
            for text in self.texts:
                found |= Q(**{f"text_{column}__icontains": text})
                escaped = json.dumps(text)[1:-1]
                if escaped != text:
                    found |= Q(**{f"text_{column}__icontains": escaped})
        return found

    def mentioned(self, value: Any) -> bool:
        """Whether a value of any JSON shape names the person."""
        return bool(self.texts) and self.cleaned(value) != value

    def cleaned(self, value: Any) -> Any:
        """The value with every mention replaced by a mark; other types as they are."""
        if isinstance(value, str):
            return self.pattern.sub(MARK, value)
        if isinstance(value, dict):
            return {self.cleaned(key): self.cleaned(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.cleaned(one) for one in value]
        return value

    def snippet(self, value: Any) -> str:
        """A mention with what stands around it, for the export: the rest may be about somebody else."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        parts = [text[max(0, hit.start() - 60) : hit.end() + 60] for hit in self.pattern.finditer(text)]
        return " … ".join(parts[:20])


def as_text(columns: Sequence[str]) -> dict[str, Any]:
    """Annotations with which `within` can look into JSON columns."""
    return {f"text_{column}": Cast(F(column), TextField()) for column in columns}


def _numbers(number: str) -> set[str]:
    """As stored, and as people in the same country write it."""
    found = {number} if number else set()
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return found
    for shape in (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL):
        written = phonenumbers.format_number(parsed, shape)
        found |= {written, written.replace(" ", "")}
    return found

"""What visits can be split and filtered by; the value of a visit is that of its first page view."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell.cells import locale
from trichter.kit.channels import channel as channel_of
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import I64, Array
from trichter.measure.funnels.kinds import value_label

from .filters import NOT_SET, SEEN, Filter
from .visits import Traffic

LABELS: Final[dict[str, Promise]] = {
    "channel": gettext_lazy("Channel"),
    "source": gettext_lazy("Source"),
    "medium": gettext_lazy("Medium"),
    "campaign": gettext_lazy("Campaign"),
    "landing": gettext_lazy("Landing page"),
    "exit": gettext_lazy("Exit page"),
    "country": gettext_lazy("Country"),
    "device": gettext_lazy("Device"),
    "browser": gettext_lazy("Browser"),
    "os": gettext_lazy("Operating system"),
    "site": gettext_lazy("Website"),
}
FILTERS: Final[dict[str, Promise]] = {**LABELS, SEEN: gettext_lazy("Visited page")}
OPS: Final[dict[str, Promise]] = {
    "is": gettext_lazy("is"),
    "not": gettext_lazy("is not"),
    "has": gettext_lazy("contains"),
    "hasnot": gettext_lazy("does not contain"),
}


def _channel(touch: Any) -> str:
    return channel_of(touch[0], touch[1]) if touch[0] or touch[1] else ""


def _fact(name: str) -> Callable[[Any], str]:
    def read(facts: Any) -> str:
        value = json.loads(facts[1]).get(name, "")
        return value if isinstance(value, str) else ""

    return read


# name → (column of the visits, dictionary of the book, how the value is read from a value of it)
_READ: Final[dict[str, tuple[str, str, Callable[[Any], str]]]] = {
    "channel": ("touch", "touch", _channel),
    "source": ("touch", "touch", lambda touch: str(touch[0])),
    "medium": ("touch", "touch", lambda touch: str(touch[1])),
    "campaign": ("touch", "touch", lambda touch: str(touch[2])),
    "landing": ("landing", "page", str),
    "exit": ("exit", "page", str),
    "country": ("place", "place", lambda place: str(place[0])),
    "device": ("place", "place", lambda place: str(place[1])),
    "browser": ("facts", "facts", _fact("browser")),
    "os": ("facts", "facts", _fact("os")),
    "site": ("facts", "facts", _fact("site")),
}


def split(traffic: Traffic, name: str) -> tuple[list[str], I64]:
    """The values that occur ("" is “not set”), and for each visit the number of its value."""
    column, dictionary, _read = _READ[name]
    codes, place = np.unique(getattr(traffic, column), return_inverse=True)
    values: dict[str, int] = {}
    of_code = np.empty(len(codes), np.int64)
    for number, value in enumerate(_values(traffic.asked.book, dictionary, name, codes)):
        of_code[number] = values.setdefault(value, len(values))
    return list(values), of_code[place] if len(codes) else np.empty(0, np.int64)


def filtered(traffic: Traffic, filters: Sequence[Filter]) -> Traffic:
    """The visits that pass all of them."""
    for one in filters:
        if one.name == SEEN:
            keep = _seen(traffic, one)
        else:
            values, group = split(traffic, one.name)
            keep = np.array([one.holds(value) for value in values], bool)[group]
        traffic = traffic.take(~keep if one.negated else keep)
    return traffic


def values_of(traffic: Traffic, name: str) -> list[str]:
    """The values that can be filtered by, the most frequent first; "" is not set."""
    if name == SEEN:
        pages = traffic.asked.book.page.values
        codes = [rows.page[numbers] for rows, numbers, _visit in traffic.rows(["page.viewed"])]
        found, counts = np.unique(np.concatenate(codes or [np.empty(0, np.int64)]), return_counts=True)
        return [pages[code] for code in found[np.argsort(-counts, kind="stable")].tolist()]
    values, group = split(traffic, name)
    order = np.argsort(-np.bincount(group, minlength=len(values)), kind="stable")
    return [values[number] for number in order.tolist()]


def value_meant(traffic: Traffic, name: str, text: str) -> str:
    """The value that somebody wrote as people read it (“Switzerland”); the text itself when there is none."""
    values = values_of(traffic, name)
    if text in values or text == NOT_SET:
        return text
    return next(
        (value or NOT_SET for value in values if label_of(name, value).casefold() == text.casefold()), text
    )


def _seen(traffic: Traffic, wanted: Filter) -> Array:
    pages = traffic.asked.book.page.values
    found = np.zeros(len(traffic), bool)
    for rows, numbers, visit in traffic.rows(["page.viewed"]):
        codes, place = np.unique(rows.page[numbers], return_inverse=True)
        holds = np.array([wanted.holds(pages[code]) for code in codes.tolist()], bool)
        found[visit[holds[place]]] = True
    return found


def in_words(one: Filter) -> str:
    """“Country is not Switzerland or Austria”."""
    values = [label_of(one.name, value) for value in one.values]
    several = _("%(values)s or %(last)s") % {"values": ", ".join(values[:-1]), "last": values[-1]}
    return _("%(name)s %(op)s %(values)s") % {
        "name": FILTERS[one.name], "op": OPS[one.op], "values": several if len(values) > 1 else values[0],
    }  # fmt: skip


def _values(book: Codebook, dictionary: str, name: str, codes: I64) -> list[str]:
    known, read = book.of(dictionary).values, _READ[name][2]
    return [read(known[code]) for code in codes.tolist()]


def label_of(name: str, value: str) -> str:
    """A value as people read it."""
    if value in ("", NOT_SET):
        return _("not set")
    if name == "country":
        return str(Locale.parse(locale()).territories.get(value, value))
    return value_label(name, value)

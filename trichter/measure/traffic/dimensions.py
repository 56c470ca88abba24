"""What visits can be split and filtered by; the value of a visit is that of its first page view."""

import json
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell.cells import locale
from trichter.kit.channels import channel as channel_of
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import I64
from trichter.measure.funnels.kinds import value_label

from .visits import Traffic

NOT_SET: Final = "~"  # how an address says “not set”; an empty value would be lost on the way

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


def filtered(traffic: Traffic, filters: dict[str, str]) -> Traffic:
    """The visits with these values, `NOT_SET` for those without one."""
    for name, wanted in filters.items():
        values, group = split(traffic, name)
        value = "" if wanted == NOT_SET else wanted
        keep = group == values.index(value) if value in values else np.zeros(len(traffic), bool)
        traffic = traffic.take(keep)
    return traffic


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

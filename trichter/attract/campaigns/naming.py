"""How sources, media and campaigns are spelled: one name for one thing. Pure.

A name is small letters, with hyphens for spaces. Known spellings of sources and media become one
(`Linked-In`, `LinkedIn.com` → `linkedin`), as the tracking does with what arrives. A name must be in the
list: those the reports know, and those the house has added. What is nearly in it is a slip of the pen.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

from trichter.kit.folding import clean
from trichter.kit.traffic import known_names, spelling

Kind = Literal["source", "medium", "campaign"]
KINDS: Final[tuple[Kind, ...]] = ("source", "medium", "campaign")
LONGEST: Final = {"source": 120, "medium": 60, "campaign": 160}
_SPACES = re.compile(r"[\s+]+")
_ALIKE = re.compile(r"[\s._\-+]+")
_NEAR = 0.8


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A name in the house's spelling. `known`: it is in the list. `near`: names it may have been meant as."""

    name: str
    known: bool
    near: tuple[str, ...] = ()


def tidy(kind: Kind, text: str) -> str:
    """The house's spelling; "" stays ""."""
    name = clean(text)
    if kind != "campaign":
        name = spelling(kind, name)
    return _SPACES.sub("-", name.lower()).strip("-")[: LONGEST[kind]]


def judge(kind: Kind, text: str, *, added: Collection[str]) -> Judged:
    """added: names of this kind that the house has put on the list."""
    name = tidy(kind, text)
    listed = set(added) | (set() if kind == "campaign" else known_names(kind))
    if not name or name in listed:
        return Judged(name=name, known=True)
    folded = {_ALIKE.sub("", one): one for one in listed}
    same = folded.get(_ALIKE.sub("", name))
    if same is not None:  # differs by hyphens and points only: the same name
        return Judged(name=same, known=True)
    near = get_close_matches(_ALIKE.sub("", name), folded, n=3, cutoff=_NEAR)
    return Judged(name=name, known=False, near=tuple(folded[one] for one in near))

"""Whether a condition holds for a visitor. Pure: what is known of the visitor comes in.

Three kinds of facts, and who they are known of:

* of the page and the visit: language, source, medium, campaign. Of everybody: they stand in the request.
* of the browser: first or returning, pages looked at. Only of browsers that consented to be recognised.
* of the person: stage, segments. Only of such browsers that are linked to a contact.

What is not known is None, and a part that asks for it does not hold: an unknown visitor gets what is meant
for everybody.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal, Protocol

Kind = Literal["language", "source", "medium", "campaign", "visit", "stage", "segment", "page"]
OF_THE_REQUEST: Final[frozenset[str]] = frozenset({"language", "source", "medium", "campaign"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """A condition; what is empty is not asked for. Patterns end or begin with `*` at will."""

    language: str = ""
    sources: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    visit: str = ""
    stages: tuple[str, ...] = ()
    segment: int | None = None
    page: str = ""
    days: int = 30

    @property
    def asked(self) -> tuple[Kind, ...]:
        """What it asks for, what costs least first."""
        parts: tuple[tuple[Kind, bool], ...] = (
            ("language", bool(self.language)), ("source", bool(self.sources)), ("medium", bool(self.media)),
            ("campaign", bool(self.campaigns)), ("visit", bool(self.visit)), ("stage", bool(self.stages)),
            ("segment", self.segment is not None), ("page", bool(self.page)),
        )  # fmt: skip
        return tuple(kind for kind, is_set in parts if is_set)


class Visitor(Protocol):
    """What is known of whoever looks at the page; each is asked for only when a condition needs it."""

    @property
    def language(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def medium(self) -> str: ...
    @property
    def campaign(self) -> str: ...
    @property
    def returning(self) -> bool | None: ...
    @property
    def stage(self) -> str | None: ...
    def in_segment(self, segment: int) -> bool | None: ...
    def has_seen(self, page: str, days: int) -> bool | None: ...


def part(terms: Terms, kind: Kind, visitor: Visitor) -> bool | None:
    """Whether one part holds; None: it cannot be known of this visitor."""
    match kind:
        case "language":
            return visitor.language.startswith(terms.language)
        case "source":
            return like(visitor.source, terms.sources)
        case "medium":
            return like(visitor.medium, terms.media)
        case "campaign":
            return like(visitor.campaign, terms.campaigns)
        case "visit":
            known = visitor.returning
            return None if known is None else known == (terms.visit == "returning")
        case "stage":
            stage = visitor.stage
            return None if stage is None else stage in terms.stages
        case "segment":
            return visitor.in_segment(terms.segment) if terms.segment is not None else None
        case "page":
            return visitor.has_seen(terms.page, terms.days)


def holds(terms: Terms, visitor: Visitor) -> bool:
    """Whether every part holds. A condition without parts holds for everybody."""
    return all(part(terms, kind, visitor) for kind in terms.asked)


def like(value: str, patterns: tuple[str, ...]) -> bool:
    """Whether a value fits one of the patterns, regardless of case; an empty value fits none."""
    lowered = value.lower()
    return bool(lowered) and any(fnmatchcase(lowered, _plain(one)) for one in patterns)


def _plain(pattern: str) -> str:
    """Only `*` is special."""
    return pattern.replace("[", "[[]").replace("?", "[?]")

"""How a model holds data about people: the vocabulary in which every feature declares it on its AppConfig.

    personal = {
        "Note": Held(subject=("person",), rows="delete", scrub=("text",)),
        "Order": Held(subject=("person",), keep={"number": DUTY}, none=("currency", "product")),
        "Stage": NOBODY,
    }

Every text, JSON and file column of every model stands in exactly one of `erase`, `whole`, `scrub`, `keep`,
`none`; with `rows="delete"` the columns left out go with the row. A test goes over all models by reflection
and fails for a column that is declared nowhere, so a new table cannot be forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ALL = ("*",)
TAX = "tax"
"""Reason of columns kept for bookkeeping: § 147 AO and § 257 HGB, eight years from the end of the year."""
LOG = "log"
"""Reason of columns kept as a record of what colleagues did."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What one model holds about a data subject.

    subject: lookups from a row to the person it is about ("person", "identity__link__person"; "pk" for the
    person itself); any of them. points: two columns that name a row as label and id instead.
    rows: what an erasure does with those rows: "delete" them, "keep" them (columns in `erase` are emptied,
    links to the person are cut), or "own": a procedure of their own.
    scrub: columns in which anybody's row may mention the person; the mention is taken out.
    whole: as scrub, but a row that mentions the person loses all of these columns.
    keep: columns that are about the person and stay, with the reason. since: the date column from which the
    period of a `TAX` reason runs. none: columns that are never about a data subject.

    told: columns of a copy for the person (Art. 15 and 20 GDPR), in the order in which they read them. What
    is not among them is never handed out, so a new column cannot leak. inner: columns that stay inside:
    secrets, numbers of ours, and what is about colleagues (Art. 15 (4)). Of a model with `subject` or
    `points` every column stands in one of the two, links to people left out; a test goes over all models.
    """

    subject: tuple[str, ...] = ()
    points: tuple[str, str] | None = None
    rows: Literal["delete", "keep", "own"] = "keep"
    erase: tuple[str, ...] = ()
    scrub: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    keep: Mapping[str, str] = field(default_factory=dict)
    since: str = ""
    none: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()


NOBODY = Held(none=ALL)
"""For models that hold the company's own set-up."""

"""How a file is to be read and what to do with what is there already: the choices of one import."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, cast, get_args

from trichter.kit.dates import DateOrder
from trichter.kit.numbers import DecimalMark

Existing = Literal["update", "fill", "skip"]
Match = Literal["auto", "email", "key", "phone", "domain", "name"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The choices; empty means: as found in the file, or the company's setting.

    system: whose the external ids are ("hubspot"); the same number of two systems is two records.
    existing: with records that exist: take over filled cells (update), only fill gaps (fill), leave (skip).
    match: by what a record that exists is recognised, one of `MATCHES` of the kind. auto: contacts by
    external id, then address; companies by external id, then web domain, then name; deals by external id,
    else by all that does not change; orders by number.
    consent_purpose: key of the purpose that a plain "yes" in a consent column means. consent_proof: where the
    consents come from, for rows that do not say so. owner: user id for rows without one.
    assume_paid: orders count as paid when the file has neither a status nor a payment date.
    source, medium: of advertising costs whose file names none; source: also the website of figures.
    first_day, last_day: ISO dates, the span of figures whose file names none.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    decimal: DecimalMark | Literal[""] = ""
    date_order: DateOrder | Literal[""] = ""
    currency: str = ""
    system: str = ""
    existing: Existing = "update"
    match: Match = "auto"
    consent_purpose: str = "newsletter"
    consent_proof: str = ""
    owner: int | None = None
    pipeline: str = ""
    stages: bool = True
    assume_paid: bool = True
    source: str = ""
    medium: str = ""
    first_day: str = ""
    last_day: str = ""

    def to_json(self) -> dict[str, Any]:
        """The choices that differ from the defaults."""
        plain = Options()
        return {name: value for name, value in asdict(self).items() if value != getattr(plain, name)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Options":
        """The choices stored in a run; what a later release no longer knows is ignored."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


EXISTING: tuple[Existing, ...] = get_args(Existing)
MATCH: tuple[Match, ...] = get_args(Match)
MATCHES: Mapping[str, tuple[Match, ...]] = {
    "contacts": ("auto", "email", "key", "phone"),
    "companies": ("auto", "key", "domain", "name"),
    "deals": ("auto", "key", "name"),
    "orders": ("auto",),
}


def as_decimal(text: str) -> DecimalMark | None:
    """The decimal mark chosen, None for "as found"."""
    return cast(DecimalMark, text) if text in (",", ".") else None

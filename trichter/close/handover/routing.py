"""Who gets a handover, and why. Pure: the lead, the rules and the colleagues as they stand are passed in.

In this order: the colleague who owns the contact already; the first rule whose conditions all hold and whose
target has somebody free; the pool for everything else. Nobody absent or full is ever chosen, and every step
leaves a line, so that each decision can be explained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Method = Literal["least", "round"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """What is known of the person; texts in small letters, codes of countries in capitals."""

    owner: int | None = None
    industry: str = ""
    employees: int | None = None
    country: str = ""
    postcode: str = ""
    language: str = ""
    score: int = 0
    source: str = ""
    campaign: str = ""
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rep:
    """A colleague. `open`: handovers not done with; `recent`: got in the last 30 days; `last`: order of the
    last one got (0: never); `cover`: who stands in while `absent`; `capacity` None: no limit."""

    id: int
    name: str
    team: int | None = None
    open: int = 0
    capacity: int | None = None
    weight: int = 1
    recent: int = 0
    last: float = 0.0
    absent: bool = False
    cover: int | None = None

    @property
    def full(self) -> bool:
        """Whether nothing more fits."""
        return self.capacity is not None and self.open >= self.capacity

    @property
    def free(self) -> bool:
        """Whether a handover may come here."""
        return not self.absent and not self.full


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Conditions (an empty one asks nothing) and a target: a colleague, or the pool of a team."""

    id: int
    number: int
    name: str
    industries: tuple[str, ...] = ()
    employees_min: int | None = None
    employees_max: int | None = None
    countries: tuple[str, ...] = ()
    postcodes: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = ()
    score_min: int | None = None
    score_max: int | None = None
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rep: int | None = None
    team: int | None = None
    method: Method = "least"


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """A line of the explanation: a code and what it needs to be put into words."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """`rep` None: nobody is free. `rule`: the rule that decided. `why` is never empty."""

    rep: int | None
    team: int | None = None
    rule: int | None = None
    why: tuple[Why, ...] = ()


def decide(
    *,
    lead: Lead,
    rules: Sequence[Rule],
    reps: Mapping[int, Rep],
    teams: Mapping[int, str],
    fallback: int | None = None,
    keep_owner: bool = True,
    exclude: frozenset[int] = frozenset(),
) -> Decision:
    """Choose. rules: in order. teams: names by id. exclude: colleagues who had it already."""
    pool = {key: rep for key, rep in reps.items() if key not in exclude}
    why: list[Why] = []
    if keep_owner and lead.owner is not None and lead.owner not in exclude:
        chosen = _person(lead.owner, pool, why, "owner")
        if chosen is not None:
            return Decision(rep=chosen.id, team=chosen.team, why=tuple(why))
    for rule in rules:
        matched = matching(rule=rule, lead=lead)
        if matched is None:
            continue
        why.append(Why(code="rule", facts={"number": rule.number, "name": rule.name, "matched": matched}))
        if rule.rep is not None:
            chosen = _person(rule.rep, pool, why, "rep")
        elif rule.team is not None:
            chosen = _from_team(rule.team, rule.method, pool, teams, why)
        else:
            chosen = None
            why.append(Why(code="no_target"))
        if chosen is not None:
            return Decision(rep=chosen.id, team=chosen.team, rule=rule.id, why=tuple(why))
    why.append(Why(code="fallback" if fallback is not None else "no_fallback"))
    chosen = _from_team(fallback, "least", pool, teams, why) if fallback is not None else None
    return Decision(
        rep=chosen.id if chosen else None, team=chosen.team if chosen else fallback, why=tuple(why)
    )


def matching(*, rule: Rule, lead: Lead) -> list[list[str]] | None:
    """The conditions that hold as (what, value); None when one does not hold."""
    held: list[list[str]] = []
    texts = (
        ("industry", rule.industries, lead.industry, True),
        ("country", rule.countries, lead.country, False),
        ("language", rule.languages, lead.language[:2], False),
        ("source", rule.sources, lead.source, False),
    )
    for what, wanted, value, part in texts:
        if not wanted:
            continue
        if not value or not any(one in value if part else one == value for one in wanted):
            return None
        held.append([what, value])
    if rule.tags:
        found = sorted(set(rule.tags) & lead.tags)
        if not found:
            return None
        held.append(["tag", found[0]])
    if rule.postcodes:
        if not any(in_range(lead.postcode, first, last) for first, last in rule.postcodes):
            return None
        held.append(["postcode", lead.postcode])
    for name, number, low, high in (
        ("employees", lead.employees, rule.employees_min, rule.employees_max),
        ("score", lead.score, rule.score_min, rule.score_max),
    ):
        if low is None and high is None:
            continue
        if number is None or (low is not None and number < low) or (high is not None and number > high):
            return None
        held.append([name, str(number)])
    return held


def in_range(postcode: str, first: str, last: str) -> bool:
    """Whether a postcode lies in a range of prefixes: 80331 in 80–87; 8001 in 80."""
    code = "".join(postcode.split()).upper()
    if not code or len(code) < max(len(first), len(last)):
        return False
    return first <= code[: len(first)] and code[: len(last)] <= last


def parse_postcodes(text: str) -> tuple[tuple[str, str], ...]:
    """“80-87, 93, A4” as ranges of prefixes. Raises ValueError with the part that is none."""
    found = []
    for part in text.replace("–", "-").replace(";", ",").split(","):
        piece = part.strip().upper()
        if not piece:
            continue
        first, dash, last = (one.strip() for one in piece.partition("-"))
        last = last if dash else first
        if not (first.isalnum() and last.isalnum() and len(first) == len(last) <= 8 and first <= last):
            raise ValueError(piece)
        found.append((first, last))
    return tuple(found)


def _person(wanted: int, pool: Mapping[int, Rep], why: list[Why], code: str) -> Rep | None:
    """The colleague or, while absent, who stands in (and who stands in for that one)."""
    seen: set[int] = set()
    key: int | None = wanted
    while key is not None and key not in seen:
        seen.add(key)
        rep = pool.get(key)
        if rep is None:
            why.append(Why(code=f"{code}_unknown"))
            return None
        if rep.absent:
            why.append(Why(code="absent", facts={"name": rep.name}))
            key = rep.cover
            code = "cover"
            continue
        facts = {"name": rep.name, "open": rep.open, "capacity": rep.capacity}
        why.append(Why(code="full" if rep.full else code, facts=facts))
        return None if rep.full else rep
    why.append(Why(code="no_cover"))
    return None


def _from_team(
    team: int, method: Method, pool: Mapping[int, Rep], teams: Mapping[int, str], why: list[Why]
) -> Rep | None:
    members = [rep for rep in pool.values() if rep.team == team]
    free = [rep for rep in members if rep.free]
    facts: dict[str, Any] = {
        "team": teams.get(team, str(team)), "members": len(members),
        "absent": sum(rep.absent for rep in members),
        "full": sum(rep.full and not rep.absent for rep in members),
    }  # fmt: skip
    if not free:
        why.append(Why(code="team_none", facts=facts))
        return None
    best = min(free, key=_fewest_open if method == "least" else _longest_waiting)
    facts |= {"name": best.name, "open": best.open, "capacity": best.capacity, "recent": best.recent}
    why.append(Why(code=f"team_{method}", facts=facts))
    return best


def _fewest_open(rep: Rep) -> tuple[float, float, int]:
    return rep.open / max(rep.weight, 1), rep.last, rep.id


def _longest_waiting(rep: Rep) -> tuple[float, float, int]:
    return rep.recent / max(rep.weight, 1), rep.last, rep.id

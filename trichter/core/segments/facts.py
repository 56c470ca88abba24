"""What is known about a number of people, read in a few queries: the input of the plain evaluation."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from trichter.core.consent.models import ConsentPart
from trichter.core.consent.rules import Statement
from trichter.core.lifecycle.queries import chunks, identities_of, occurrences
from trichter.core.lifecycle.rules import Occurrence
from trichter.core.people.models import Person
from trichter.core.shell.prepared import Prepared
from trichter.core.shell.queries import company_zone, installation
from trichter.kit.clock import day_of

from .models import Membership
from .queries import Live
from .rules.fields import TYPES, Moment, column_of
from .rules.judging import Facts
from .rules.model import Group

PEOPLE = 500
_COLUMNS = {name: column_of(name) for name in TYPES if name != "tags"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """What some rules look at."""

    kinds: frozenset[str]
    consents: frozenset[tuple[str, str]]
    fields: frozenset[str]

    @classmethod
    def of(cls, rules: Iterable[Group]) -> "Needs":
        """Of these rules together."""
        return cls._union([(rule.kinds(), rule.consents(), rule.fields()) for rule in rules])

    @classmethod
    def of_segments(cls, segments: Iterable[Live]) -> "Needs":
        """Of their rules together; what each needs is remembered."""
        return cls._union([(one.kinds, one.consents, one.fields) for one in segments])

    @classmethod
    def _union(cls, found: list[tuple[frozenset[Any], frozenset[Any], frozenset[Any]]]) -> "Needs":
        none: frozenset[Any] = frozenset()
        kinds, consents, fields = (none.union(*(one[place] for one in found)) for place in range(3))
        return cls(kinds=kinds, consents=consents, fields=fields)


def moment_at(now: Any) -> Moment:
    """The clock of an evaluation in the company's zone."""
    zone = company_zone()
    return Moment(now, zone, day_of(now, zone))


def facts_of(*, people: Collection[int], needs: Needs) -> dict[int, Facts]:
    """By id the facts about those of these people who are a record of their own (not merged away)."""
    found: dict[int, Facts] = {}
    currency = installation().currency
    for part in chunks(sorted(people), PEOPLE):
        found.update(_part(part, needs, currency))
    return found


def _part(people: list[int], needs: Needs, currency: str) -> dict[int, Facts]:
    names = tuple(name for name in _COLUMNS if name in needs.fields)
    profiles: dict[int, dict[str, Any]] = {
        pk: dict(zip(names, values, strict=True)) for pk, *values in _profiles(names).rows(people)
    }
    if "tags" in needs.fields:
        labels: dict[int, set[str]] = defaultdict(set)
        tagged = Person.tags.through.objects.filter(person_id__in=people)
        for pk, name in tagged.values_list("person_id", "tag__name"):
            labels[pk].add(name)
        for pk, profile in profiles.items():
            profile["tags"] = frozenset(labels.get(pk, ()))
    owned = identities_of(people=profiles) if needs.kinds or needs.consents else {}
    whose = {identity: pk for pk, identities in owned.items() for identity in identities}
    events = _events(whose, needs.kinds)
    consents = _consents(whose, needs.consents) if needs.consents else {}
    segments: dict[int, set[int]] = defaultdict(set)
    for pk, segment in _MEMBERSHIPS.rows(people):
        segments[pk].add(segment)
    return {
        pk: Facts(
            profile=profile, events=events.get(pk, {}), consents=consents.get(pk, {}),
            segments=frozenset(segments.get(pk, ())), currency=currency,
        )
        for pk, profile in profiles.items()
    }  # fmt: skip


@lru_cache(maxsize=500)
def _profiles(names: tuple[str, ...]) -> Prepared:
    """Those of these people who are a record of their own, with these fields."""
    columns = [_COLUMNS[name] for name in names]
    rows = Person.objects.filter(merged_into=None).order_by()
    return Prepared(lambda ids: rows.filter(pk__in=ids).values_list("pk", *columns))


_MEMBERSHIPS = Prepared(
    lambda ids: Membership.objects.filter(person_id__in=ids).values_list("person_id", "segment_id")
)
_STATEMENTS = Prepared(
    lambda ids: ConsentPart.objects.filter(identity_id__in=ids, name="subject")
    .exclude(record__purpose=None)
    .values_list(
        "identity_id", "record__purpose__key", "record__channel", "record__number", "record__at",
        "record__decision", "record__expires_at",
    )
)  # fmt: skip


def _events(
    whose: Mapping[int, int], kinds: frozenset[str]
) -> dict[int, dict[str, Sequence[Occurrence]]]:  # fmt: skip
    wanted = kinds - {"consent.given", "consent.withdrawn"} if kinds else kinds
    if not wanted:
        return {}
    found: dict[int, dict[str, list[Occurrence]]] = defaultdict(lambda: defaultdict(list))
    for identity, events in occurrences(identities=whose, kinds=kinds).items():
        mine = found[whose[identity]]
        for event in events:
            mine[event.kind].append(event)
    for mine in found.values():
        for several in mine.values():
            several.sort(key=lambda event: (event.at, event.id))
    return {pk: dict(mine) for pk, mine in found.items()}


def _consents(
    whose: Mapping[int, int], wanted: frozenset[tuple[str, str]]
) -> dict[int, dict[tuple[str, str], list[Statement]]]:  # fmt: skip
    found: dict[int, dict[tuple[str, str], list[Statement]]] = defaultdict(lambda: defaultdict(list))
    for part in chunks(whose):
        for identity, purpose, channel, number, at, decision, expires in _STATEMENTS.rows(part):
            if (purpose, channel) not in wanted:
                continue
            statement = Statement(number=number, at=at, decision=decision, expires_at=expires)
            found[whose[identity]][purpose, channel].append(statement)
    return found

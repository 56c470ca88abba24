"""Going over the whole ledger: is every row what was written, and nothing missing?"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch

from trichter.core.accounts.models import User

from . import locks
from .chain import BEGINNING, part_digest, seal
from .models import ChainCheck, ChainHead, ConsentPart, ConsentRecord
from .sealing import sealed_fields

MOST_PROBLEMS = 200
_CHUNK = 1_000


@dataclass(kw_only=True)
class Result:
    """`erased`: parts that are gone by an erasure. `problems`: (number, code); number 0: the ledger.

    Codes: gap, previous, hash, part_missing, part_changed, part_unknown, subject, end, unlocked.
    """

    records: int = 0
    erased: int = 0
    hash: str = BEGINNING
    problems: list[tuple[int, str]] = field(default_factory=list)


def check() -> Result:
    """Verify numbers, hashes, wordings, personal parts, the end, and that the triggers are there."""
    result = Result()
    if locks.missing():
        result.problems.append((0, "unlocked"))
    gone = _covered()
    parts = Prefetch("parts", queryset=ConsentPart.objects.select_related("identity"))
    after = 0
    while rows := list(
        ConsentRecord.objects.filter(number__gt=after)
        .select_related("purpose", "wording").prefetch_related(parts).order_by("number")[:_CHUNK]
    ):  # fmt: skip
        for row in rows:
            result.problems += [(row.number, code) for code in _row(row, result, gone)]
            result.records, result.hash, after = result.records + 1, row.hash, row.number
    head = ChainHead.objects.filter(pk=1).first()
    if (head.number, head.hash) != (after, result.hash) if head else result.records > 0:
        result.problems.append((0, "end"))
    del result.problems[MOST_PROBLEMS:]
    return result


def problems_of(rows: Iterable[ConsentRecord]) -> list[tuple[int, str]]:
    """What does not fit in these rows themselves: hash, wording, personal parts. For a printed proof."""
    gone = _covered()
    found = []
    for row in rows:
        own = Result(records=row.number - 1, hash=row.previous)
        found += [(row.number, code) for code in _row(row, own, gone)]
    return found


def _covered() -> dict[str, set[int]]:
    gone: dict[str, set[int]] = {}
    for covers in ConsentRecord.objects.filter(decision="erased").values_list("covers", flat=True):
        for name, numbers in covers.items():
            gone.setdefault(name, set()).update(numbers)
    return gone


def _row(row: ConsentRecord, result: Result, gone: dict[str, set[int]]) -> list[str]:
    found = []
    if row.number != result.records + 1:
        found.append("gap")
    if row.previous != result.hash:
        found.append("previous")
    if row.hash != seal(previous=row.previous, row=sealed_fields(row)):
        found.append("hash")
    left = {part.name: part for part in row.parts.all()}
    for name, digest in row.digests.items():
        part = left.pop(name, None)
        if part is None:
            erased = row.number in gone.get(name, ())
            result.erased += erased
            found += [] if erased else ["part_missing"]
        elif part_digest(salt=part.salt, content=part.content) != digest:
            found.append("part_changed")
        elif name == "subject" and part.content.get("identity") != str(part.identity or ""):
            found.append("subject")
    return found + (["part_unknown"] if left else [])


def check_and_keep(*, by: User | None = None) -> ChainCheck:
    """The same, and the result kept for the screen."""
    result = check()
    return ChainCheck.objects.create(
        records=result.records, erased=result.erased, hash=result.hash, by=by,
        problems=[list(problem) for problem in result.problems],
    )  # fmt: skip

"""Who is meant by a question, in SQL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The table, and the people who count besides unknown visitors (None: everybody).

    nobody: with events of no identity.
    """

    table: str
    people: Collection[int] | None = None
    nobody: bool = False

    def who(self) -> str:
        """Whether a row counts."""
        tests = []
        if not self.nobody:
            tests.append("actor != 0")
        if self.people is not None:
            tests.append(f"(actor <= 0 OR actor IN {numbers(sorted(self.people))})")
        return " AND ".join(tests) or "1"

    def company(self, company_of: Mapping[int, int]) -> str:
        """The company of a row, 0 for none."""
        known = sorted(
            (person, company)
            for person, company in company_of.items()
            if self.people is None or person in self.people
        )
        if not known:
            return "toInt64(0)"
        return (
            f"transform(actor, {numbers([one[0] for one in known])}, "
            f"CAST({numbers([one[1] for one in known])}, 'Array(Int64)'), toInt64(0))"
        )


def numbers(numbers: Collection[int]) -> str:
    """An array literal; an impossible number where there is none, so that the array has a type."""
    return "[" + ", ".join(map(str, numbers or [-(2**62)])) + "]"

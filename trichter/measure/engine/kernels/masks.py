"""Which of the matches each event fulfils."""

from typing import Any

from numba import njit


@njit(nogil=True, cache=True)
def mark(
    first: int, last: int, kind: Any, touch: Any, page: Any, place: Any, worth: Any, facts: Any,
    match_from: Any, match_of: Any, clause_from: Any, condition_from: Any, column: Any, table_from: Any,
    table: Any, out: Any,
) -> None:  # fmt: skip
    """Bit m of out[row] is set when the event fulfils match m of the program (see `matching.Program`).

    The columns come one by one: Numba counts references when it takes an array out of a tuple, which here
    would cost more than the work itself.
    """
    for row in range(first, last):
        mask = 0
        code = kind[row]
        for number in range(match_from[code], match_from[code + 1]):
            match = match_of[number]
            holds = True
            for clause in range(clause_from[match], clause_from[match + 1]):
                found = False
                for condition in range(condition_from[clause], condition_from[clause + 1]):
                    which = column[condition]
                    if which == 0:
                        value = touch[row]
                    elif which == 1:
                        value = page[row]
                    elif which == 2:
                        value = place[row]
                    elif which == 3:
                        value = worth[row]
                    else:
                        value = facts[row]
                    if table[table_from[condition] + value]:
                        found = True
                        break
                if not found:
                    holds = False
                    break
            if holds:
                mask |= 1 << match
        out[row] = mask

"""Which of the matches an event fulfils."""

from typing import Any

from numba import njit


@njit(nogil=True, cache=True, inline="always")
def mask_of(row: int, kind: int, dims: Any, program: Any) -> int:
    """Bit m is set when the event in `row` fulfils match m of the program (see `matching.Program`)."""
    match_from, match_of, clause_from, condition_from, column, table_from, table = program
    mask = 0
    for place in range(match_from[kind], match_from[kind + 1]):
        match = match_of[place]
        holds = True
        for clause in range(clause_from[match], clause_from[match + 1]):
            found = False
            for condition in range(condition_from[clause], condition_from[clause + 1]):
                if table[table_from[condition] + dims[column[condition]][row]]:
                    found = True
                    break
            if not found:
                holds = False
                break
        if holds:
            mask |= 1 << match
    return mask

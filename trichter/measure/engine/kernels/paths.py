"""What actors did next, or before: the nodes around an anchor."""

from typing import Any

from numba import njit

from .signs import END


@njit(nogil=True, cache=True)
def paths(
    first: int, last: int, starts: Any, skip: Any, at: Any, session: Any, kind: Any, page: Any, sure: Any,
    masks: Any, page_kind: int, node_of_kind: Any, low: int, high: int, step: int, same_session: bool,
    nodes: Any, actor_out: Any,
) -> int:  # fmt: skip
    """Write for each actor with an anchor the nodes from it on; returns how many.

    The anchor is the first row with bit 0 and low <= time < high. step 1 walks forward, -1 backward. A row of
    `page_kind` is the node 2 * its page; any other is 2 * its kind + 1 where node_of_kind is 1, and no node
    elsewhere. The same node twice in a row counts once. nodes[line]: the anchor's own node first, then as
    many as there is room for, END after the last.
    """
    marked = len(masks) > 0
    depth = nodes.shape[1]
    found = 0
    for actor in range(first, last):
        if skip[actor]:
            continue
        begin, end = starts[actor], starts[actor + 1]
        anchor = -1
        for row in range(begin, end):
            if at[row] < low:
                continue
            if at[row] >= high:
                break
            if (masks[row] if marked else sure[kind[row]]) & 1:
                anchor = row
                break
        if anchor < 0:
            continue
        count, before = 0, END
        row = anchor
        while begin <= row < end and count < depth:
            if same_session and session[row] != session[anchor]:
                row += step
                continue
            if kind[row] == page_kind:
                node = 2 * page[row]
            elif node_of_kind[kind[row]] or row == anchor:
                node = 2 * kind[row] + 1
            else:
                node = END
            if node != END and node != before:
                nodes[found, count] = node
                before = node
                count += 1
            row += step
        while count < depth:
            nodes[found, count] = END
            count += 1
        actor_out[found] = actor
        found += 1
    return found

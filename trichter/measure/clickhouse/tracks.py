"""A funnel in ClickHouse's SQL: per actor one sorted array, the track, and folds over it.

The rules are those of `funnels.reference`; the names are those of `engine.kernels.ways`, and what each fold
keeps is what its namesake there keeps. A track is an array of (time, mask, number) from 1; a start is the
number of a possible entry. What is asked about one start is a tuple: the numbers of the rows of each depth
(0 beyond it), the steps they filled (only with any order), and whether the way may still go deeper.
"""

from typing import Final

from trichter.measure.engine.plan import Bounds, Plan

NEVER: Final = 2**62
_NONE: Final = f"toInt64({-(2**62)})"


def starts(plan: Plan, bounds: Bounds) -> str:
    """The numbers of the entries, in order."""
    bits = (1 << len(plan.steps)) - 1 if plan.order == "any" else 1
    tests = [f"bitAnd(x.2, {bits}) != 0"]
    if bounds.start is not None:
        tests.append(f"x.1 >= {bounds.start}")
    if bounds.end is not None:
        tests.append(f"x.1 < {bounds.end}")
    found = f"arrayMap(x -> x.3, arrayFilter(x -> {' AND '.join(tests)}, track))"
    return f"arraySlice({found}, 1, 1)" if plan.first else found


def ways(plan: Plan, bounds: Bounds) -> str:
    """What is asked about each of `starts`: an array of (numbers, steps, still open)."""
    of_one = {"ordered": _ordered, "strict": _strict, "any": _any}[plan.order](plan, bounds)
    return f"arrayMap(start -> {of_one}, {_worth_trying(plan, bounds)})"


def _worth_trying(plan: Plan, bounds: Bounds) -> str:
    """The entries that may lead deepest, or may go on.

    One pass with the window alone bounds the depth. Whoever comes no further than the first step, which are
    most, needs one entry instead of all.
    """
    if plan.order != "ordered" or plan.first:
        return "starts"
    n = len(plan.steps)
    # The latest entry from which each depth can be reached; what lies deeper is never later.
    slots = ["if(has(starts, x.3), x.1, acc.1)"]
    for step in range(1, n):
        within = "" if plan.window is None else f" AND x.1 - acc.{step} <= {plan.window}"
        filled = f"bitTest(x.2, {step}) AND acc.{step} != {_NONE}{within}"
        slots.append(f"if({filled}, acc.{step}, acc.{step + 1})")
    begin = ", ".join([_NONE] * n)
    goes_on = f"arrayFold((acc, x) -> tuple({', '.join(slots)}), track, tuple({begin})).2 != {_NONE}"
    late = "[]"
    if bounds.now is not None and plan.window is not None and not plan.is_plain:
        late = f"arrayFilter(one -> {bounds.now} - track[one].1 <= {plan.window}, arraySlice(starts, 2))"
    few = "arraySlice(starts, 1, 1)" if late == "[]" else f"arrayConcat(arraySlice(starts, 1, 1), {late})"
    return f"if({goes_on}, starts, {few})"


def depths(plan: Plan) -> str:
    """The depth of each of `ways`."""
    return "arrayMap(way -> arrayCount(number -> number > 0, way.1), ways)"


def still_open(plan: Plan, bounds: Bounds) -> str:
    """Whether somebody who has not come to the end may yet go deeper: 1 or 0."""
    if bounds.now is None:
        return "0"
    if plan.order == "any" or plan.is_plain:
        if plan.window is None:
            return "0"
        # Of the entries, most of which are no longer tried by now, the last one decides.
        return f"{bounds.now} - track[starts[length(starts)]].1 <= {plan.window}"
    if plan.order == "ordered" and plan.window is None:
        if all(gap is None for gap in plan.gaps):
            return "0"
        # Without a window all starts share one pass: only the latest place of each depth counts.
        return _alive(plan, bounds, _walk(plan, start="starts[1]", every=True))
    return "arrayExists(way -> way.3, ways)"


def _ordered(plan: Plan, bounds: Bounds) -> str:
    fold = _walk(plan, start="start", every=False)
    n = len(plan.steps)
    numbers = f"[{', '.join(['start', *(f'fold.{n + k}' for k in range(1, n))])}]"
    alive = "0"
    if bounds.now is not None and plan.window is not None and not plan.is_plain:
        alive = _alive(plan, bounds, "fold", end=f"track[start].1 + {plan.window}")
    return _with("fold", fold, f"tuple({numbers}, CAST([], 'Array(UInt8)'), toUInt8({alive}))")


def _with(name: str, value: str, body: str) -> str:
    """`body` where `name` stands for `value`."""
    return f"arrayMap({name} -> {body}, [{value}])[1]"


def _walk(plan: Plan, *, start: str, every: bool) -> str:
    """(latest time of each depth …, number of the first row of each depth from 2 …) after the whole track.

    every: each entry opens a way of its own, and the window is left out of account.
    """
    n = len(plan.steps)
    filled = {}
    for step in range(1, n):
        tests = [f"bitTest(x.2, {step})", f"acc.{step} != {_NONE}"]
        gap = plan.gaps[step]
        if gap is not None:
            tests.append(f"x.1 - acc.{step} <= {gap}")
        if not every and plan.window is not None:
            tests.append(f"x.1 - track[{start}].1 <= {plan.window}")
        filled[step] = f"({' AND '.join(tests)})"
    slots = ["if(has(starts, x.3), x.1, acc.1)" if every else "acc.1"]
    slots += [f"if({filled[step]}, x.1, acc.{step + 1})" for step in range(1, n)]
    for number, one in enumerate(plan.breaks):
        bit = f"bitTest(x.2, {n + number})"
        for place in range(one.after - 1, one.before - 1):
            # What has just filled the step "after" does not lie behind itself.
            keeps = filled.get(place, "has(starts, x.3)" if every else "0")
            gone = f"{bit} AND NOT {keeps}" if place == one.after - 1 else bit
            slots[place] = f"if({gone}, {_NONE}, {slots[place]})"
    numbers = [f"if({filled[step]} AND acc.{n + step} = 0, x.3, acc.{n + step})" for step in range(1, n)]
    begin = [f"track[{start}].1", *[_NONE] * (n - 1), *["toUInt32(0)"] * (n - 1)]
    return (
        f"arrayFold((acc, x) -> tuple({', '.join([*slots, *numbers])}), "
        f"arraySlice(track, {start} + 1), tuple({', '.join(begin)}))"
    )


def _alive(plan: Plan, bounds: Bounds, fold: str, *, end: str | None = None) -> str:
    """Whether one of the ways may still go on."""
    tests = []
    for depth in range(1, len(plan.steps)):
        gap = plan.gaps[depth]
        ends = [one for one in (end, None if gap is None else f"fold.{depth} + {gap}") if one]
        if ends:
            in_time = " AND ".join(f"{bounds.now} <= {one}" for one in ends)
            tests.append(f"(fold.{depth} != {_NONE} AND {in_time})")
    body = " OR ".join(tests) or "0"
    return body if fold == "fold" else _with("fold", fold, body)


def _strict(plan: Plan, bounds: Bounds) -> str:
    """Rows that follow one another directly: the k-th must be of step k."""
    n = len(plan.steps)
    broken = {}
    for depth in range(1, n):
        bits = [
            f"bitTest(track[start + {depth - 1}].2, {n + number})"
            for number, one in enumerate(plan.breaks)
            if one.after < depth < one.before
        ]
        broken[depth] = f"({' OR '.join(bits)})" if bits else "0"
    goes = []
    for step in range(1, n):
        tests = [f"start + {step} <= length(track)", f"bitTest(track[start + {step}].2, {step})"]
        tests.append(f"NOT {broken[step]}")
        gap = plan.gaps[step]
        if gap is not None:
            tests.append(f"track[start + {step}].1 - track[start + {step - 1}].1 <= {gap}")
        if plan.window is not None:
            tests.append(f"track[start + {step}].1 - track[start].1 <= {plan.window}")
        goes.append(" AND ".join(tests))
    reached_by = f"toUInt32(indexOf([{', '.join(f'toUInt8({one})' for one in goes)}, 0], 0))"
    alive = "0"
    if bounds.now is not None:
        tests = []
        for reached in range(1, n):
            gap = plan.gaps[reached]
            ends = [f"track[start].1 + {plan.window}"] if plan.window is not None else []
            ends += [f"track[start + {reached - 1}].1 + {gap}"] if gap is not None else []
            if ends:
                in_time = " AND ".join(f"{bounds.now} <= {one}" for one in ends)
                last = f"start + {reached - 1} = length(track)"
                tests.append(f"(depth = {reached} AND {last} AND NOT {broken[reached]} AND {in_time})")
        alive = " OR ".join(tests) or "0"
    numbers = f"arrayMap(k -> toUInt32(if(k < depth, start + k, 0)), range({n}))"
    return _with("depth", reached_by, f"tuple({numbers}, CAST([], 'Array(UInt8)'), toUInt8({alive}))")


def _any(plan: Plan, bounds: Bounds) -> str:
    """As many different steps as possible, each with a row of its own (Kuhn, without recursion).

    acc: per step the mask of the row that holds it (0: free), the numbers of the rows that brought each
    depth, and the steps they filled.
    """
    n = len(plan.steps)
    within = "1" if plan.window is None else f"x.1 - track[start].1 <= {plan.window}"
    held = "if(empty(at.1), x.2, acc.1[at.1[length(at.1)] + 1])"
    # at: the steps on the path, those that were seen, and how it ended (1: at a free step, 2: nowhere).
    left = f"bitAnd(bitAnd({held}, bitNot(at.2)), toUInt64({(1 << n) - 1}))"
    step = f"toUInt8(bitCount(bitXor({left}, {left} - 1)) - 1)"
    move = (
        f"multiIf(at.3 != 0, at, {left} = 0, "
        f"if(empty(at.1), tuple(at.1, at.2, toUInt8(2)), tuple(arrayPopBack(at.1), at.2, toUInt8(0))), "
        f"tuple(arrayPushBack(at.1, {step}), bitOr(at.2, bitShiftLeft(toUInt64(1), {step})), "
        f"toUInt8(acc.1[{step} + 1] = 0)))"
    )
    path = (
        f"arrayFold((at, turn) -> {move}, range({2 * n + 1}), "
        "tuple(CAST([], 'Array(UInt8)'), toUInt64(0), toUInt8(0)))"
    )
    handed = (
        "arrayMap((mask, place) -> if(indexOf(path.1, place) = 0, mask, if(indexOf(path.1, place) = 1, x.2, "
        f"acc.1[path.1[indexOf(path.1, place) - 1] + 1])), acc.1, range({n}))"
    )
    taken = f"tuple({handed}, arrayPushBack(acc.2, x.3), arrayPushBack(acc.3, path.1[length(path.1)]))"
    inside = _with("path", path, f"if(path.3 = 1, {taken}, acc)")
    fold = (
        f"arrayFold((acc, x) -> if(length(acc.2) = {n} OR NOT ({within}), acc, {inside}), "
        f"arraySlice(track, start), tuple(arrayMap(k -> toUInt64(0), range({n})), "
        "CAST([], 'Array(UInt32)'), CAST([], 'Array(UInt8)')))"
    )
    return _with("fold", fold, f"tuple(arrayResize(fold.2, {n}), arrayResize(fold.3, {n}), toUInt8(0))")

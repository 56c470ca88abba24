"""The rule as boxes of a form: groups that hold conditions and further groups.

Every group and every row has a number of its own. The fields of a row are called `r-3-…`, those of a group
`g-2-…`, those of the outermost group `h-…`; the hidden field `in` names the group something stands in, and
nothing for the outermost one. What stands in a group has a greater number than the group, so that no input
makes a circle, and is ordered by number.

What boxes cannot show, several conditions on one event and mails opened by machines, is edited as JSON.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.core.events.conditions import Condition, Problem

from .labels import JOINTS, MODES_SHORT
from .rows import REFRESH, Json, RowForm, initial_of, subjects
from .rules.model import Group, Happened, Leaf, Mailed, Mode
from .rules.reading import MAX_DEPTH, MAX_PARTS

MOST: Final = MAX_PARTS
"""Rows and groups of one rule together."""
_OTHER: Final[dict[str, Mode]] = {"all": "any", "any": "all", "none": "all"}
"""How a new group begins inside another: where all must hold, people reach for a group to say “or”."""


class GroupForm(forms.Form):
    """How the parts of a group go together."""

    mode = forms.ChoiceField(
        label=_("How many of these must hold"), choices=list(MODES_SHORT.items()), initial="all",
        widget=forms.RadioSelect(attrs=REFRESH),
    )  # fmt: skip


class Row:
    """One condition in a group."""

    is_group = False

    def __init__(self, *, number: int, form: RowForm) -> None:
        self.number, self.form = number, form

    @property
    def used(self) -> bool:
        """Whether it is about something."""
        return self.form.is_bound and bool(self.form["what"].value())

    def data(self) -> Json:
        """The condition as JSON data."""
        return self.form.leaf()


class Box:
    """One group; `number` is None for the outermost one."""

    is_group = True

    def __init__(self, *, number: int | None, depth: int, form: GroupForm) -> None:
        self.number, self.depth, self.form = number, depth, form
        self.parts: list[Box | Row] = []

    @property
    def place(self) -> str:
        """What the field `in` of its parts holds."""
        return "" if self.number is None else str(self.number)

    @property
    def deepest(self) -> bool:
        """Whether no further group may stand in it."""
        return self.depth >= MAX_DEPTH

    @property
    def mode(self) -> str:
        """all, any or none."""
        return str(self.form["mode"].value() or "all")

    @property
    def joint(self) -> str:
        """The word between two parts."""
        return str(JOINTS.get(self.mode, JOINTS["all"]))

    def all_parts(self) -> Iterator["Box | Row"]:
        """This group and everything in it."""
        yield self
        for part in self.parts:
            if isinstance(part, Box):
                yield from part.all_parts()
            else:
                yield part

    def used(self) -> "list[Box | Row]":
        """Its parts without rows about nothing."""
        return [part for part in self.parts if isinstance(part, Box) or part.used]

    def data(self) -> Json:
        """The group as JSON data."""
        return {self.form.cleaned_data["mode"]: [part.data() for part in self.used()]}

    def complain(self, text: str) -> None:
        """Show a problem at the group."""
        self.form.add_error(None, text)


class Builder:
    """The boxes of one rule: from a rule, or from what was sent; and back to JSON data.

    do: the button that was pressed. `add-N` and `group-N` put a row or a group into the group N, without N
    into the outermost one; `remove-r-N` and `remove-g-N` take one away, a group with all that is in it.
    """

    def __init__(
        self, *, data: Any = None, rule: Group | None = None, do: str = "", without: int = 0
    ) -> None:  # fmt: skip
        self.subjects = subjects(without=without)
        self.focus = ""
        self._next = 0
        initial = {"mode": rule.mode} if rule is not None else None
        self.root = Box(number=None, depth=1, form=GroupForm(data, prefix="h", initial=initial))
        if data is not None:
            self._read(data, do)
        elif rule is not None:
            self._show(self.root, rule.parts)
        if not self.root.parts:
            self._row(self.root)

    @property
    def full(self) -> bool:
        """Whether nothing more may be added."""
        return sum(1 for _part in self.root.all_parts()) > MOST

    def _show(self, box: Box, parts: Sequence[Group | Leaf]) -> None:
        for part in parts:
            if isinstance(part, Group):
                self._show(self._box(box, mode=part.mode), part.parts)
            else:
                self._row(box, initial=initial_of(part))

    def _read(self, data: Any, do: str) -> None:
        gone: set[str] = set()
        boxes: dict[str, Box] = {"": self.root}
        for kind, number in _numbers(data):
            place = str(data.get(f"{kind}-{number}-in") or "")
            if do == f"remove-{kind}-{number}" or place in gone:
                gone |= {str(number)} if kind == "g" else set()
                self.focus = f"add-{place}" if place not in gone else self.focus
                continue
            box = boxes.get(place, self.root)
            if kind == "r":
                self._row(box, data=data, number=number)
            else:
                outside = self.root if box.deepest else box
                boxes[str(number)] = self._box(outside, data=data, number=number)
        what, _sep, place = do.partition("-")
        if what in ("add", "group") and not self.full:
            self._added(boxes.get(place, self.root), what)

    def _added(self, box: Box, what: str) -> None:
        if what == "group" and not box.deepest:
            box = self._box(box, mode=_OTHER.get(box.mode, "any"))
        row = self._row(box)
        self.focus = f"r-{row.number}"
        row.form.fields["what"].widget.attrs["autofocus"] = True

    def _row(self, box: Box, *, data: Any = None, initial: Json | None = None, number: int = -1) -> Row:
        number = self._number(number)
        form = RowForm(data, prefix=f"r-{number}", initial=initial or {}, subjects=self.subjects)
        box.parts.append(row := Row(number=number, form=form))
        return row

    def _box(self, outside: Box, *, data: Any = None, mode: str = "all", number: int = -1) -> Box:
        number = self._number(number)
        form = GroupForm(data, prefix=f"g-{number}", initial={"mode": mode})
        outside.parts.append(box := Box(number=number, depth=outside.depth + 1, form=form))
        return box

    def _number(self, wanted: int) -> int:
        number = wanted if wanted >= 0 else self._next
        self._next = max(self._next, number + 1)
        return number

    def is_valid(self, *, empty: bool = False) -> bool:
        """Whether each field holds what it can, and each group something; `empty`: not the outermost one."""
        sound = True
        for part in self.root.all_parts():
            if isinstance(part, Box) or part.used:
                sound = part.form.is_valid() and sound
            if isinstance(part, Box) and not part.used() and not (empty and part is self.root):
                part.complain(
                    _now("Add a condition to this group, or remove the group.")
                    if part.number is not None
                    else _now("Add at least one condition.")
                )
                sound = False
        return sound

    def rule(self) -> Json:
        """The rule as JSON data; rows about nothing are left out."""
        return self.root.data()

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each problem to the row or group it is about."""
        for problem in problems:
            part: Box | Row = self.root
            # all.1.any.0.value: an index after each group's mode leads further in.
            for step in problem.path.split(".")[1::2]:
                inside = part.used() if isinstance(part, Box) else []
                if not step.isdigit() or int(step) >= len(inside):
                    break
                part = inside[int(step)]
            text = _now(problem.template) % dict(problem.params) if problem.template else problem.message
            part.form.add_error(None, text)


def fits(rule: Group) -> bool:
    """Whether boxes can show the whole rule."""
    return _size(rule) <= MOST and _fits(rule)


def _size(group: Group) -> int:
    return sum(1 + (_size(part) if isinstance(part, Group) else 0) for part in group.parts)


def _fits(group: Group) -> bool:
    return all(
        (bool(part.parts) and _fits(part))
        if isinstance(part, Group)
        else not (isinstance(part, Mailed) and part.machine)
        and (
            not isinstance(part, Happened)
            or (len(part.match.where) <= 1 and all(isinstance(one, Condition) for one in part.match.where))
        )
        for part in group.parts
    )


def _numbers(data: Any) -> list[tuple[str, int]]:
    """Kinds and numbers of all rows and groups that were sent, in the order of their numbers."""
    found = (re.fullmatch(r"(?:(r)-([0-9]{1,4})-what|(g)-([0-9]{1,4})-in)", name, re.ASCII) for name in data)
    pairs = {(int(one[2] or one[4]), one[1] or one[3]) for one in found if one}
    return [(kind, number) for number, kind in sorted(pairs)][: MOST + 1]

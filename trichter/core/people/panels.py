"""What features above people show on a person's and a company's page, each by a hook in `wagtail_hooks.py`.

    @hooks.register("register_person_panels")
    def deals(person: Person, request: HttpRequest) -> list[Panel]:
        if not request.user.has_perm("pipeline.view_deal"):
            return []
        return [Panel(slot="side", order=20, template="pipeline/person_panel.html", context={"deals": …})]

`register_company_panels` is the same with a company. A template gets its own context plus `person` (or
`company`), `request` and `perms`; it draws its own `<c-card>`. A hook checks the user's rights itself and
returns only rows that the user may see.

    @hooks.register("register_timeline")
    def stages(people: Sequence[int], before: Moment | None, limit: int) -> Iterable[Line]:
        …                               # entries that no journal event stands for, newest first

    @hooks.register("register_stages")
    def stages() -> Iterable[StageName]:
        …                               # names and order of the lifecycle's stages, for badges and filters

    @hooks.register("register_purpose_names")
    def purpose(key: str) -> str:
        …                               # what a purpose of consent is called, for the timeline

    @hooks.register("register_person_filters")
    def segments() -> dict[str, Filter]:
        …                               # more filters of the list of contacts, by their name in the address

    @hooks.register("register_person_marks")
    def restricted() -> Mark:
        …                               # a word before the address of contacts for whom it holds, in the list

    @hooks.register("register_person_bulk")
    def add_to_segment() -> list[BulkAction]:
        …                               # more actions on chosen contacts

    @hooks.register("register_rebuilt_models")
    def rebuilt() -> list[str]:
        return ["lifecycle.Transition"]  # left alone by merges, because a follower rebuilds them
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Exists
from django.http import HttpRequest
from django.utils.functional import Promise
from wagtail import hooks

from .models import Company, Person

Slot = Literal["stage", "score", "main", "side"]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A piece of a page. Slots: `stage` over the composer (the stepper), `score` in the identity card,
    `main` under the composer, `side` in the right column. Small `order` stands first.
    """

    slot: Slot
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class StageName:
    """A stage as lists show it. `band`: tofu, mofu, bofu, after."""

    key: str
    label: str | Promise
    band: str
    position: int


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A word that stands at contacts in the list. holds: a condition on people; name: of its column."""

    name: str
    label: str | Promise
    holds: Exists


def marks() -> list[Mark]:
    """All marks that features above set."""
    return [offer() for offer in hooks.get_hooks("register_person_marks")]


def person_panels(*, person: Person, request: HttpRequest) -> dict[str, list[Panel]]:
    """Panels by slot."""
    return _by_slot(
        panel for offer in hooks.get_hooks("register_person_panels") for panel in offer(person, request)
    )


def company_panels(*, company: Company, request: HttpRequest) -> dict[str, list[Panel]]:
    """Panels by slot."""
    return _by_slot(
        panel for offer in hooks.get_hooks("register_company_panels") for panel in offer(company, request)
    )


def _by_slot(panels: Iterable[Panel]) -> dict[str, list[Panel]]:
    found: dict[str, list[Panel]] = {}
    for panel in sorted(panels, key=lambda one: one.order):
        found.setdefault(panel.slot, []).append(panel)
    return found


def stage_names() -> dict[str, StageName]:
    """Stages by key, in their order."""
    offered = [stage for offer in hooks.get_hooks("register_stages") for stage in offer()]
    return {stage.key: stage for stage in sorted(offered, key=lambda one: one.position)}


def purpose_name(key: str) -> str:
    """What a purpose of consent is called in the reader's language; its key when nobody knows it."""
    return next((offer(key) for offer in hooks.get_hooks("register_purpose_names")), key)

"""When the rules changed: what a chart over time has to tell beside its line."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import Period, day_of

from .models import StageVersion
from .scoring.models import ScoreVersion


@dataclass(frozen=True, kw_only=True)
class RuleChange:
    """A version that took effect on `day` (of the company's zone): “MQL: version 3”, and where it stands.

    stages: keys of the stages whose numbers it may move.
    """

    day: date
    label: str
    reason: str
    url: str
    stages: frozenset[str]


def rule_changes(*, period: Period, user: User, stages: Iterable[str] = ()) -> list[RuleChange]:
    """Versions of stages and of the score model that took effect in the period, in order.

    A first version is no change. stages: only what may move these; none means all. Whoever may not see the
    rules is told of none.
    """
    zone = company_zone()
    low, high = period.bounds(zone)
    within = {"effective_from__gte": low, "effective_from__lt": high, "number__gt": 1}
    found: list[tuple[object, RuleChange]] = []
    if user.has_perm("lifecycle.view_stage"):
        for one in StageVersion.objects.filter(**within).select_related("stage"):
            address = reverse("lifecycle:stage_detail", args=[one.stage.key])
            change = RuleChange(
                day=day_of(one.effective_from, zone), reason=one.reason, url=f"{address}#v{one.number}",
                label=_("%(stage)s: version %(number)s") % {"stage": one.stage.label, "number": one.number},
                stages=frozenset([one.stage.key]),
            )  # fmt: skip
            found.append((one.effective_from, change))
    if user.has_perm("lifecycle.view_scoreversion"):
        scored = _stages_by_score()
        for version in ScoreVersion.objects.filter(**within):
            assert version.effective_from is not None
            change = RuleChange(
                day=day_of(version.effective_from, zone), reason=version.reason,
                label=_("Score model: version %(number)s") % {"number": version.number},
                url=reverse("lifecycle:scoring"), stages=scored,
            )  # fmt: skip
            found.append((version.effective_from, change))
    wanted = frozenset(stages)
    ordered = [one for _at, one in sorted(found, key=lambda pair: (str(pair[0]), pair[1].label))]
    return [one for one in ordered if not wanted or one.stages & wanted]


def _stages_by_score() -> frozenset[str]:
    """Stages with any version whose rule asks for points."""
    rows = StageVersion.objects.values_list("stage__key", "machine_rule")
    return frozenset(key for key, rule in rows if '"score":' in json.dumps(rule))

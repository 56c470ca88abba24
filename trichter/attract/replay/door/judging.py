"""The tracker's own steps, applied to what the scripts of heatmaps and recordings send."""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from trichter.attract.tracking.pipeline.draft import Asker, Draft, Rules
from trichter.attract.tracking.pipeline.reasons import Reason
from trichter.attract.tracking.pipeline.steps import counted_page, from_a_person, from_outside, known_origin
from trichter.kit.agents import parse_agent
from trichter.kit.folding import clean
from trichter.kit.pages import page_of_url
from trichter.kit.traffic import host_of

from ..rules import Beyond, ReplayRules, counted, device_of
from .shapes import HEAT, PART, HeatIn, PartIn

_STEPS = (known_origin, from_a_person, from_outside, counted_page)
Shape = TypeVar("Shape")
Seen = tuple[str, str, str, str, str]


def read_heat(raw: bytes) -> HeatIn | None:
    """The counts, or None for anything else."""
    return _read(HEAT, raw)


def read_part(raw: bytes) -> PartIn | None:
    """The part, or None for anything else."""
    return _read(PART, raw)


def _read(kind: TypeAdapter[Shape], raw: bytes) -> Shape | None:
    try:
        return kind.validate_json(raw)
    except ValidationError:
        return None


def judge(*, shape: HeatIn | PartIn, asker: Asker, rules: Rules, own: ReplayRules) -> Seen | str:
    """Host, page, device, browser and system; or the first reason why it is not taken."""
    asker.team = asker.team or shape.team
    draft = Draft(raw=None, asker=asker, ip=asker.ip, agent=asker.agent, host=host_of(shape.url))
    draft.shape = shape  # type: ignore[assignment]
    for step in _STEPS:
        drop = step(draft, rules)
        if drop is not None:
            return drop.reason.value
    page = clean(page_of_url(shape.url))
    heat = isinstance(shape, HeatIn)
    if not (own.heat if heat else own.record):
        return Beyond.SWITCHED_OFF.value
    if not counted(page, own.heat_pages if heat else own.record_pages):
        return Reason.EXCLUDED_PAGE.value
    agent = parse_agent(asker.agent)
    return draft.host[:120], page, device_of(agent.device), agent.browser[:60], agent.os[:60]

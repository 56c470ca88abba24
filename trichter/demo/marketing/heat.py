"""Heatmaps of two pages: as many views as the story has, and clicks where the pages have something to click.

The planted leak shows here as well: phones press the button of the form in vain.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from trichter.attract.replay.actions import save_settings
from trichter.attract.replay.heat.writing import Batch, count_views
from trichter.attract.replay.models import ReplaySettings
from trichter.core.shell.queries import company_zone

from .. import truth
from ..simulate import Told
from .letters import HOST
from .past import Past

PAGES = ("/lp/wartungsplaner", "/preise")
DAYS = timedelta(days=30)
_FORM = "#formular>div:nth-of-type(1)>div:nth-of-type(2)>form:nth-of-type(1)>fieldset:nth-of-type(1)"
_MAIN = "#main>div:nth-of-type({})>section:nth-of-type(1)>div:nth-of-type(1)"
_PLANS = "#pakete>div:nth-of-type(1)>ul:nth-of-type(1)>li:nth-of-type({})>p:nth-of-type({})>a:nth-of-type(1)"
_HEAD = "body>header:nth-of-type(1)>div:nth-of-type(1)"
_BUTTON = f"{_FORM}>div:nth-of-type(4)>button:nth-of-type(1)"
# Path, then for computer and telephone (x in fiftieths, y in 20 px, share of the views that click there).
_Spot = tuple[str, tuple[int, int, float], tuple[int, int, float]]
_SPOTS: dict[str, tuple[_Spot, ...]] = {
    PAGES[0]: (
        (f"{_MAIN.format(1)}>div:nth-of-type(1)>p:nth-of-type(2)>a:nth-of-type(1)",
         (8, 25, 0.34), (25, 20, 0.41)),
        (f"{_MAIN.format(2)}>p:nth-of-type(3)>a:nth-of-type(1)", (8, 50, 0.07), (11, 43, 0.09)),
        (f"{_FORM}>div:nth-of-type(1)>input:nth-of-type(1)", (35, 88, 0.16), (25, 98, 0.17)),
        (f"{_FORM}>div:nth-of-type(2)>input:nth-of-type(1)", (35, 93, 0.12), (25, 103, 0.13)),
        (f"{_FORM}>div:nth-of-type(3)>input:nth-of-type(1)", (35, 97, 0.10), (25, 108, 0.11)),
        (_BUTTON, (30, 101, 0.12), (16, 111, 0.26)),
        (f"{_MAIN.format(3)}>ul:nth-of-type(1)>li:nth-of-type(1)", (12, 68, 0.03), (25, 56, 0.03)),
        (f"{_HEAD}>a:nth-of-type(1)", (7, 2, 0.02), (8, 2, 0.02)),
    ),
    PAGES[1]: (
        (_PLANS.format(1, 3), (12, 47, 0.10), (25, 38, 0.12)),
        (_PLANS.format(2, 4), (25, 47, 0.27), (25, 61, 0.22)),
        (_PLANS.format(3, 3), (38, 47, 0.06), (25, 84, 0.05)),
        # A card looks as if it could be clicked.
        ("#pakete>div:nth-of-type(1)>ul:nth-of-type(1)>li:nth-of-type(2)", (25, 38, 0.05), (25, 52, 0.04)),
        (f"{_MAIN.format(4)}>div:nth-of-type(2)>details:nth-of-type(1)>summary:nth-of-type(1)",
         (32, 96, 0.11), (25, 133, 0.08)),
        (f"{_MAIN.format(4)}>div:nth-of-type(2)>details:nth-of-type(2)>summary:nth-of-type(1)",
         (32, 100, 0.08), (25, 136, 0.06)),
        (f"{_MAIN.format(5)}>div:nth-of-type(1)>p:nth-of-type(1)>a:nth-of-type(1)", (11, 123, 0.05),
         (19, 155, 0.04)),
        (f"{_HEAD}>a:nth-of-type(2)", (42, 2, 0.08), (31, 2, 0.05)),
        (f"{_HEAD}>nav:nth-of-type(1)>ul:nth-of-type(1)>li:nth-of-type(1)>a:nth-of-type(1)", (22, 2, 0.07),
         (22, 2, 0.0)),
    ),
}  # fmt: skip
_DEAD = ("li:nth-of-type(1)", "li:nth-of-type(2)")
# Width class, height of the window, height of the page by page.
_WINDOWS = {"desktop": (1_400, 900, (2_591, 3_035)), "mobile": (200, 844, (2_869, 3_750))}


def make_heatmaps(*, past: Past) -> None:
    """Counted by the house's own counters, and switched on for these pages."""
    save_settings(saved=ReplaySettings(heat=True, heat_pages=list(PAGES)))
    count_views([*_batches(past)])


def _batches(past: Past) -> Iterator[Batch]:
    zone, rng = company_zone(), past.rng
    for told in past.views(since=past.now - DAYS):
        visit = told.visit
        assert visit is not None
        if visit.device not in _WINDOWS or told.page not in PAGES:
            continue
        batch = _batch(rng, told, uid=str(past.uid()))
        yield told.at, told.at.astimezone(zone).date(), [HOST, told.page, visit.device], batch


def _batch(rng: Random, told: Told, *, uid: str) -> dict[str, Any]:
    assert told.visit is not None
    phone = told.visit.device == "mobile"
    width, window, heights = _WINDOWS[told.visit.device]
    height = heights[PAGES.index(told.page)]
    # Twentieths of the page: the first window is seen by everybody, the rest by fewer and fewer.
    seen = min(20, max(window * 20 // height, int(rng.triangular(5, 24, 17))))
    struck = phone and told.page == PAGES[0] and told.visit.channel.name == truth.LEAK.channel
    return {
        "uid": uid, "v": 1, "w": width, "h": window, "p": height, "s": list(range(1, seen + 1)), "m": [],
        "c": _clicks(rng, _SPOTS[told.page], phone=phone, struck=struck, lowest=seen * height // 400),
    }  # fmt: skip


def _clicks(
    rng: Random, spots: Sequence[_Spot], *, phone: bool, struck: bool, lowest: int
) -> list[tuple[int, int, str, int, int, int, int, int]]:
    found = []
    for path, computer, telephone in spots:
        x, y, share = telephone if phone else computer
        if y > lowest or rng.random() >= share:
            continue
        clicks, rage, dead = 1, 0, int(path.endswith(_DEAD))
        if struck and path == _BUTTON:
            # Nothing happens, so people press again.
            clicks, rage, dead = (rng.randint(3, 6), 1, 3) if rng.random() < 0.6 else (2, 0, 2)
        found.append(
            (x + rng.randint(-1, 1), y, path, rng.randint(2, 7), rng.randint(2, 7), clicks, rage, dead)
        )
    return found

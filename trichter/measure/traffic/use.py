"""Web vitals, scroll depth and video progress as people read them."""

from typing import Final

from babel.numbers import format_decimal, format_percent
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell.cells import locale
from trichter.kit.stats import compare
from trichter.measure.funnels import display as house
from trichter.measure.funnels.analysis.rates import Rate

from .depths import MARKS
from .vitals import GRADES, METRICS, Vital, grade_of

WHATS: Final[dict[str, Promise]] = {
    "vitals": gettext_lazy("Web vitals"),
    "scroll": gettext_lazy("Scroll depth"),
    "videos": gettext_lazy("Videos"),
}
NAMES: Final[dict[str, Promise]] = {
    "lcp": gettext_lazy("Largest paint (LCP)"),
    "inp": gettext_lazy("Reaction (INP)"),
    "cls": gettext_lazy("Layout shift (CLS)"),
    "fcp": gettext_lazy("First paint (FCP)"),
    "ttfb": gettext_lazy("First byte (TTFB)"),
}
DEFINITIONS: Final[dict[str, Promise]] = {
    "lcp": gettext_lazy("Until the largest picture or text stood there. Good up to 2.5 s, poor above 4 s."),
    "inp": gettext_lazy(
        "From an input to the next picture, of the slowest input of the page view. Good up to 200 ms, poor "
        "above 500 ms. Page views without an input have none."
    ),
    "cls": gettext_lazy(
        "How much the page moved by itself, in its worst five seconds. Good up to 0.1, poor above 0.25."
    ),
    "fcp": gettext_lazy("Until something could be seen. Good up to 1.8 s, poor above 3 s."),
    "ttfb": gettext_lazy("Until the server’s answer began. Good up to 800 ms, poor above 1,800 ms."),
}  # fmt: skip
GRADE_LABELS: Final[dict[str, Promise]] = {
    "good": gettext_lazy("good"),
    "middle": gettext_lazy("needs improvement"),
    "poor": gettext_lazy("poor"),
}
COLOURS: Final = {"good": "green", "middle": "orange", "poor": "red", "": "gray"}
# What a list may be asked for.
NUMBERS: Final = frozenset(
    {*METRICS, *(f"{metric}-{grade}" for metric in METRICS for grade in GRADES)}
    | {f"{name}-{mark}" for name in ("scroll", "video") for mark in (0, *MARKS)}
)
_ALPHA: Final = 0.05


def number_label(only: str) -> str:
    """What the list behind a number says about itself; "" for one of another page."""
    name, _dash, detail = only.partition("-")
    if name in METRICS:
        return f"{name.upper()} {GRADE_LABELS[detail]}" if detail else _("%(metric)s measured") % {
            "metric": name.upper()
        }  # fmt: skip
    if name not in ("scroll", "video"):
        return ""
    if detail == "0":
        return _("scrolling measured") if name == "scroll" else _("video started")
    text = (
        _("scrolled to at least %(mark)s %%") if name == "scroll" else _("watched up to at least %(mark)s %%")
    )
    return text % {"mark": detail}


def figure(metric: str, value: float | None) -> str:
    """2,31 s; 180 ms; 0,08; “–” for none."""
    if value is None:
        return "–"
    if metric in ("inp", "ttfb"):
        return f"{house.count(round(value))} ms"
    text = str(format_decimal(value / 1_000, format="#,##0.00", locale=locale()))
    return text if metric == "cls" else f"{text} s"


def share(hits: int, cases: int) -> str:
    """Whole per cent: three of them stand in one cell."""
    return str(format_percent(hits / cases, format="#,##0 %", locale=locale()))


def difference(metric: str, now: Vital, before: Vital | None) -> str:
    """+0,20 s; "" where one of both has too few cases or nothing changed."""
    if before is None or not (now.enough and before.enough) or now.p75 is None or before.p75 is None:
        return ""
    by = now.p75 - before.p75
    return f"{'+' if by > 0 else '−'}{figure(metric, abs(by))}" if round(by) else ""


def told(metric: str, one: Vital) -> dict[str, str]:
    """The percentile with its grade, or that there are too few cases for one."""
    if not one.cases:
        return {"text": "–", "grade": "", "colour": "gray"}
    if not one.enough:
        return {"text": _("too few"), "grade": "", "colour": "gray"}
    grade = grade_of(metric, one.p75)
    return {"text": figure(metric, one.p75), "grade": str(GRADE_LABELS[grade]), "colour": COLOURS[grade]}


def moved(now: Rate, before: Rate | None) -> dict[str, str]:
    """The change of a share in points; coloured only when it is beyond chance."""
    if before is None or not (now.enough and before.enough):
        return {}
    both = compare(now.hits, now.cases, before.hits, before.cases)
    if both is None:
        return {}
    sure = both.p < _ALPHA
    return {
        "delta": _("%(points)s pts") % {"points": house.points(both.difference)},
        "direction": "flat" if not sure else "up" if both.difference > 0 else "down",
        "good": "" if not sure else "yes" if both.difference > 0 else "no",
    }

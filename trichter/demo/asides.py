"""What happens on a page beside reading it, in a few of its views: links out, a video, a calculator, speed.

The dice are their own: the story that the figures of the documentation come from is the same without them.
"""

import uuid
from collections.abc import Iterator
from random import Random

from trichter.core.events import CustomHappened, Event, LinkClicked, VideoProgressed, WebVitalsMeasured

_VITALS, _LINKS, _VIDEO, _CALCULATOR = 0.05, 0.02, 0.10, 0.15
_TARGETS = (
    "https://www.linkedin.com/company/fjordwerk", "https://www.baua.de/pruefpflichten",
    "https://www.youtube.com/@fjordwerk", "https://github.com/fjordwerk",
)  # fmt: skip
_WEIGHTS = (5, 3, 2, 1)
_FILM = "Fjordwerk in 90 Sekunden"
_MARKS = (10, 25, 50, 75, 90, 100)
_MACHINES = ("bis 20", "21 bis 100", "über 100")


class Asides:
    """By page view what else it told."""

    def __init__(self, *, seed: int) -> None:
        self._rng = Random(seed)  # noqa: S311 - a story, not a secret

    def of(self, *, page: str, device: str, stay: int) -> Iterator[tuple[int, Event, uuid.UUID]]:
        """Seconds after the view, the fact, its uid. stay: seconds on the page."""
        rng = self._rng
        if rng.random() < _VITALS:
            yield stay - 1, _vitals(rng, slow=device == "mobile"), self._uid()
        if rng.random() < _LINKS:
            (target,) = rng.choices(_TARGETS, _WEIGHTS)
            yield rng.randint(1, stay - 1), LinkClicked(target=target), self._uid()
        if page == "/produkt" and rng.random() < _VIDEO:
            for number, mark in enumerate(_MARKS[: rng.randint(1, len(_MARKS))]):
                yield min(stay - 1, 2 + 9 * number), VideoProgressed(video=_FILM, percent=mark), self._uid()
        if page == "/preise" and rng.random() < _CALCULATOR:
            yield stay // 2, self._calculated(), self._uid()

    def _calculated(self) -> CustomHappened:
        machines, term = self._rng.choice(_MACHINES), self._rng.choice(("monthly", "yearly"))
        return CustomHappened(name="price.calculated", props={"machines": machines, "term": term})

    def _uid(self) -> uuid.UUID:
        return uuid.UUID(int=self._rng.getrandbits(128), version=4)


def _vitals(rng: Random, *, slow: bool) -> WebVitalsMeasured:
    """Log-normal, as such times are; phones take half as long again."""
    factor = 1.5 if slow else 1.0
    times = (round(factor * base * rng.lognormvariate(0, 0.45)) for base in (220, 900, 1_600, 90))
    ttfb, fcp, lcp, inp = times
    shift = round(40 * rng.lognormvariate(0, 0.8))
    return WebVitalsMeasured(ttfb=ttfb, fcp=max(fcp, ttfb), lcp=max(lcp, fcp, ttfb), inp=inp, cls=shift)

"""Small journals and definitions, by hand and at random."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from trichter.core.events.conditions import Condition, EventMatch
from trichter.measure.funnels.definition import Exclusion, FunnelDefinition, Step
from trichter.measure.funnels.occurrences import Occurrence, Span

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
LETTERS = "abcx"


def kind(letter: str) -> str:
    return f"test.{letter}"


def did(letter: str, hours: float = 0, event_id: int = 0, **fields) -> Occurrence:
    """Letter `a` stands for the kind `test.a`; `hours` count from T0."""
    return Occurrence(at=T0 + hours * HOUR, event_id=event_id, kind=kind(letter), **fields)


def journal(*entries: tuple) -> list[Occurrence]:
    """Occurrences from `(letter, hours)`; the order given is the commit order."""
    return [did(letter, hours, number) for number, (letter, hours) in enumerate(entries, start=1)]


def step(letter: str, number: int, *, within: timedelta | None = None, band: str = "tofu") -> Step:
    return Step(f"s{number}", f"Step {number}", band, EventMatch(kind(letter)), within)


def funnel(letters: str, **settings) -> FunnelDefinition:
    """A funnel whose steps are the kinds of the letters; `within` holds hours or None for each step."""
    within = settings.pop("within", [None] * len(letters))
    bands = settings.pop("bands", ["tofu"] * len(letters))
    steps = tuple(
        step(letter, number, within=None if hours is None else hours * HOUR, band=band)
        for number, (letter, hours, band) in enumerate(zip(letters, within, bands, strict=True), start=1)
    )
    return FunnelDefinition(name="Test", slug="test", steps=steps, **settings).checked()


def exclude(letter: str, after: int, before: int) -> Exclusion:
    return Exclusion(EventMatch(kind(letter)), after, before)


durations = st.none() | st.integers(1, 6).map(lambda hours: hours * HOUR)


@st.composite
def journals(draw, max_size: int = 8, letters: str = LETTERS) -> list[Occurrence]:
    """Events at whole hours, many at the same one, given in no particular order; some caused by others."""
    size = draw(st.integers(0, max_size))
    found = []
    for number in range(size):
        position = draw(st.sampled_from([0, 0, 0, 1]))
        found.append(
            did(
                draw(st.sampled_from(letters)),
                draw(st.integers(0, 8)),
                event_id=number // 2 if position else number,
                position=position + number if position else 0,
                session=draw(st.sampled_from([None, 1, 2])),
                source=draw(st.sampled_from(["", "google", "bing", "mail"])),
                value=draw(st.sampled_from([None, 100, 250])),
                currency="EUR",
                data={"plan": draw(st.sampled_from(["", "basic", "pro"]))},
            )
        )
    return draw(st.permutations(found))


@st.composite
def matches(draw, letters: str = LETTERS) -> EventMatch:
    where = draw(st.sampled_from([(), (), (), (Condition("source", "is", "google"),)]))
    return EventMatch(kind(draw(st.sampled_from(letters))), where)


@st.composite
def definitions(
    draw, orders=("ordered", "strict", "any"), starts=("first", "best"), plain=False, letters=LETTERS
):
    n = draw(st.integers(2, 4))
    order = draw(st.sampled_from(orders))
    bare = plain or order == "any"
    steps = tuple(
        Step(
            f"s{k}",
            f"Step {k}",
            "tofu",
            draw(matches(letters)),
            None if bare or k == 1 else draw(durations),
        )
        for k in range(1, n + 1)
    )
    exclusions = []
    for _ in range(0 if bare else draw(st.integers(0, 2))):
        after = draw(st.integers(1, n - 1))
        exclusions.append(Exclusion(draw(matches(letters)), after, draw(st.integers(after + 1, n))))
    return FunnelDefinition(
        name="Random",
        slug="random",
        steps=steps,
        order=order,
        window=draw(durations),
        start=draw(st.sampled_from(starts)),
        exclusions=tuple(exclusions),
    ).checked()


instants = st.none() | st.integers(-1, 9).map(lambda hours: T0 + hours * HOUR)


@st.composite
def spans(draw) -> Span:
    return Span(draw(instants), draw(instants))

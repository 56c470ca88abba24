"""Pop-ups on the site, and who saw and followed them and the call to action: by the journal of page views."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from trichter.attract.ctas.models import Cta, Variant
from trichter.attract.popups.models import Popup
from trichter.core.events import CustomHappened
from trichter.core.journal.actions import Entry, identify_many, record_many

from ..simulate import Told
from .past import PRICES, Past

_WEBINAR, _CALLING = timedelta(days=19), timedelta(days=75)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page showed. names: of the events shown, clicked and (or "") closed, each with its share."""

    told: Told
    shown: str
    clicked: str
    closed: str
    click: float
    close: float
    props: dict[str, str | int | float | bool]


def make_popups(*, past: Past) -> None:
    """A box beside the articles and a bar for the webinar, as the site has them since some weeks."""
    began = past.now - timedelta(days=34)
    box = Popup.objects.create(
        name="Whitepaper neben Artikeln", active=True, kind=Popup.Kind.CORNER, trigger=Popup.Trigger.SCROLL,
        value=60, title_de="Wartung planbar machen", title_en="Make maintenance plannable",
        text_de="Sechs Seiten mit drei Vorlagen, kostenlos als PDF.",
        text_en="Six pages with three templates, free as a PDF.",
        button_de="Whitepaper ansehen", button_en="See the whitepaper", link="/lp/whitepaper/",
        pages=["/blog/*"], cap=1, days=14, priority=60,
    )  # fmt: skip
    bar = Popup.objects.create(
        name="Leiste zum Webinar", active=True, kind=Popup.Kind.BAR, trigger=Popup.Trigger.TIME, value=12,
        title_de="Live-Webinar: Vom Reparieren zum Planen", title_en="Live webinar: from repairs to plans",
        text_de="45 Minuten, drei Betriebe, Ihre Fragen.",
        text_en="45 minutes, three companies, your questions.",
        button_de="Platz sichern", button_en="Reserve a seat", link="/webinar/",
        pages=["/produkt", "/ueber-uns"],
        cap=1, days=7, priority=40, starts_at=began, ends_at=past.now + _WEBINAR,
    )  # fmt: skip
    Popup.objects.filter(pk__in=[box.pk, bar.pk]).update(created_at=began)
    box.created_at = bar.created_at = began
    views = [*past.views(since=past.now - _CALLING)][::-1]
    _record(past, [*_popups(past, box=box, bar=bar, views=views), *_ctas(past, views=views)])


def _popups(past: Past, *, box: Popup, bar: Popup, views: Sequence[Told]) -> Iterator[Shown]:
    names = {"shown": "popup.shown", "clicked": "popup.clicked", "closed": "popup.closed"}
    seen: set[tuple[int, int]] = set()
    for told in views:
        if told.at < box.created_at:
            continue
        one = box if told.page.startswith("/blog/") else bar if told.page in bar.pages else None
        # Most do not scroll so far or stay so long, and nobody sees it twice.
        if one is None or (told.actor, one.pk) in seen or past.rng.random() > 0.05:
            continue
        seen.add((told.actor, one.pk))
        click, close = (0.13, 0.5) if one is box else (0.08, 0.2)
        yield Shown(told=told, **names, click=click, close=close, props={"popup": one.pk})


def _ctas(past: Past, *, views: Sequence[Told]) -> Iterator[Shown]:
    """The call to action at the end of the page about the product, in the variant that was due."""
    one = Cta.objects.order_by("pk").first()
    after = Variant.objects.filter(cta=one, condition__page__startswith=PRICES).first() if one else None
    if one is None or after is None:
        return
    names = {"shown": "cta.shown", "clicked": "cta.clicked", "closed": ""}
    priced: set[int] = set()
    for told in views:
        if told.page == PRICES:
            priced.add(told.actor)
        if told.page != "/produkt" or past.rng.random() > (1.0 if told.actor in priced else 0.05):
            continue
        variant = after.pk if told.actor in priced else 0
        yield Shown(told=told, **names, click=0.16 if variant else 0.05, close=0,
                    props={"cta": one.pk, "variant": variant})  # fmt: skip


def _record(past: Past, shown: Sequence[Shown]) -> None:
    values = sorted({f"demo-{one.told.actor}" for one in shown})
    identities = identify_many(kind="visitor", values=values)
    entries = []
    for one in sorted(shown, key=lambda one: one.told.at):
        chance = past.rng.random()
        names = [one.shown]
        if chance < one.click:
            names.append(one.clicked)
        elif chance < one.click + one.close and one.closed:
            names.append(one.closed)
        for number, name in enumerate(names):
            at = one.told.at + timedelta(seconds=4 + 3 * number)
            if at < past.now:
                entries.append(_entry(past, one, name, at, identities))
    record_many(entries)


def _entry(past: Past, one: Shown, name: str, at: Any, identities: dict[str, int]) -> Entry:
    told, visit = one.told, one.told.visit
    assert visit is not None
    return Entry(
        fact=CustomHappened(name=name, props=one.props), at=at, identity=identities[f"demo-{told.actor}"],
        uid=past.uid(), page=told.page, session=visit.session, source=visit.channel.source,
        medium=visit.channel.medium, campaign=visit.campaign, device=visit.device, country=visit.country,
    )  # fmt: skip

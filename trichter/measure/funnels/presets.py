"""The funnels an installation starts with: the lifecycle, a B2B software company, a shop."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from trichter.core.events.conditions import Condition, EventMatch

from .definition import Band, FunnelDefinition, Step
from .models import Funnel

_LIFECYCLE: Final[tuple[tuple[str, str, Band], ...]] = (
    ("visitor", "Besucher", "tofu"), ("lead", "Lead", "mofu"), ("mql", "MQL", "mofu"), ("sql", "SQL", "bofu"),
    ("customer", "Kunde", "bofu"), ("repeat", "Wiederkäufer", "after"),
)  # fmt: skip


def _stage(key: str, label: str, band: Band) -> Step:
    match = EventMatch(kind="lifecycle.entered", where=(Condition(field="data.stage", op="is", value=key),))
    return Step(key=key, label=label, band=band, match=match)


def _event(key: str, label: str, band: Band, kind: str, *where: Condition) -> Step:
    return Step(key=key, label=label, band=band, match=EventMatch(kind=kind, where=where))


def lifecycle_funnel() -> FunnelDefinition:
    """Visitor to repeat customer by the agreed stages: the default."""
    return FunnelDefinition(
        name="Gesamter Trichter",
        slug="gesamt",
        steps=tuple(_stage(*row) for row in _LIFECYCLE),
        start="first",
    )


def software_funnel() -> FunnelDefinition:
    """B2B software: page view, form, demo request, deal, offer, won."""
    return FunnelDefinition(
        name="B2B-Software: von der Seite zum Abschluss",
        slug="b2b-software",
        window=timedelta(days=180),
        steps=(
            _event("view", "Seite gesehen", "tofu", "page.viewed"),
            _event("form", "Formular gesendet", "mofu", "form.submitted"),
            _event("demo", "Demo angefragt", "mofu", "form.submitted",
                   Condition(field="data.form", op="contains", value="demo")),
            _event("deal", "Deal angelegt", "bofu", "deal.opened"),
            _event("offer", "Angebot", "bofu", "deal.stage_reached",
                   Condition(field="data.stage", op="contains", value="Angebot")),
            _event("won", "Gewonnen", "bofu", "deal.won"),
        ),
    )  # fmt: skip


def shop_funnel() -> FunnelDefinition:
    """A shop: page view, product page, order placed, order paid, second order."""
    return FunnelDefinition(
        name="Shop: vom Besuch zur Bestellung",
        slug="shop",
        window=timedelta(days=90),
        steps=(
            _event("view", "Seite gesehen", "tofu", "page.viewed"),
            _event("product", "Produktseite gesehen", "mofu", "page.viewed",
                   Condition(field="page", op="matches_path", value="/produkt*")),
            _event("order", "Bestellt", "bofu", "order.placed"),
            _event("paid", "Bezahlt", "bofu", "order.paid"),
            _event("again", "Erneut bezahlt", "after", "order.paid"),
        ),
    )  # fmt: skip


PRESETS: Final = {"lifecycle": lifecycle_funnel, "b2b": software_funnel, "shop": shop_funnel}


@transaction.atomic
def ensure_presets() -> None:
    """Create the presets where no funnel exists yet; never touches what somebody made or changed."""
    if Funnel.objects.exists():
        return
    for key, build in PRESETS.items():
        definition = build()
        Funnel.objects.create(
            slug=definition.slug,
            name=definition.name,
            definition=definition.to_json(),
            default=key == "lifecycle",
            preset=key,
        )

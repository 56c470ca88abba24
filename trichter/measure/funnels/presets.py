"""The funnels an installation starts with: the lifecycle, a B2B software company, a shop.

Their names are kept, so each is made in the language that is active: the installation's for the first ones.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from trichter.core.events.conditions import Condition, EventMatch

from .definition import Band, FunnelDefinition, Step
from .models import Funnel

_LIFECYCLE: Final[tuple[tuple[str, str, Band], ...]] = (
    ("visitor", gettext_noop("Visitor"), "tofu"), ("lead", "Lead", "mofu"), ("mql", "MQL", "mofu"),
    ("sql", "SQL", "bofu"), ("customer", gettext_noop("Customer"), "bofu"),
    ("repeat", gettext_noop("Repeat customer"), "after"),
)  # fmt: skip


def _stage(key: str, label: str, band: Band) -> Step:
    match = EventMatch(kind="lifecycle.entered", where=(Condition(field="data.stage", op="is", value=key),))
    return Step(key=key, label=label, band=band, match=match)


def _event(key: str, label: str, band: Band, kind: str, *where: Condition) -> Step:
    return Step(key=key, label=label, band=band, match=EventMatch(kind=kind, where=where))


def lifecycle_funnel() -> FunnelDefinition:
    """Visitor to repeat customer by the agreed stages: the default."""
    return FunnelDefinition(
        name=_("Whole funnel"),
        slug="gesamt",
        steps=tuple(_stage(key, _(label), band) for key, label, band in _LIFECYCLE),
        start="first",
    )


def software_funnel() -> FunnelDefinition:
    """B2B software: page view, form, demo request, deal, offer, won."""
    return FunnelDefinition(
        name=_("B2B software: from the page to the deal"),
        slug="b2b-software",
        window=timedelta(days=180),
        steps=(
            _event("view", _("Page seen"), "tofu", "page.viewed"),
            _event("form", _("Form submitted"), "mofu", "form.submitted"),
            _event("demo", _("Demo requested"), "mofu", "form.submitted",
                   Condition(field="data.form", op="contains", value="demo")),
            _event("deal", _("Deal created"), "bofu", "deal.opened"),
            _event("offer", pgettext("stage of a deal", "Offer"), "bofu", "deal.stage_reached",
                   Condition(field="data.stage", op="contains", value=pgettext("stage of a deal", "Offer"))),
            _event("won", _("Won"), "bofu", "deal.won"),
        ),
    )  # fmt: skip


def shop_funnel() -> FunnelDefinition:
    """A shop: page view, product page, order placed, order paid, second order."""
    return FunnelDefinition(
        name=_("Shop: from the visit to the order"),
        slug="shop",
        window=timedelta(days=90),
        steps=(
            _event("view", _("Page seen"), "tofu", "page.viewed"),
            _event("product", _("Product page seen"), "mofu", "page.viewed",
                   Condition(
                       field="page", op="matches_path", value=pgettext("address of a page", "/product*")
                   )),
            _event("order", _("Ordered"), "bofu", "order.placed"),
            _event("paid", _("Paid"), "bofu", "order.paid"),
            _event("again", _("Paid again"), "after", "order.paid"),
        ),
    )  # fmt: skip


PRESETS: Final = {"lifecycle": lifecycle_funnel, "b2b": software_funnel, "shop": shop_funnel}


@transaction.atomic
def ensure_presets() -> None:
    """Create the presets where no funnel exists yet; never touches what somebody made or changed."""
    if Funnel.objects.exists():
        return
    for key, build in PRESETS.items():
        with translation.override(settings.LANGUAGE_CODE):  # migrations run in none
            definition = build()
        Funnel.objects.create(
            slug=definition.slug,
            name=definition.name,
            definition=definition.to_json(),
            default=key == "lifecycle",
            preset=key,
        )

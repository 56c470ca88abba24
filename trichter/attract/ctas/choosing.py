"""What a page shows: the variant of a call to action, or a block by its condition."""

from dataclasses import dataclass
from typing import Any

from trichter.core.people.models import Person

from .models import Condition, Cta, Offer, Variant
from .rules import Visitor, holds
from .visitors import Supposed, visitor_of


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is shown. variant: its id, 0 for the default."""

    cta: int
    variant: int
    text: str
    line: str
    href: str
    look: str

    @property
    def band(self) -> bool:
        """Whether it is a band with a line of text."""
        return self.look == Offer.Look.BAND


def shown(*, number: int, request: Any, language: str) -> Shown | None:
    """The call to action for whoever asks; None for one that is gone or not in use.

    Without a request (in a check or a feed) the default.
    """
    cta = Cta.objects.filter(pk=number, active=True).first()
    if cta is None:
        return None
    variant = None
    if request is not None:
        variant = chosen(variants=variants_of(cta), visitor=visitor_of(request, language))
    return of(cta=cta, variant=variant, language=language)


def variants_of(cta: Cta) -> list[Variant]:
    """Those in use, in order."""
    return list(cta.variants.filter(active=True).select_related("condition").order_by("position", "pk"))


def chosen(*, variants: list[Variant], visitor: Visitor) -> Variant | None:
    """The first whose condition holds; None: the default."""
    return next((one for one in variants if holds(one.condition.terms, visitor)), None)


def of(*, cta: Cta, variant: Variant | None, language: str) -> Shown:
    """In one language."""
    one: Offer = variant or cta
    return Shown(
        cta=cta.pk, variant=variant.pk if variant else 0, text=one.words("text", language) or cta.name,
        line=one.words("line", language), href=one.target, look=one.look,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A call to action with its variants in use, in order: read once for all mails that carry it."""

    cta: Cta
    variants: list[Variant]

    def for_person(self, person: Person | None, language: str) -> Shown:
        """What a mail to this contact says. There is no visit, so what asks for one does not hold."""
        who = Supposed(language=language, source="", medium="", person=person)
        return of(cta=self.cta, variant=chosen(variants=self.variants, visitor=who), language=language)


def offered(number: int) -> Offered | None:
    """The call to action of this number; None for one that is gone or not in use."""
    cta = Cta.objects.filter(pk=number, active=True).first()
    return Offered(cta=cta, variants=variants_of(cta)) if cta is not None else None


def condition_holds(*, number: int, request: Any, language: str) -> bool:
    """Whether a block is shown. A condition that is gone holds for nobody, as does any without a request."""
    found = Condition.objects.filter(pk=number).first()
    return found is not None and request is not None and holds(found.terms, visitor_of(request, language))

"""Reads of short links: which one was asked for, and what each brought."""

from collections.abc import Mapping
from typing import Final

from django.db.models import BigIntegerField, Count, Max, Min
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from trichter.attract.pages.addresses import State, states_of
from trichter.attract.tracking.outcomes import Did, Outcome, Sum, outcomes
from trichter.core.accounts.models import User
from trichter.core.events import ShortLinkFollowed
from trichter.core.journal.models import Event
from trichter.kit.shortly import Shortly

from .models import ShortLink
from .rules import SLUG

WHATS: Final = ("clicks", "visitors", "leads", "won")
_kept = Shortly(seconds=10)


def link_of(slug: str) -> ShortLink | None:
    """The link of this short name, however it was typed."""
    name = slug.lower()
    return ShortLink.objects.filter(slug=name).first() if SLUG.fullmatch(name) else None


def taken(slug: str, *, but: int | None = None) -> bool:
    """Whether another link has this short name."""
    rows = ShortLink.objects.filter(slug=slug)
    return (rows if but is None else rows.exclude(pk=but)).exists()


def _did(*, link: int | None = None) -> dict[tuple[int, int], Did]:
    rows = Event.objects.filter(kind=ShortLinkFollowed.kind, identity__isnull=False)
    if link is not None:
        rows = rows.filter(data__link=link)
    found = (
        rows.annotate(thing=Cast(KeyTextTransform("link", "data"), BigIntegerField()))
        .order_by()
        .values_list("thing", "identity_id")
        .annotate(n=Count("pk"), first=Min("at"), last=Max("at"))
    )
    return {
        (thing, identity): Did(times=n, first=first, last=last) for thing, identity, n, first, last in found
    }


def came_of(*, link: int, user: User) -> list[Outcome]:
    """Who followed the link, and what came of it; only people whom the user may see."""
    return outcomes(did=_did(link=link), user=user).get(link, [])


def with_what(*, found: list[Outcome], what: str) -> list[Outcome]:
    """The rows behind a number of `WHATS`."""
    if what == "leads":
        return [one for one in found if one.lead]
    return [one for one in found if one.amount] if what == "won" else found


def sums(*, asker: int) -> Mapping[int, Sum]:
    """By link what the list shows; asker: the id of the user who looks at it."""

    def count() -> dict[int, Sum]:
        found = outcomes(did=_did(), user=User.objects.get(pk=asker))
        return {thing: Sum.of(several) for thing, several in found.items()}

    return _kept.get(("sums", asker), count)


def states() -> Mapping[str, State]:
    """By target whether it leads somewhere."""
    targets = ShortLink.objects.order_by().values_list("target", flat=True).distinct()
    return _kept.get("states", lambda: states_of(list(targets)))


def forget() -> None:
    """After a change, and for tests: count anew."""
    _kept.clear()

"""Writes of short links: keep one, change where it leads, count who followed it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from trichter.attract.campaigns.actions import add_names
from trichter.attract.campaigns.naming import Kind
from trichter.core.accounts.models import User
from trichter.core.events import ShortLinkFollowed
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import day_of
from trichter.kit.ids import short_code, stable_uuid

from .models import EarlierTarget, ShortLink
from .queries import forget, taken

_TRIES = 20


class NameTaken(ValueError):
    """Another link has this short name; it may be printed somewhere."""


def free_slug(wanted: str) -> str:
    """`wanted`, with a number behind it if it is taken; a random one for ""."""
    if wanted and not taken(wanted):
        return wanted
    for number in range(2, _TRIES):
        slug = f"{wanted[:56]}-{number}" if wanted else short_code(6).lower()
        if not taken(slug):
            return slug
    return short_code(10).lower()


@transaction.atomic
def save_link(*, link: ShortLink, by: User | None, new_names: dict[Kind, str] | None = None) -> ShortLink:
    """Store a link; a target that is replaced is kept with its last moment. Raises NameTaken."""
    if new_names:
        add_names(names=new_names)
    if not link._state.adding:
        before = ShortLink.objects.select_for_update().get(pk=link.pk)
        if before.target != link.target:
            EarlierTarget.objects.create(
                link=before, target=before.target, until=timezone.now(), changed_by=by
            )
    else:
        link.slug = link.slug or free_slug("")
        link.created_by = by
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError:
        raise NameTaken from None
    forget()
    return link


def follow(*, link: ShortLink, visitor: str, qr: bool, country: str, device: str, at: datetime) -> bool:
    """Record that a visitor followed the link. Once per link, visitor and day; False for a repetition.

    visitor: value of the identity, as the tracking makes it.
    """
    day = day_of(at, company_zone())
    with transaction.atomic():
        return record(
            Entry(
                fact=ShortLinkFollowed(
                    link=link.pk, name=link.name, target=link.target.partition("?")[0], qr=qr
                ),
                at=at, identity=identify(kind="visitor", value=visitor),
                uid=stable_uuid("shortlink.followed", link.pk, visitor, day.isoformat()),
                source=link.source, medium=link.medium, campaign=link.campaign, content=link.content,
                term=link.term, page=link.path, country=country, device=device,
            )
        )  # fmt: skip


@transaction.atomic
def save_links(*, links: list[ShortLink], by: User, new_names: dict[Kind, str]) -> list[ShortLink]:
    """Store new links, all or none. Raises NameTaken."""
    return [save_link(link=link, by=by, new_names=new_names) for link in links]

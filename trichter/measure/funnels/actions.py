"""What people do with funnels: create, change, copy, delete, choose the default, save a list.

Every row saved here is written down in the audit log by the house (see `apps.FunnelsConfig.audited`).
"""

from collections.abc import Iterable
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.people.models import Person
from trichter.kit.text import slug as slug_of

from .definition import FunnelDefinition
from .models import Funnel, SavedAudience

AUDIENCE_SAVED = "funnels.audience_saved"
_LONGEST_SLUG = 60
_CHUNK = 2_000
_TAKEN = frozenset({"new", "preset"})  # addresses of the screens themselves


class FunnelError(ValueError):
    """This cannot be done; the message is for people."""


def free_slug(*, name: str) -> str:
    """A short name made of `name` that no funnel has yet."""
    base = (slug_of(name) or "trichter")[: _LONGEST_SLUG - 4].strip("-") or "trichter"
    taken = set(Funnel.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken | _TAKEN:
        return base
    return next(f"{base}-{number}" for number in range(2, len(taken) + 3) if f"{base}-{number}" not in taken)


def _refused(slug: str) -> FunnelError:
    return FunnelError(_("There is a funnel with the short name “%s” already.") % slug)


@transaction.atomic
def create_funnel(
    *, definition: FunnelDefinition, owner: User | None, description: str = "", preset: str = ""
) -> Funnel:
    """Store a new funnel; the first of all becomes the default.

    Raises Malformed for an unsound definition and FunnelError when the short name is taken.
    """
    definition.checked()
    if definition.slug in _TAKEN:
        raise _refused(definition.slug)
    try:
        with transaction.atomic():
            return Funnel.objects.create(
                slug=definition.slug,
                name=definition.name,
                description=description,
                definition=definition.to_json(),
                default=not Funnel.objects.filter(default=True).exists(),
                preset=preset,
                owner=owner,
            )
    except IntegrityError:
        raise FunnelError(
            _("There is a funnel with the short name “%s” already.") % definition.slug
        ) from None


@transaction.atomic
def update_funnel(*, funnel: Funnel, definition: FunnelDefinition, description: str | None = None) -> Funnel:
    """Replace the definition. The short name changes with it.

    Raises Malformed for an unsound definition and FunnelError when the short name is taken.
    """
    definition.checked()
    if definition.slug in _TAKEN:
        raise _refused(definition.slug)
    kept = Funnel.objects.select_for_update().get(pk=funnel.pk)
    kept.name, kept.slug, kept.definition = definition.name, definition.slug, definition.to_json()
    if description is not None:
        kept.description = description
    fields = ["name", "slug", "definition", "description", "updated_at"]
    try:
        with transaction.atomic():
            kept.save(update_fields=fields)
    except IntegrityError:
        raise FunnelError(
            _("There is a funnel with the short name “%s” already.") % definition.slug
        ) from None
    return kept


@transaction.atomic
def duplicate_funnel(*, funnel: Funnel, owner: User | None) -> Funnel:
    """A copy under a name of its own. Raises Malformed for a definition that cannot be read."""
    name = _("Copy of %(name)s") % {"name": funnel.name}
    name = name[:120]
    source = FunnelDefinition.from_json(funnel.definition | {"name": funnel.name, "slug": funnel.slug})
    definition = replace(source, name=name, slug=free_slug(name=name))
    return create_funnel(definition=definition, owner=owner, description=funnel.description)


@transaction.atomic
def delete_funnel(*, funnel: Funnel) -> None:
    """Delete a funnel; if it was the default, the oldest of the others becomes it. People and events stay."""
    was_default = funnel.default
    funnel.delete()
    if was_default:
        heir = Funnel.objects.select_for_update().order_by("pk").first()
        if heir is not None:
            heir.default = True
            heir.save(update_fields=["default", "updated_at"])


@transaction.atomic
def set_default(*, funnel: Funnel) -> None:
    """Make this funnel the default; no two ever are."""
    others: QuerySet[Funnel] = Funnel.objects.select_for_update().filter(default=True)
    for other in others.exclude(pk=funnel.pk):
        other.default = False
        other.save(update_fields=["default", "updated_at"])
    chosen = Funnel.objects.select_for_update().get(pk=funnel.pk)
    if not chosen.default:
        chosen.default = True
        chosen.save(update_fields=["default", "updated_at"])


@transaction.atomic
def save_audience(*, name: str, origin: str, people: Iterable[int], owner: User) -> SavedAudience:
    """Freeze a list of people as it is now, as far as `owner` may see them; others are left out.

    people: person ids; negative ids (unknown visitors) cannot be in a list and are left out, too.
    """
    made = SavedAudience.objects.create(name=name[:120], origin=origin[:300], owner=owner)
    wanted = sorted({one for one in people if one > 0})
    saved = 0
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        ids = list(Person.objects.visible_to(owner).filter(pk__in=part).values_list("pk", flat=True))
        made.people.add(*ids)
        saved += len(ids)
    audit.note(user=owner, action=AUDIENCE_SAVED, target=made, details={"people": saved})
    return made


@transaction.atomic
def delete_audience(*, audience: SavedAudience) -> None:
    """Delete a saved list; the people stay."""
    audience.delete()

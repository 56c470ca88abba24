"""Colleagues as other systems write them: by address or by name."""

from collections.abc import Mapping

from trichter.core.accounts.models import User
from trichter.kit.text import fold

from ..cells import Cells
from .batch import Context


def owners() -> Mapping[str, int]:
    """Ids of colleagues who can log in, by folded address and by folded name (where only one has it)."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for user in User.objects.filter(is_active=True).order_by("pk"):
        first, last = user.first_name, user.last_name
        for name in {fold(f"{first} {last}"), fold(f"{last}, {first}"), fold(f"{last} {first}")} - {""}:
            if name in found:
                twice.add(name)
            found[name] = user.pk
    for name in twice:
        del found[name]
    for user in User.objects.filter(is_active=True):
        found[fold(user.email)] = user.pk
    return found


def owner_of(cells: Cells, context: Context, field: str = "owner_email") -> int | None:
    """The colleague a row names; None, with a note, when nobody is known by that."""
    text = cells.text(field, 200)
    if not text:
        return None
    found = context.owners.get(fold(text))
    if found is None and (address := cells.email(field, rejects=False)):
        found = context.owners.get(fold(address))
    if found is None:
        cells.problems[:] = [one for one in cells.problems if one.code != "bad_email" or one.rejects]
        cells.note("unknown_owner", field)
    return found

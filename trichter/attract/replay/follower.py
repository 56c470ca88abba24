"""What was recorded goes when the consent goes."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from trichter.core.events import ConsentWithdrawn
from trichter.core.journal.lines import Line
from trichter.core.people.models import Link

from .actions import delete_not_allowed


class WithdrawalFollower:
    """Asks the ledger itself, so that events in any order and repeated ones do the same."""

    name = "replay.withdrawals"
    title = _("Delete recordings after a withdrawal")
    kinds = frozenset({ConsentWithdrawn.kind})

    def handle(self, *, events: Sequence[Line]) -> None:
        """Look at every browser of everybody who withdrew anything."""
        seen = {event.identity_id for event in events if event.identity_id is not None}
        people = Link.objects.filter(identity__in=seen).values("person_id")
        seen.update(Link.objects.filter(person_id__in=people).values_list("identity_id", flat=True))
        delete_not_allowed(identities=seen)

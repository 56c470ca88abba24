"""What the pages share."""

from typing import ClassVar

from django.http import Http404

from trichter.core.accounts.models import User
from trichter.core.shell.views.base import ShellView

from .. import queries
from ..models import Handover

VIEW, WORK = ("handover.view_handover",), ("handover.view_handover", "handover.work_handover")
ASSIGN = ("handover.view_handover", "handover.assign_handover")
RULES = ("handover.view_routingrule",)
PER_PAGE, INVALID = 50, 422


class HandoverView(ShellView):
    """A page about handovers."""

    permission_required: ClassVar[tuple[str, ...]] = VIEW

    @property
    def user(self) -> User:
        """The colleague."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def handover(self, pk: int) -> Handover:
        """The handover of the address, if the user may see it. Raises Http404."""
        found = queries.handover_of(pk=pk, user=self.user)
        if found is None:
            raise Http404
        return found

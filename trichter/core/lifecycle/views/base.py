"""What the pages share."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.shell.queries import company_zone
from trichter.core.shell.views.base import ShellView
from trichter.kit.clock import day_of, day_start

from .. import queries
from ..models import Stage
from ..previewing import PERIODS


class LifecycleView(ShellView):
    """A page about the agreed stages."""

    permission_required: ClassVar[tuple[str, ...]] = ("lifecycle.view_stage",)

    @property
    def user(self) -> User:
        """The colleague."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def stage(self, key: str) -> Stage:
        """The stage of the address. Raises Http404."""
        try:
            return queries.stage_named(key=key)
        except Stage.DoesNotExist:
            raise Http404 from None

    @property
    def days(self) -> int:
        """The period of the address."""
        text = self.request.GET.get("days", "")
        return int(text) if text in {str(days) for days in PERIODS} else 90

    def period(self) -> tuple[datetime, datetime]:
        """First instant of the first of that many days, today among them; and now."""
        now, zone = timezone.now(), company_zone()
        return day_start(day_of(now, zone) - timedelta(days=self.days - 1), zone), now

    def periods(self) -> list[dict[str, Any]]:
        """The switch of periods."""
        return [
            {"label": _("%(n)s days") % {"n": days}, "url": f"?days={days}", "active": days == self.days}
            for days in PERIODS
        ]


def stage_url(stage: Stage) -> str:
    """Address of a stage's page."""
    return reverse("lifecycle:stage_detail", args=[stage.key])

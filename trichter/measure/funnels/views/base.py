"""What every page about one funnel has in common."""

from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.events.conditions import Malformed
from trichter.core.lifecycle.queries import stages
from trichter.core.shell.queries import company_today, installation
from trichter.core.shell.views.base import ShellView

from ..definition import FunnelDefinition
from ..models import Funnel
from ..problems import said
from ..queries import definition_of
from ..question import Question, read_question
from ..words import Reader

PERIODS = (
    ("30d", _("30 days")),
    ("90d", _("90 days")),
    ("12m", _("12 months")),
)


def reader() -> Reader:
    """Says definitions with this company's names."""
    return Reader(stages={stage.key: stage.name for stage in stages()}, currency=installation().currency)


class FunnelView(ShellView):
    """A page about the funnel whose short name is in the address."""

    permission_required: ClassVar[tuple[str, ...]] = ("funnels.view_funnel",)

    @cached_property
    def funnel(self) -> Funnel:
        """The funnel, or 404."""
        slug = self.kwargs["slug"]
        if len(slug) > 60:
            raise Http404
        return get_object_or_404(Funnel, slug=slug)

    @property
    def user(self) -> User:
        """The user who asks."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A definition that this release cannot read is shown with what to change, not as an error."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Malformed as error:
            context = {
                "funnel": self.funnel,
                "problems": [(one.path, said(one)) for one in error.problems],
                "may_change": request.user.has_perm("funnels.change_funnel"),
            }
            return render(request, "funnels/broken.html", context)

    @cached_property
    def saved(self) -> FunnelDefinition:
        """The stored definition. Raises Malformed."""
        return definition_of(self.funnel)

    @cached_property
    def question(self) -> Question:
        """What the address asks of it."""
        return read_question(query=self.request.GET, saved=self.saved, today=company_today())

    @property
    def restricted(self) -> bool:
        """Whether this user sees only part of the people."""
        return not sees_everything(user=self.user)

    def people_url(self, step: int, what: str, **extra: str) -> str:
        """The list behind a number of this question."""
        address = reverse("funnels:funnel_people", args=[self.funnel.slug])
        return f"{address}?{self.question.query(tab=None, scale=None, step=step, what=what, **extra)}"

    def show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """A page with what all of them need."""
        common = {
            "funnel": self.funnel,
            "question": self.question,
            "restricted": self.restricted,
            "detail_url": reverse("funnels:funnel_detail", args=[self.funnel.slug]),
        }
        return render(self.request, template, {**common, **context}, status=status)

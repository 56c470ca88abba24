"""Teams: who shares records with whom."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import actions, queries
from ..access import requires
from ..forms import TeamForm
from ..models import Team
from .users import _me


@requires("accounts.view_team")
@require_safe
def team_list(request: HttpRequest) -> HttpResponse:
    """All teams."""
    return render(request, "accounts/team_list.html", {"teams": queries.teams_list()})


@requires("accounts.add_team")
@require_http_methods(["GET", "HEAD", "POST"])
def team_new(request: HttpRequest) -> HttpResponse:
    """Create a team."""
    return _form(request, team=Team())


@requires("accounts.change_team")
@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and members."""
    return _form(request, team=get_object_or_404(Team, pk=pk))


def _form(request: HttpRequest, *, team: Team) -> HttpResponse:
    form = TeamForm(request.POST or None, instance=team)
    if request.method == "POST" and form.is_valid():
        actions.save_team(team=form.instance, members=list(form.cleaned_data["members"]), by=_me(request))
        messages.success(request, _("The team %(team)s has been saved.") % {"team": form.instance})
        return redirect("accounts:team_list")
    return render(
        request, "accounts/team_form.html", {"form": form, "team": team}, status=422 if form.errors else 200
    )


@requires("accounts.delete_team")
@require_POST
def team_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a team; its members stay, without one."""
    team = get_object_or_404(Team, pk=pk)
    actions.save_team(team=team, members=[], by=_me(request))
    team.delete()
    messages.success(request, _("The team %(team)s has been deleted.") % {"team": team.name})
    return redirect("accounts:team_list")

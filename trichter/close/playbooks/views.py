"""One page: what is made, what is missing, how far people come; and its two buttons."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.events.conditions import Malformed
from trichter.core.shell.views.base import ShellView

from . import actions, chain, queries, readiness
from .forms import ChoicesForm
from .parts import BY_KEY, PARTS, state_of

VIEW, ADD = "playbooks.view_piece", "playbooks.add_piece"
INVALID = 422


class PlaybookView(ShellView):
    """What the views share."""

    permission_required: ClassVar[tuple[str, ...]] = (VIEW,)

    @property
    def user(self) -> User:
        """Who asks."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def form(self, data: Any = None, files: Any = None) -> ChoicesForm:
        """The choices; where leads go only for those who may make rules."""
        spoken = queries.language() or ("de" if (get_language() or "").startswith("de") else "en")
        may = self.user.has_perm("handover.add_routingrule")
        return ChoicesForm(data, files, initial={"language": spoken}, routing=may)

    def page(self, form: ChoicesForm, *, status: int = 200) -> HttpResponse:
        """The whole page."""
        parts, user = queries.records(), self.user
        left = queries.unfilled(parts=parts)
        rows: list[dict[str, Any]] = []
        for part in PARTS:
            record = parts.get(part.key)
            rows.append(
                {
                    "part": part,
                    "record": record,
                    "state": state_of(record) if record is not None else None,
                    "url": part.url(record) if record is not None else "",
                    "brackets": len(left.get(part.key, ())),
                    "may": user.has_perms(part.permissions),
                }
            )
        points = readiness.points(parts=parts)
        context = {
            "form": form,
            "rows": rows,
            "made": bool(parts),
            "complete": len(parts) == len(PARTS),
            "points": points,
            "open": len([one for one in points if not one.ok]),
            "texts_open": bool(left),
            "steps": chain.steps(parts=parts, user=user, now=timezone.now()) if parts else [],
            "days": chain.DAYS,
            "startable": any(
                row["state"] is not None
                and not row["state"].ready
                and row["part"].key not in ("score", "sla")
                for row in rows
            ),
            "editable": user.has_perm(ADD),
        }
        return render(self.request, "playbooks/page.html", context, status=status)


class WhitepaperView(PlaybookView):
    """The playbook, and making it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(self.form())


class MakeView(PlaybookView):
    """Make what is not there yet."""

    permission_required = (VIEW, ADD)
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=INVALID)
        outcome = actions.make(choices=form.choices(), user=self.user)
        n = len(outcome.made)
        if n:
            messages.success(
                request, ngettext("%(n)s part was made.", "%(n)s parts were made.", n) % {"n": n}
            )
        else:
            messages.info(request, _("Everything you may make is there already. Nothing was changed."))
        if outcome.refused:
            text = _("Somebody with the rights for it makes the rest here: %(parts)s.")
            messages.warning(request, text % {"parts": _names(outcome.refused)})
        if outcome.waiting:
            messages.info(request, _("Left out for now: %(parts)s.") % {"parts": _names(outcome.waiting)})
        return redirect("playbooks:whitepaper")


class StartView(PlaybookView):
    """Publish everything and switch the journey on."""

    permission_required = (VIEW, ADD)
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            outcome = actions.start(user=self.user)
        except actions.Unfilled:
            messages.error(request, _("Texts still hold [brackets]. Nothing was published."))
        except Malformed:
            messages.error(
                request, _("The journey cannot be switched on as it stands. Nothing was published.")
            )
        else:
            if outcome.made:
                messages.success(
                    request, _("Published and started: %(parts)s.") % {"parts": _names(outcome.made)}
                )
            elif not outcome.refused:
                messages.info(request, _("Everything is published and runs already. Nothing was changed."))
            if outcome.refused:
                text = _("You may not publish or start these: %(parts)s.")
                messages.warning(request, text % {"parts": _names(outcome.refused)})
        return redirect("playbooks:whitepaper")


def _names(keys: list[str]) -> str:
    return ", ".join(dict.fromkeys(str(BY_KEY[key].label) for key in keys))

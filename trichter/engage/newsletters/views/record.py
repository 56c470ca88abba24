"""The list and the page of one newsletter: what it is, what stands against it, what became of it."""

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks

from trichter.core.mail.labels import REASONS
from trichter.core.mail.models import Delivery
from trichter.core.shell.columns import Column
from trichter.core.shell.filters import choice
from trichter.core.shell.resource import Resource
from trichter.core.shell.views.base import ResourceView
from trichter.core.shell.views.detail import detail_context

from .. import checking, queries
from ..forms import NewsletterForm, TestForm
from ..labels import ROWS, SHOWN, shown_state
from ..models import Newsletter, Outcome

_ENOUGH = 30
_WAITING = [Delivery.State.DUE, Delivery.State.SENDING]


def _label(row: Newsletter) -> str:
    return str(SHOWN[state_of(row)][0])


def state_of(row: Newsletter) -> str:
    """A key of `SHOWN`."""
    waiting = getattr(row, "waiting", None)
    if waiting is None:
        waiting = queries.rows(row, what="waiting").exists()
    return shown_state(row, waiting=waiting)


class DetailView(ResourceView):
    """Before the start the check and the numbers, after it the report."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter: Any = self.record(pk)
        context = detail_context(resource=self.resource, obj=newsletter, user=request.user, tab="")
        state = state_of(newsletter)
        context |= {
            "newsletter": newsletter,
            "state": state,
            "label": SHOWN[state][0],
            "tone": SHOWN[state][1],
        }
        if not newsletter.editable:
            context["edit_url"] = ""
        if newsletter.begun:
            return render(request, "newsletters/report.html", context | _report(newsletter))
        return render(request, "newsletters/detail.html", context | _before(newsletter, user=request.user))


def _before(newsletter: Newsletter, *, user: Any) -> dict[str, Any]:
    points = checking.points(newsletter, now=timezone.now())
    found = queries.count(newsletter)
    return {
        "points": points,
        "blocked": [one for one in points if one.blocking and not one.ok],
        "count": found,
        "left_out": _left_out(newsletter, found),
        "test_form": TestForm(initial={"addresses": user.email}),
    }


def _left_out(newsletter: Newsletter, found: queries.Headcount) -> list[dict[str, Any]]:
    url = reverse("newsletters:newsletter_people", args=[newsletter.pk])
    return [
        {"label": label, "count": found.by.get(key, 0), "url": f"{url}?outcome={key}"}
        for key, label in Outcome.choices
        if key not in ("", "queued") and found.by.get(key)
    ]


def _report(newsletter: Newsletter) -> dict[str, Any]:
    figures, frozen = queries.figures(newsletter), queries.frozen_counts(newsletter)
    url = reverse("newsletters:newsletter_rows", args=[newsletter.pk])
    sent, known = figures["sent"], figures["evaluated"]
    base = {"bounced": sent, "delivered": sent, "unsubscribed": sent, "complained": sent,
            "opened": known, "clicked": known}  # fmt: skip
    return {
        "figures": [
            {
                "label": ROWS[key], "value": figures[key], "url": f"{url}?what={key}",
                "note": _rate(figures[key], base.get(key)),
            }
            for key in ROWS if key != "all"
        ],
        "known": known,
        "machines": queries.machines(newsletter),
        "frozen": frozen,
        "frozen_done": frozen.total - frozen.by.get("", 0),
        "gone": figures["all"] - figures["waiting"],
        "all": figures["all"],
        "left_out": _left_out(newsletter, frozen),
        "reasons": [
            {"state": Delivery.State(state).label, "reason": REASONS.get(reason, reason), "count": n}
            for state, reason, n in queries.reasons(newsletter)
        ],
        "rows_url": url,
        "links": queries.click_map(newsletter),
        "segments": queries.by_segment(newsletter),
        "more": _offered(newsletter),
    }  # fmt: skip


def _offered(newsletter: Newsletter) -> list[Any]:
    """Figures of later rooms, such as the revenue of those who clicked: `label`, `value`, `url`."""
    offers = hooks.get_hooks("register_newsletter_figures")
    return [line for offer in offers for line in offer(newsletter)]


def _rate(part: int, whole: int | None) -> str:
    """Per cent with its n; under 30 cases only the n."""
    if whole is None:
        return ""
    if whole < _ENOUGH:
        return _("of %(n)s; too few for a rate") % {"n": whole}
    return _("%(percent)s %% of %(n)s") % {
        "percent": number_format(round(part / whole * 100, 1), decimal_pos=1), "n": whole
    }  # fmt: skip


class Newsletters(Resource):
    """All newsletters."""

    model = Newsletter
    path = "newsletters/"
    icon = "send"
    columns = (
        Column(name="name", lead=True, sub=lambda row: row.subject or row.template.subject),
        Column(name="state", kind="badge", value=_label, sub=lambda row: row.why),
        Column(name="template", value=lambda row: row.template.name, sort=("template__name",)),
        Column(name="starts_at", kind="time"),
        Column(name="total", kind="number", label=gettext_lazy("In the segments")),
        Column(name="owner", shown=False),
        Column(name="created_at", kind="time"),
    )
    select = ("template", "mailing", "owner")
    search = ("name", "subject", "template__subject")
    search_hint = gettext_lazy("Name or subject …")
    order = "-created_at"
    filters = {"state": choice()}
    form = NewsletterForm
    detail_view = DetailView
    may_delete = False
    export_permission = "newsletters.view_newsletter"
    empty_text = gettext_lazy("Publish a mail template and make a segment; then create a newsletter of both.")

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """With whether mails are waiting."""
        waiting = Delivery.objects.filter(mailing=OuterRef("mailing"), key=queries.ISSUE, state__in=_WAITING)
        rows: QuerySet[Any] = super().queryset(user=user).annotate(waiting=Exists(waiting))
        return rows

    def save(self, *, form: Any, user: Any) -> Any:
        """Only a draft can be changed; one that was started meanwhile stays as it is."""
        with transaction.atomic():
            if form.instance.pk is None:
                form.instance.owner = user
            else:
                rows = Newsletter.objects.select_for_update().filter(pk=form.instance.pk)
                if not rows.filter(state=Newsletter.State.DRAFT).exists():
                    raise forms.ValidationError(
                        _("It is scheduled or has started. Take it back, or make a copy.")
                    )
            return form.save()

    def detail_context(self, *, obj: Any, user: Any) -> dict[str, Any]:
        """Who may start it."""
        return {"may_send": user.has_perm("newsletters.send_newsletter")}

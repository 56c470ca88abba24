"""The list of deals and a deal's page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell import cells
from trichter.core.shell.bulk import BulkAction
from trichter.core.shell.columns import Column
from trichter.core.shell.filters import YesNoFilter, amount, choice, days, owner, period, related
from trichter.core.shell.links import url_or_nothing
from trichter.core.shell.resource import Action, BuiltinView, Resource, Tab

from ..actions import DealError, move_deal, open_deal
from ..forms import DealForm, InvolveForm, OwnerForm
from ..models import Deal, Pipeline, PipelineStage
from ..queries import days_in_stage, is_overdue, past_of, people_of, stuck, totals


def set_owner(rows: QuerySet[Any], _user: Any, data: Mapping[str, Any]) -> int:
    """Hand deals over to a colleague."""
    return rows.update(owner=data["owner"])


class StuckFilter(YesNoFilter):
    """Whether a deal has stood in its stage for longer than the stage allows."""

    def filter(self, qs: Any, value: Any) -> Any:
        if value in ("", None):
            return qs
        found = stuck(now=timezone.now())
        return qs.filter(found) if value else qs.exclude(found)


class Deals(Resource):
    """Deals of all pipelines."""

    model = Deal
    path = "deals/"
    icon = "briefcase"
    columns = (
        Column(name="name", lead=True),
        Column(name="person", url=lambda row: url_or_nothing("people:person_detail", row.person_id)),
        Column(name="company", url=lambda row: url_or_nothing("people:company_detail", row.company_id)),
        Column(name="stage", kind="badge", sort=("pipeline__name", "stage__position")),
        Column(name="status", kind="badge", tones={"open": "blue", "won": "green", "lost": "red"}),
        Column(name="amount", kind="money"),
        Column(name="expected_close", kind="day"),
        Column(name="owner"),
        Column(name="opened_at", kind="time"),
        Column(name="closed_at", kind="time", shown=False),
        Column(name="stage_since", kind="time", shown=False),
        Column(name="pipeline", shown=False),
        Column(name="lost_reason", shown=False),
        Column(name="currency", shown=False),
        Column(name="external_id", shown=False),
    )
    select = ("person", "company", "stage", "owner", "pipeline")
    search = ("name", "person__first_name", "person__last_name", "person__email", "company__name")
    search_hint = gettext_lazy("Deal, person or company …")
    order = "-opened_at"
    filters = {
        "status": choice(),
        "stage": related(queryset=lambda user: PipelineStage.objects.select_related("pipeline")),
        "owner": owner(),
        "opened": period(field="opened_at", label=gettext_lazy("Opened")),
        "closed": period(field="closed_at", label=gettext_lazy("Closed")),
        "pipeline": related(queryset=lambda user: Pipeline.objects.all()),
        "expected_close": days(),
        "stuck": StuckFilter(label=gettext_lazy("Stuck")),
        "amount": amount(),
    }
    views = (
        BuiltinView(key="mine", label=gettext_lazy("Mine"), query="owner=me&status=open"),
        BuiltinView(key="open", label=gettext_lazy("Open"), query="status=open"),
        BuiltinView(key="stuck", label=gettext_lazy("Stuck"), query="stuck=true"),
        BuiltinView(key="won", label=gettext_lazy("Won this year"), query="status=won&closed=this_year"),
    )
    form = DealForm
    bulk = (
        BulkAction(
            key="owner", label=gettext_lazy("Change owner"), icon="user-check", run=set_owner, form=OwnerForm
        ),
    )
    properties = tuple(
        column for column in columns if column.name not in ("name", "status", "currency", "external_id")
    )
    detail_template = "pipeline/deal_detail.html"
    export_permission = "pipeline.export_deal"
    empty_text = gettext_lazy("Open the first deal, or import the deals of another system.")

    def form_kwargs(self, *, user: Any, obj: Any | None) -> dict[str, Any]:
        """The form offers only what the user may see."""
        return {"user": user}

    @transaction.atomic
    def save(self, *, form: Any, user: Any) -> Any:
        """A new deal is opened; a changed stage is a move."""
        data, now = form.cleaned_data, timezone.now()
        try:
            if form.instance.pk is None:
                return open_deal(
                    name=data["name"],
                    pipeline=data["pipeline"],
                    stage=data.get("stage"),
                    person=data.get("person"),
                    company=data.get("company"),
                    owner=data.get("owner"),
                    amount=data.get("amount"),
                    currency=data["currency"],
                    expected_close=data.get("expected_close"),
                    at=now,
                )
            deal = form.instance
            plain = [name for name in form.fields if name != "stage"]
            if plain:
                deal.save(update_fields=plain)
            if "stage" in data:
                wanted = data["stage"]
                deal.refresh_from_db(fields=["stage"])
                move_deal(deal=deal, stage=wanted, at=now, by=user)
        except DealError as error:
            raise forms.ValidationError(str(error)) from None
        return deal

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        """The way to the board."""
        return (Action(label=_("Board"), url=reverse("pipeline:board"), icon="layout-kanban"),)

    def record_actions(self, *, obj: Deal, user: Any) -> Sequence[Action]:
        """What can happen to it now."""
        right = "pipeline.change_deal"
        if obj.status != Deal.Status.OPEN:
            url = reverse("pipeline:deal_reopen", args=[obj.pk])
            return (Action(label=_("Reopen"), url=url, icon="rotate", permission=right, post=True),)
        won, lost = (reverse(f"pipeline:deal_{what}", args=[obj.pk]) for what in ("win", "lose"))
        return (
            Action(label=_("Won"), url=won, icon="trophy", permission=right, post=True, primary=True),
            Action(label=_("Lost"), url=lost, icon="circle-x", permission=right, panel=True),
        )

    def summary(self, *, rows: QuerySet[Any]) -> Sequence[tuple[str, str]]:
        """Sum and weighted sum per currency."""
        found = []
        for one in totals(rows=rows):
            found.append((_("Sum"), cells.money(one.total, one.currency, short=True)))
            found.append((_("weighted"), cells.money(one.weighted, one.currency, short=True)))
        return found

    def subtitle(self, *, obj: Deal) -> str:
        """Company and amount."""
        parts = [
            str(part)
            for part in (obj.company or obj.person, cells.money(obj.amount, obj.currency, short=True))
            if part
        ]
        return " · ".join(parts)

    def tabs(self, *, obj: Deal, user: Any) -> Sequence[Tab]:
        """The deal's past, told by the journal."""
        steps = past_of(deal=obj)
        return (
            Tab(
                key="past",
                label=_("Stages"),
                template="pipeline/past.html",
                context={"steps": steps[::-1]},
                count=len(steps),
            ),
        )

    def detail_context(self, *, obj: Deal, user: Any) -> dict[str, Any]:
        """The stages as steps, to look at and to click."""
        stages = list(obj.pipeline.stages.order_by("position", "pk"))
        here = next((index for index, stage in enumerate(stages) if stage.pk == obj.stage_id), -1)
        may = user.has_perm("pipeline.change_deal") and obj.status == Deal.Status.OPEN
        return {
            "stages": [
                {
                    "stage": stage,
                    "state": "done"
                    if index < here or obj.status == "won"
                    else "current"
                    if index == here
                    else "todo",
                }
                for index, stage in enumerate(stages)
            ],
            "may_move": may,
            "involved": people_of(deal=obj, user=user),
            "involve_form": InvolveForm(user=user, auto_id="involve-%s")
            if user.has_perm("pipeline.change_deal") and user.has_perm("people.view_person")
            else None,
            "overdue": is_overdue(deal=obj, today=timezone.localdate()),
            "stuck": days_in_stage(deal=obj, now=timezone.now()),
        }

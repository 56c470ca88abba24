"""Tasks."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trichter.core.shell import filters
from trichter.core.shell.bulk import BulkAction
from trichter.core.shell.columns import Column
from trichter.core.shell.queries import company_today
from trichter.core.shell.resource import BuiltinView, Resource

from .. import actions, queries
from ..forms import TaskForm
from ..models import Task


class TaskStateFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """Open, overdue, due today or done."""

    def filter(self, qs: Any, value: str) -> Any:
        today = company_today()
        match value:
            case "open":
                return qs.filter(done_at=None)
            case "overdue":
                return qs.filter(done_at=None, due__lt=today)
            case "today":
                return qs.filter(done_at=None, due__lte=today)
            case "done":
                return qs.exclude(done_at=None)
        return qs


class Tasks(Resource):
    """Tasks."""

    model = Task
    export_permission = "people.export_person"
    path = "tasks/"
    icon = "checklist"
    search = ("title", "person__first_name", "person__last_name", "person__company__name")
    order = "due"
    columns = (
        Column(name="title", lead=True),
        Column(
            name="person", url=lambda row: reverse("people:person_detail", args=[row.person_id]),
            sort=("person__last_name", "person__first_name"),
        ),
        Column(name="due", kind="day"),
        Column(
            name="state", label=_("State"), kind="badge", value=lambda row: _state(row),
            sort=("done_at", "due"),
        ),
        Column(name="assignee", kind="user"),
        Column(name="created_at", label=_("Created"), kind="time", shown=False),
    )  # fmt: skip
    filters = {
        "state": TaskStateFilter(
            label=_("State"), empty_label=_("All"),
            choices=[
                ("open", _("open")), ("today", _("due today or overdue")), ("overdue", _("overdue")),
                ("done", _("done")),
            ],
        ),
        "assignee": filters.owner(),
        "due": filters.days(),
    }  # fmt: skip
    views = (
        BuiltinView(key="mine", label=_("My tasks"), query="assignee=me&state=open"),
        BuiltinView(key="overdue", label=_("Overdue"), query="state=overdue"),
        BuiltinView(key="team", label=_("Open, all colleagues"), query="state=open"),
    )
    form = TaskForm
    empty_text = _("Plan the next call, so that nobody is forgotten.")
    bulk = (
        BulkAction(
            key="done", label=_("Mark as done"), icon="circle-check",
            run=lambda rows, user, data: sum(
                actions.complete_task(task=task, at=timezone.now()) for task in rows
            ),
        ),
    )  # fmt: skip

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        return queries.tasks(user=user)

    def form_kwargs(self, *, user: Any, obj: Any | None) -> dict[str, Any]:
        return {} if obj is not None else {"initial": {"assignee": user.pk}}

    def save(self, *, form: Any, user: Any) -> Any:
        data = form.cleaned_data
        if form.instance.pk:
            values = {
                name: data.get(name, getattr(form.instance, name)) for name in ("title", "due", "assignee")
            }
            return actions.edit_task(task=form.instance, **values)
        return actions.add_task(person=None, at=timezone.now(), **data)


def _state(task: Task) -> str:
    if task.done_at:
        return gettext("done")
    if task.due is None:
        return gettext("open")
    return gettext("overdue") if task.due < company_today() else gettext("open")

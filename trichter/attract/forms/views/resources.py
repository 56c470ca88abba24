"""The lists: forms, and what came in."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms as django_forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from trichter.core.shell import filters
from trichter.core.shell.bulk import BulkAction
from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Action, BuiltinView, Resource, Tab

from .. import actions, queries
from ..errors import FormsError
from ..forms import FormForm
from ..models import Form, FormField, Submission
from ..targets import TARGETS
from . import building

RELEASE = "webforms.release_submission"
_TONES: Mapping[str, Any] = {
    "live": "green", "draft": "", "closed": "orange", "processed": "green", "quarantined": "orange",
    "failed": "red", "invalid": "", "received": "blue",
}  # fmt: skip


class Forms(Resource):
    """Forms."""

    model = Form
    path = "forms/"
    icon = "forms"
    columns = (
        Column(name="name", lead=True),
        Column(name="state", kind="badge", tones=_TONES),
        Column(name="slug"),
        Column(name="goal"),
        Column(name="created_at", kind="time"),
    )
    properties = (
        Column(name="state", kind="badge", tones=_TONES),
        Column(name="slug"),
        Column(name="goal"),
        Column(name="thanks_page"),
        Column(name="seconds", kind="number"),
        Column(name="created_at", kind="time"),
    )
    search = ("name", "slug", "title_de", "title_en")
    order = "name"
    filters = {"state": filters.choice()}
    form = FormForm
    export_permission = "webforms.view_form"
    detail_template = "forms/form_detail.html"
    empty_text = gettext_lazy("Create the first form: name, e-mail address and message are there already.")

    def save(self, *, form: Any, user: Any) -> Any:
        if form.instance.pk:
            return form.save()
        return actions.start_form(form=form.save(commit=False))

    def delete(self, *, obj: Any, user: Any) -> None:
        try:
            actions.delete_form(form=obj)
        except FormsError as error:
            raise django_forms.ValidationError(str(error)) from None

    def record_actions(self, *, obj: Any, user: Any) -> Sequence[Action]:
        found = [
            Action(
                label=_("Submissions"), icon="inbox", permission="webforms.view_submission",
                url=f"{reverse('webforms:submission_list')}?form={obj.pk}",
            )
        ]  # fmt: skip
        if obj.state == Form.State.LIVE:
            page = reverse("forms_public:form", args=[obj.slug])
            found.append(Action(label=pgettext("page", "Open"), icon="external-link", url=page))
        return found

    def tabs(self, *, obj: Any, user: Any) -> Sequence[Tab]:
        may = user.has_perm("webforms.change_form")
        return [
            Tab(
                key="build", label=_("Questions"), template="forms/build.html",
                context={"rows": queries.fields_of(obj), "kinds": FormField.Kind.choices, "may": may},
            ),
            Tab(
                key="figures", label=_("Figures"), template="forms/figures.html",
                context=building.figures(obj),
            ),
            Tab(key="embed", label=_("Embed"), template="forms/embed.html", context=building.embedding(obj)),
        ]  # fmt: skip


def who(row: Submission) -> str:
    """The address that was typed, else the contact."""
    found = [line["text"] for line in row.answers if line.get("target") == "person.email"]
    if found:
        return str(found[0])
    typed = [value for values in row.payload.values() for value in values if "@" in value]
    return str(row.person) if row.person_id else (typed[0][:80] if typed else "")


def answers_text(row: Submission) -> str:
    """All answers in one cell, for the export."""
    if row.answers:
        return "; ".join(f"{line['label']}: {line['text']}" for line in row.answers)
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in row.payload.items() if any(values))


def _source(row: Submission) -> str:
    touch = row.touches.get("last") or {}
    return " / ".join(
        part for part in (touch.get("source"), touch.get("medium"), touch.get("campaign")) if part
    )


def _many(rows: QuerySet[Any], user: Any, act: Any) -> int:
    done = 0
    for row in rows:
        try:
            act(submission=row, by=user)
        except FormsError:
            continue
        done += 1
    return done


class Submissions(Resource):
    """What came in."""

    model = Submission
    path = "submissions/"
    icon = "inbox"
    columns = (
        Column(name="who", label=gettext_lazy("From"), lead=True, value=who, sort=()),
        Column(name="form", sort=("form__name",)),
        Column(name="received_at", kind="time"),
        Column(name="state", kind="badge", tones=_TONES),
        Column(
            name="reason", value=lambda row: row.get_reason_display() if row.reason else "", sort=("reason",)
        ),
        Column(
            name="person", url=lambda row: reverse("people:person_detail", args=[row.person_id]),
            sort=("person__last_name", "person__first_name"),
        ),
        Column(name="source", label=gettext_lazy("Source"), value=_source, sort=()),
        Column(name="page", shown=False),
        Column(name="answers", label=gettext_lazy("Answers"), value=answers_text, sort=(), shown=False),
    )  # fmt: skip
    properties = (
        Column(name="form", url=lambda row: reverse("webforms:form_detail", args=[row.form_id])),
        Column(name="state", kind="badge", tones=_TONES),
        Column(name="reason", value=lambda row: row.get_reason_display() if row.reason else ""),
        Column(name="received_at", kind="time"),
        Column(name="person", url=lambda row: reverse("people:person_detail", args=[row.person_id])),
        Column(name="page"),
        Column(name="source", label=gettext_lazy("Source"), value=_source),
        Column(name="error"),
    )
    select = ("form", "person")
    search = ("person__first_name", "person__last_name", "person__email", "form__name")
    order = "-received_at"
    filters = {
        "state": filters.choice(),
        "form": filters.related(queryset=lambda user: Form.objects.order_by("name")),
        "reason": filters.choice(),
        "period": filters.period(field="received_at", label=gettext_lazy("Period")),
    }
    views = (
        BuiltinView(key="quarantine", label=gettext_lazy("Quarantine"), query="state=quarantined"),
        BuiltinView(key="failed", label=gettext_lazy("Failed"), query="state=failed"),
    )
    may_add = False
    export_permission = "webforms.export_submission"
    empty_text = gettext_lazy(
        "As soon as somebody sends a form, it stands here. Put a form on one of your pages."
    )
    bulk = (
        BulkAction(
            key="release", label=gettext_lazy("Release"), icon="circle-check", permission=RELEASE,
            run=lambda rows, user, data: _many(rows, user, actions.release),
            question=gettext_lazy("They are processed without the checks and become contacts."),
        ),
        BulkAction(
            key="replay", label=gettext_lazy("Process again"), icon="refresh", permission=RELEASE,
            run=lambda rows, user, data: _many(rows, user, actions.replay),
        ),
    )  # fmt: skip

    def record_actions(self, *, obj: Any, user: Any) -> Sequence[Action]:
        if obj.state == Submission.State.QUARANTINED:
            return [
                Action(
                    label=_("Release"), icon="circle-check", post=True, permission=RELEASE, primary=True,
                    url=reverse("webforms:submission_act", args=[obj.pk, "release"]),
                )
            ]  # fmt: skip
        if obj.state in (Submission.State.FAILED, Submission.State.RECEIVED):
            return [
                Action(
                    label=_("Process again"), icon="refresh", post=True, permission=RELEASE, primary=True,
                    url=reverse("webforms:submission_act", args=[obj.pk, "replay"]),
                )
            ]  # fmt: skip
        return []

    def tabs(self, *, obj: Any, user: Any) -> Sequence[Tab]:
        context = {
            "row": obj, "uploads": list(obj.uploads.all()),
            "raw": [(name, ", ".join(values)) for name, values in obj.payload.items()],
            "changes": [{**one, "label": TARGETS.get(one["field"], one["field"])} for one in obj.changes],
            "touches": [
                (_("First touch"), obj.touches.get("first")), (_("Last touch"), obj.touches.get("last"))
            ],
        }  # fmt: skip
        return [Tab(key="answers", label=_("Answers"), template="forms/answers.html", context=context)]

    def subtitle(self, *, obj: Any) -> str:
        return who(obj)

"""Calls to action, their variants and conditions in the back office."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import IntegerField, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from trichter.attract.tracking.showing import lines
from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.shell import cells, filters
from trichter.core.shell.columns import Column
from trichter.core.shell.queries import installation
from trichter.core.shell.resource import Action, BuiltinView, Resource, Tab
from trichter.core.shell.views.base import ShellView

from . import choosing, queries
from .forms import ConditionForm, CtaForm, PreviewForm, VariantForm
from .models import Condition, Cta, Variant
from .queries import ALL, Figures
from .rules import part
from .visitors import Supposed

PER_PAGE = 50
_YES_NO: Final = [("True", gettext_lazy("Yes")), ("False", gettext_lazy("No"))]
WHATS: Final[dict[str, str | Promise]] = {
    "seen": gettext_lazy("Views"), "clicked": gettext_lazy("Clicks"),
    "mailed": gettext_lazy("Clicks in mails"), "leads": gettext_lazy("Leads"),
    "won": gettext_lazy("Won"),
}  # fmt: skip
WARNINGS: Final[dict[str, str | Promise]] = {
    "unused": gettext_lazy("used nowhere"), "gone": gettext_lazy("target is gone"),
}  # fmt: skip
PARTS: Final[dict[str, str | Promise]] = {
    "language": gettext_lazy("Language"), "source": gettext_lazy("Source"), "medium": gettext_lazy("Medium"),
    "campaign": gettext_lazy("Campaign"), "visit": gettext_lazy("First or returning"),
    "stage": gettext_lazy("Lifecycle stage"), "segment": gettext_lazy("Segment"),
    "page": gettext_lazy("Looked at page"),
}  # fmt: skip


def _refuse_if_used(kind: str, number: int) -> None:
    """What a page or a variant names stays; a page would silently lose it."""
    queries.forget()
    used = queries.uses().get((kind, number), [])
    if used:
        said = _("It is used in: %(where)s. Take it out there first.")
        raise ValidationError(said % {"where": ", ".join(one.label for one in used[:5])})


def _figures(row: Any, variant: int = ALL) -> Figures:
    asker = getattr(row, "asker", None)
    return queries.brought(asker=asker).figures((row.pk, variant)) if asker else Figures()


def _rate(one: Figures) -> str:
    share = one.rate.share
    return (
        f"{share:.1f} %".replace(".", "," if (get_language() or "").startswith("de") else ".")
        if share is not None
        else ""
    )


def _number(what: str, read: Callable[[Figures], int]) -> Column:
    def url(row: Any) -> str:
        return reverse("ctas:came", args=[row.pk, ALL_WORD, what]) if read(_figures(row)) else ""

    return Column(
        name=what, label=WHATS[what], kind="number", value=lambda row: read(_figures(row)), url=url, sort=()
    )


ALL_WORD: Final = "all"


def _said(row: Cta) -> str:
    found = queries.warnings_of(row)
    return ", ".join(str(WARNINGS[one]) for one in found) or (_("in order") if row.active else _("off"))


class Ctas(Resource):
    """Calls to action with what they brought."""

    model = Cta
    path = "ctas/"
    icon = "click"
    columns = (
        Column(name="name", lead=True, sub=lambda row: row.words("text", get_language() or "de")),
        Column(name="check", label=gettext_lazy("Check"), value=_said, sort=()),
        Column(
            name="variants",
            label=gettext_lazy("Variants"),
            kind="number",
            sort=(),
            value=lambda row: len(row.variants.all()),
        ),
        _number("seen", lambda one: one.seen),
        _number("clicked", lambda one: one.clicks),
        _number("mailed", lambda one: one.mailed),
        Column(name="rate", label=gettext_lazy("Rate"), value=lambda row: _rate(_figures(row)), sort=()),
        _number("leads", lambda one: one.leads),
        Column(name="target"),
        Column(name="active", kind="bool", shown=False),
    )
    properties = (
        Column(name="name"), Column(name="text_de"), Column(name="text_en"), Column(name="line_de"),
        Column(name="line_en"), Column(name="target"), Column(name="look"),
        Column(name="active", kind="bool"),
    )  # fmt: skip
    prefetch = ("variants",)
    search = ("name", "text_de", "text_en", "target")
    order = "name"
    filters = {"active": filters.choice(choices=_YES_NO)}
    views = (BuiltinView(key="active", label=gettext_lazy("In use"), query="active=True"),)
    form = CtaForm
    export_permission = "ctas.view_cta"
    empty_text = gettext_lazy(
        "Create the first one, such as “Book a demo”, and put it on a page with the block "
        "“Call to action from the list”, or in a mail."
    )

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """With who asks: a number counts the people whom the asker may see."""
        rows: QuerySet[Any] = super().queryset(user=user)
        found: QuerySet[Any] = rows.annotate(asker=Value(user.pk, output_field=IntegerField()))
        return found

    def save(self, *, form: Any, user: Any) -> Any:
        queries.forget()
        return form.save()

    def delete(self, *, obj: Any, user: Any) -> None:
        _refuse_if_used("cta", obj.pk)
        obj.delete()

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        return [
            Action(label=_("Display conditions"), url=reverse("ctas:condition_list"), icon="filter",
                   permission="ctas.view_condition"),
        ]  # fmt: skip

    def record_actions(self, *, obj: Any, user: Any) -> Sequence[Action]:
        return [
            Action(label=_("Preview"), url=reverse("ctas:preview", args=[obj.pk]), icon="eye"),
            Action(label=_("New variant"), url=f"{reverse('ctas:variant_new')}?cta={obj.pk}", icon="plus",
                   permission="ctas.add_variant", panel=True),
        ]  # fmt: skip

    def tabs(self, *, obj: Any, user: Any) -> Sequence[Tab]:
        found = queries.brought(asker=user.pk)
        variants = list(obj.variants.select_related("condition"))
        rows = [_row(obj, one, found) for one in variants]
        context = {
            "rows": [*rows, _row(obj, None, found)], "total": _row(obj, None, found, key=ALL),
            "warnings": queries.warnings_of(obj), "days": queries.DAYS,
            "unknown": found.figures((obj.pk, ALL)).unknown,
        }  # fmt: skip
        used = queries.uses().get(("cta", obj.pk), [])
        return [
            Tab(key="figures", label=_("Variants and figures"), template="ctas/figures.html",
                context=context),
            Tab(key="uses", label=_("Where used"), template="ctas/uses.html", context={"uses": used},
                count=len(used)),
        ]  # fmt: skip


def _row(cta: Cta, one: Variant | None, found: queries.Brought, key: int | None = None) -> dict[str, Any]:
    variant = key if key is not None else one.pk if one is not None else 0
    figures = found.figures((cta.pk, variant))
    numbers = (
        ("seen", figures.seen), ("clicked", figures.clicks), ("mailed", figures.mailed),
        ("leads", figures.leads), ("won", figures.amount)
    )  # fmt: skip
    word = ALL_WORD if variant == ALL else str(variant)
    return {
        "variant": one, "rate": figures.rate,
        "cells": [
            {
                "label": WHATS[what],
                "text": (
                    cells.money(number, installation().currency, short=True)
                    if what == "won" and number else "–" if what == "won" else number
                ),
                "url": reverse("ctas:came", args=[cta.pk, word, what]) if number else "",
            }
            for what, number in numbers
        ],
    }  # fmt: skip


class Variants(Resource):
    """Variants of calls to action."""

    model = Variant
    path = "cta-variants/"
    icon = "versions"
    columns = (
        Column(name="name", lead=True),
        Column(name="cta", sort=("cta__name",),
               url=lambda row: reverse("ctas:cta_detail", args=[row.cta_id])),
        Column(name="condition", sort=("condition__name",),
               url=lambda row: reverse("ctas:condition_detail", args=[row.condition_id])),
        Column(name="position", kind="number"),
        Column(name="text_de"),
        Column(name="text_en"),
        Column(name="line_de", shown=False),
        Column(name="line_en", shown=False),
        Column(name="target"),
        Column(name="look", shown=False),
        Column(name="active", kind="bool"),
    )  # fmt: skip
    select = ("cta", "condition")
    search = ("name", "cta__name", "text_de", "text_en")
    order = "position"
    filters = {"cta": filters.related(queryset=lambda _user: Cta.objects.all())}
    form = VariantForm
    export_permission = "ctas.view_variant"
    empty_text = gettext_lazy("Open a call to action and add a variant for those for whom a condition holds.")

    def save(self, *, form: Any, user: Any) -> Any:
        queries.forget()
        return form.save()


class Conditions(Resource):
    """Conditions under which something is shown."""

    model = Condition
    path = "display-conditions/"
    icon = "filter"
    columns = (
        Column(name="name", lead=True),
        Column(name="asks", label=gettext_lazy("Asks for"), sort=(),
               value=lambda row: ", ".join(str(PARTS[one]) for one in row.terms.asked)),
        Column(name="uses", label=gettext_lazy("Used"), kind="number", sort=(),
               value=lambda row: len(queries.uses().get(("condition", row.pk), []))),
        Column(name="created_at", kind="time"),
    )  # fmt: skip
    properties = (
        Column(name="name"), Column(name="language"), Column(name="sources"), Column(name="media"),
        Column(name="campaigns"), Column(name="visit"), Column(name="page"),
        Column(name="days", kind="number"),
        Column(name="stages", value=lambda row: ", ".join(row.stages)), Column(name="segment"),
    )  # fmt: skip
    select = ("segment",)
    search = ("name",)
    order = "name"
    form = ConditionForm
    export_permission = "ctas.view_condition"
    empty_text = gettext_lazy(
        "Create the first one, for instance “Saw the prices” or “Comes from LinkedIn”, and use it in a "
        "variant or a page."
    )

    def save(self, *, form: Any, user: Any) -> Any:
        queries.forget()
        return form.save()

    def delete(self, *, obj: Any, user: Any) -> None:
        _refuse_if_used("condition", obj.pk)
        obj.delete()

    def tabs(self, *, obj: Any, user: Any) -> Sequence[Tab]:
        used = queries.uses().get(("condition", obj.pk), [])
        return [
            Tab(key="uses", label=_("Where used"), template="ctas/uses.html", context={"uses": used},
                count=len(used)),
        ]  # fmt: skip


class CtaView(ShellView):
    """A view of one call to action."""

    permission_required: ClassVar[tuple[str, ...]] = ("ctas.view_cta",)

    @property
    def user(self) -> User:
        """Who asks."""
        assert isinstance(self.request.user, User)
        return self.request.user


class CameView(CtaView):
    """The people and unknown visitors behind a number."""

    permission_required = ("ctas.view_cta", "people.view_person")

    def get(self, request: HttpRequest, pk: int, variant: str, what: str) -> HttpResponse:
        cta = get_object_or_404(Cta, pk=pk)
        if what not in queries.WHATS or not (
            variant == ALL_WORD or (variant.isdecimal() and len(variant) < 19)
        ):
            raise Http404
        key = (cta.pk, ALL if variant == ALL_WORD else int(variant))
        found = queries.brought(asker=self.user.pk).rows(key, what)
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "heading": WHATS[what], "total": len(found), "page": page, "object": cta,
            "rows": lines(found=list(page.object_list), user=self.user),
            "restricted": not sees_everything(user=self.user),
            "back": reverse("ctas:cta_detail", args=[pk]), "list_url": reverse("ctas:cta_list"),
            "list_name": Ctas.get().plural,
        }  # fmt: skip
        return render(request, "tracking/outcomes.html", context)


class PreviewView(CtaView):
    """What a supposed visitor sees, and why."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cta = get_object_or_404(Cta, pk=pk)
        form = PreviewForm(request.GET or None, user=self.user)
        supposed = Supposed(language="de")
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            supposed = Supposed(
                language=data["language"] or "de", source=data["source"] or "direct",
                medium=data["medium"] or "none", campaign=data["campaign"],
                returning=None if not data["visit"] else data["visit"] == "returning",
                person=data.get("person"),
            )  # fmt: skip
        variants = choosing.variants_of(cta)
        chosen = choosing.chosen(variants=variants, visitor=supposed)
        context = {
            "object": cta, "form": form,
            "offer": choosing.of(cta=cta, variant=chosen, language=supposed.language),
            "chosen": chosen, "unknown": supposed.person is None,
            "reasons": [
                {
                    "variant": one, "chosen": chosen is not None and one.pk == chosen.pk,
                    "parts": [
                        {"label": PARTS[kind], "holds": part(one.condition.terms, kind, supposed)}
                        for kind in one.condition.terms.asked
                    ],
                }
                for one in variants
            ],
        }  # fmt: skip
        return render(request, "ctas/preview.html", context, status=422 if form.errors else 200)

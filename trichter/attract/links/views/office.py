"""Short links in the back office: the list with what each brought, codes for print, many at once."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import IntegerField, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from trichter.attract.tracking.outcomes import Sum
from trichter.attract.tracking.showing import lines
from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.mail.queries import mail_settings
from trichter.core.shell import cells
from trichter.core.shell.columns import Column
from trichter.core.shell.filters import choice, text
from trichter.core.shell.queries import installation
from trichter.core.shell.resource import Action, BuiltinView, Resource, Tab
from trichter.core.shell.views.base import ShellView, done

from .. import actions, qr, queries, rules
from ..forms import MOST_LINES, PasteForm, ShortLinkForm
from ..models import ShortLink

PER_PAGE = 50
LABELS: Final[dict[str, str | Promise]] = {
    "clicks": gettext_lazy("Clicks"), "visitors": gettext_lazy("Visitors"),
    "leads": gettext_lazy("Leads"), "won": gettext_lazy("Won"),
}  # fmt: skip
STATES: Final[dict[str, str | Promise]] = {
    "ok": gettext_lazy("active"), "off": gettext_lazy("switched off"), "over": gettext_lazy("expired"),
    "gone": gettext_lazy("target is gone"),
}  # fmt: skip


def base_of(request: HttpRequest) -> str:
    """Scheme and host that links are given to the outside with."""
    return mail_settings().base_url.rstrip("/") or f"{request.scheme}://{request.get_host()}"


def state_of(row: ShortLink) -> str:
    """Key of `STATES`."""
    if not row.open_at():
        return "over" if row.active else "off"
    return "gone" if queries.states().get(row.target) == "gone" else "ok"


def sum_of(row: Any) -> Sum:
    """What the link brought, as far as whoever looks at the list may see it."""
    asker = getattr(row, "asker", None)
    return queries.sums(asker=asker).get(row.pk, Sum()) if asker else Sum()


def _figure(what: str, read: Callable[[Sum], int], kind: Any = "number") -> Column:
    def value(row: Any) -> int | None:
        return read(sum_of(row)) or (None if kind == "money" else 0)

    def url(row: Any) -> str:
        return reverse("links:came", args=[row.pk, what]) if read(sum_of(row)) else ""

    return Column(name=what, label=LABELS[what], kind=kind, value=value, url=url, sort=(), currency="unit")


class ShortLinks(Resource):
    """Short links with what they brought."""

    model = ShortLink
    path = "links/"
    icon = "link"
    columns = (
        Column(name="name", lead=True, sub=lambda row: row.path),
        Column(name="target", sub=lambda row: " · ".join(row.tags.values())),
        Column(
            name="state",
            label=gettext_lazy("State"),
            kind="badge",
            sort=(),
            value=lambda row: STATES[state_of(row)],
        ),
        _figure("clicks", lambda one: one.times),
        _figure("visitors", lambda one: one.visitors),
        _figure("leads", lambda one: one.leads),
        _figure("won", lambda one: one.amount, "money"),
        Column(name="source", shown=False),
        Column(name="medium", shown=False),
        Column(name="campaign", shown=False),
        Column(name="expires_at", kind="time", shown=False),
        Column(name="created_at", kind="time", shown=False),
    )
    properties = (
        Column(name="name"),
        Column(name="slug"),
        Column(name="target"),
        Column(name="source"),
        Column(name="medium"),
        Column(name="campaign"),
        Column(name="content"),
        Column(name="term"),
        Column(name="active", kind="bool"),
        Column(name="expires_at", kind="time"),
        Column(name="note"),
        Column(name="created_by"),
        Column(name="created_at", kind="time"),
    )
    search = ("name", "slug", "target", "campaign")
    search_hint = gettext_lazy("Name, short name, target or campaign …")
    order = "-created_at"
    filters = {
        "active": choice(choices=[("True", gettext_lazy("Yes")), ("False", gettext_lazy("No"))]),
        "campaign": text(),
        "source": text(),
        "medium": text(),
    }
    views = (
        BuiltinView(key="active", label=gettext_lazy("In use"), query="active=True"),
        BuiltinView(key="off", label=gettext_lazy("Switched off"), query="active=False"),
    )
    select = ("created_by",)
    form = ShortLinkForm
    export_permission = "links.export_shortlink"
    # A printed address must not come to lead elsewhere: links are switched off.
    may_delete = False
    empty_text = gettext_lazy(
        "Create the first link, for instance for a flyer: it comes with a QR code and counts who follows it."
    )

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """With who asks: a number counts the people whom the asker may see."""
        rows: QuerySet[Any] = super().queryset(user=user)
        found: QuerySet[Any] = rows.annotate(
            asker=Value(user.pk, output_field=IntegerField()), unit=Value(installation().currency)
        )
        return found

    def save(self, *, form: Any, user: Any) -> Any:
        try:
            return actions.save_link(link=form.save(commit=False), by=user, new_names=form.names)
        except actions.NameTaken:
            said = _("Another link has this name, and it may be printed somewhere.")
            raise forms.ValidationError(said) from None

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        return [
            Action(label=_("Many at once"), url=reverse("links:paste"), icon="clipboard",
                   permission="links.add_shortlink"),
        ]  # fmt: skip

    def tabs(self, *, obj: Any, user: Any) -> Sequence[Tab]:
        found = Sum.of(queries.came_of(link=obj.pk, user=user))
        numbers = {
            "clicks": found.times,
            "visitors": found.visitors,
            "leads": found.leads,
            "won": found.amount,
        }
        won = cells.money(found.amount, installation().currency, short=True) if found.amount else ""
        figures = [
            {"label": LABELS[what], "number": number, "money": what == "won", "text": won,
             "url": reverse("links:came", args=[obj.pk, what]) if number else ""}
            for what, number in numbers.items()
        ]  # fmt: skip
        context = {
            "figures": figures, "currency": installation().currency, "state": state_of(obj),
            "base": mail_settings().base_url.rstrip("/"), "sizes": qr.SIZES,
            "full": rules.destination(target=obj.target, tags=obj.tags),
        }  # fmt: skip
        earlier = obj.earlier.select_related("changed_by")
        return [
            Tab(key="use", label=pgettext("link", "Use"), template="links/use.html", context=context),
            Tab(key="targets", label=_("Targets so far"), template="links/targets.html",
                context={"earlier": earlier}, count=earlier.count()),
        ]  # fmt: skip

    def subtitle(self, *, obj: Any) -> str:
        return str(obj.path)


class LinkView(ShellView):
    """A view of one link."""

    permission_required: ClassVar[tuple[str, ...]] = ("links.view_shortlink",)

    @property
    def user(self) -> User:
        """Who asks."""
        assert isinstance(self.request.user, User)
        return self.request.user


class CameView(LinkView):
    """The people and unknown visitors behind a number."""

    permission_required = ("links.view_shortlink", "people.view_person")

    def get(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        if what not in queries.WHATS:
            raise Http404
        link = get_object_or_404(ShortLink, pk=pk)
        found = queries.with_what(found=queries.came_of(link=pk, user=self.user), what=what)
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "heading": LABELS[what], "total": len(found), "page": page, "object": link,
            "rows": lines(found=list(page.object_list), user=self.user),
            "restricted": not sees_everything(user=self.user),
            "back": reverse("links:shortlink_detail", args=[pk]),
            "list_url": reverse("links:shortlink_list"), "list_name": ShortLinks.get().plural,
        }  # fmt: skip
        return render(request, "tracking/outcomes.html", context)


class CodeView(LinkView):
    """The QR code as a file: `?mm=` one of the sizes."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        link = get_object_or_404(ShortLink, pk=pk)
        if kind not in qr.TYPES:
            raise Http404
        asked = request.GET.get("mm", "")
        size = int(asked) if asked in {str(one) for one in qr.SIZES} else qr.SIZES[1]
        made = qr.code(
            address=f"{base_of(request)}{link.path}/qr", kind="png" if kind == "png" else "svg",
            millimetres=size,
        )  # fmt: skip
        response = HttpResponse(made, content_type=qr.TYPES[kind])
        name = f"{link.slug}-{size}mm.{kind}"
        way = "inline" if request.GET.get("show") else "attachment"
        response["Content-Disposition"] = f'{way}; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response


class PasteView(LinkView):
    """Many links at once: all of them or none."""

    permission_required = ("links.view_shortlink", "links.add_shortlink")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, PasteForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasteForm(request.POST)
        if not form.is_valid():
            return self._answer(request, form, status=422)
        made = actions.save_links(links=[one.save(commit=False) for one in form.links], by=self.user,
                                  new_names=form.names)  # fmt: skip
        said = ngettext("%(n)d link was created.", "%(n)d links were created.", len(made)) % {"n": len(made)}
        return done(request=request, text=said, url=reverse("links:shortlink_list"))

    def _answer(self, request: HttpRequest, form: PasteForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "most": MOST_LINES, "back": reverse("links:shortlink_list")}
        return render(request, "links/paste.html", context, status=status)

"""The content in the back office: list, record page, new landing page, check, translation."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.shell.columns import Column
from trichter.core.shell.filters import choice, related
from trichter.core.shell.resource import Action, BuiltinView, Resource
from trichter.core.shell.views.base import ShellView
from trichter.kit.pages import page_of

from .. import actions
from ..figures import Seen, seen
from ..forms import NewLandingPageForm
from ..models import ContentPage, Goal, Persona, Topic
from ..queries import STATE_LABELS, page_types, type_label, with_state, with_type
from ..seo.actions import check, stored

_TONES: Any = {
    "published": "green", "changed": "teal", "scheduled": "azure", "review": "purple", "expired": "orange"
}  # fmt: skip
_BANDS: Any = {"tofu": "blue", "mofu": "purple", "bofu": "orange", "after": "green"}
_ADD = "pages.add_landingpage"


def path_of(row: ContentPage) -> str:
    """The page's path as the tracker counts it; "" for a page outside of every site."""
    return page_of(row.url) if row.url else ""


def _figures(row: ContentPage) -> Seen | None:
    return seen().get(path_of(row)) if row.live else None


class Contents(Resource):
    """Every public page with its place in the funnel, its state and what it brought."""

    model = ContentPage
    path = "content/"
    icon = "file-text"
    columns = (
        Column(name="title", lead=True, sub=lambda row: path_of(row)),
        Column(
            name="content_type__model", label=gettext_lazy("Type"), value=type_label, sort=("type_key",)
        ),
        Column(name="phase", kind="badge", tones=_BANDS),
        Column(name="persona", value=lambda row: row.persona, sort=("persona__name",)),
        Column(name="topic", value=lambda row: row.topic, sort=("topic__name",)),
        Column(
            name="state", label=gettext_lazy("State"), kind="badge", tones=_TONES, sort=("state",),
        ),
        Column(name="last_published_at", label=gettext_lazy("Published"), kind="time"),
        Column(
            name="visits", label=gettext_lazy("Visits (90 days)"), kind="number", sort=(),
            value=lambda row: one.visits if (one := _figures(row)) else None,
        ),
        Column(
            name="conversion", label=gettext_lazy("Conversion"), sort=(),
            value=lambda row: one.share if (one := _figures(row)) else "",
            url=lambda row: one.url if (one := _figures(row)) else "",
        ),
        Column(
            name="check", label=gettext_lazy("Check"), value=lambda row: verdict(row),
            sort=("check_result__errors", "check_result__warnings"),
        ),
        Column(name="language", shown=False),
        Column(name="author", shown=False),
        Column(
            name="planned_at", label=gettext_lazy("Goes live"), kind="time", sort=("planned_at",), shown=False
        ),
    )  # fmt: skip
    search = ("title", "slug", "summary")
    search_hint = gettext_lazy("Title or address …")
    order = "-last_published_at"
    filters = {
        "type": choice(choices=page_types, field="type_key", label=gettext_lazy("Type")),
        "phase": choice(),
        "persona": related(queryset=lambda _user: Persona.objects.all()),
        "state": choice(choices=list(STATE_LABELS.items()), label=gettext_lazy("State")),
        "topic": related(queryset=lambda _user: Topic.objects.all()),
        "language": choice(),
    }
    views = (
        BuiltinView(key="published", label=gettext_lazy("Published"), query="state=published"),
        BuiltinView(key="drafts", label=gettext_lazy("Drafts"), query="state=draft"),
        BuiltinView(key="review", label=gettext_lazy("In review"), query="state=review"),
        BuiltinView(key="scheduled", label=gettext_lazy("Scheduled"), query="state=scheduled"),
    )
    select = ("persona", "topic", "content_type", "check_result")
    export_permission = "pages.view_contentpage"
    may_add = False
    may_delete = False
    detail_template = "pages/content.html"
    empty_text = gettext_lazy(
        "Begin with a landing page: choose its goal, and it comes with blocks and texts."
    )

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """With type and state, without the blocks."""
        return with_state(with_type(super().queryset(user=user))).defer("body")

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        """Gaps, personas and topics, a new landing page."""
        return [
            Action(label=_("Gaps"), url=reverse("pages:gaps"), icon="layout-grid"),
            Action(label=_("New landing page"), url=reverse("pages:landing_new"), icon="plus",
                   permission=_ADD, primary=True),
        ]  # fmt: skip

    def record_actions(self, *, obj: Any, user: Any) -> Sequence[Action]:
        """To the editor, to the page, a translation."""
        found = []
        if obj.permissions_for_user(user).can_edit():
            found.append(
                Action(label=_("Edit"), url=reverse("wagtailadmin_pages:edit", args=[obj.pk]), icon="pencil",
                       primary=True)
            )  # fmt: skip
            found.append(
                Action(label=pgettext("page", "Versions"),
                       url=reverse("wagtailadmin_pages:history", args=[obj.pk]), icon="history")
            )  # fmt: skip
        if obj.live and obj.url:
            found.append(Action(label=_("View page"), url=obj.url, icon="external-link"))
        if user.has_perm("pages.change_contentpage"):
            found.append(
                Action(
                    label=_("Check again"),
                    url=reverse("pages:check", args=[obj.pk]),
                    icon="refresh",
                    post=True,
                )
            )
        if user.has_perm(_ADD):
            have = set(translated_into(obj))
            for code, label in settings.LANGUAGES:
                if code not in have:
                    text = _("Translate into %(language)s") % {"language": str(label)}
                    url = reverse("pages:translate", args=[obj.pk, code])
                    found.append(Action(label=text, url=url, icon="language", post=True))
        return found

    def detail_context(self, *, obj: Any, user: Any) -> dict[str, Any]:
        """What the check found, and figures."""
        return {"findings": stored(page=obj), "figures": _figures(obj)}

    def subtitle(self, *, obj: Any) -> str:
        """The address."""
        return path_of(obj)


def translated_into(page: ContentPage) -> list[str]:
    """Languages in which the page's group exists, drafts included."""
    from django.db.models import Q

    origin = page.translation_of_id or page.pk
    rows = ContentPage.objects.filter(Q(pk=origin) | Q(translation_of=origin))
    return list(rows.values_list("language", flat=True))


def verdict(row: ContentPage) -> str:
    """“2 errors, 1 hint”, “in order”, "" before the first check."""
    found = getattr(row, "check_result", None)
    if found is None:
        return ""
    if not found.errors and not found.warnings:
        return _("in order")
    return _("%(errors)d errors, %(hints)d hints") % {"errors": found.errors, "hints": found.warnings}


class NewLandingPageView(ShellView):
    """Asks the goal and opens the editor on a page that is ready but for its texts."""

    permission_required = (_ADD,)

    def get(self, request: HttpRequest) -> HttpResponse:
        language = "de" if (get_language() or "").startswith("de") else "en"
        known = {name: request.GET.get(name, "") for name in ("phase", "persona", "goal")}
        return self._page(NewLandingPageForm(initial={"language": language, **known}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewLandingPageForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        data = form.cleaned_data
        assert isinstance(request.user, User)
        try:
            page = actions.begin_landing_page(
                goal=Goal(data["goal"]), title=data["title"], language=data["language"], user=request.user,
                phase=data["phase"], persona=data["persona"],
            )  # fmt: skip
        except actions.NoPlace:
            form.add_error(None, _("There is no start page to put it under, or you may not add pages there."))
            return self._page(form, status=422)
        messages.success(request, _("The page is a draft. Replace what stands in square brackets."))
        return HttpResponseRedirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    def _page(self, form: NewLandingPageForm, *, status: int = 200) -> HttpResponse:
        return render(self.request, "pages/landing_new.html", {"form": form}, status=status)


class CheckView(ShellView):
    """Judge the newest revision again."""

    permission_required = ("pages.change_contentpage",)
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The record page, where the button is: reading checks nothing."""
        get_object_or_404(ContentPage, pk=pk)
        return HttpResponseRedirect(reverse("pages:contentpage_detail", args=[pk]))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        check(page=get_object_or_404(ContentPage, pk=pk))
        messages.success(request, _("The page was checked."))
        return HttpResponseRedirect(reverse("pages:contentpage_detail", args=[pk]))


class TranslateView(ShellView):
    """A draft copy in another language."""

    permission_required = (_ADD,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        page = get_object_or_404(ContentPage, pk=pk)
        back = HttpResponseRedirect(reverse("pages:contentpage_detail", args=[pk]))
        if language not in dict(settings.LANGUAGES) or language in translated_into(page):
            messages.error(
                request, _("The page exists in this language already, or the language is unknown.")
            )
            return back
        assert isinstance(request.user, User)
        try:
            copied = actions.begin_translation(page=page, language=language, user=request.user)
        except actions.NoPlace:
            messages.error(
                request, _("There is no start page to put it under, or you may not add pages there.")
            )
            return back
        messages.success(request, _("The copy is a draft. Translate its texts and publish it."))
        return HttpResponseRedirect(reverse("wagtailadmin_pages:edit", args=[copied.pk]))

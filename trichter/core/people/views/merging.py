"""Duplicates, the choice field by field, merging and its undo."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.accounts import audit

from .. import actions, queries
from ..actions.companies import FIELDS as COMPANY_FIELDS
from ..actions.merges import FIELDS as PERSON_FIELDS
from ..errors import MergeError
from ..forms import MergeForm
from ..merging import plain
from ..models import Company, CompanyMerge, Merge, Person
from .base import PeopleView, refresh

PER_PAGE = 25


@dataclass(frozen=True, kw_only=True)
class Pick:
    """A field of two records side by side. `left` and `right` as people read them."""

    name: str
    label: str
    left: str
    right: str
    take_right: bool

    @property
    def differs(self) -> bool:
        """There is something to choose."""
        return self.left != self.right


def picks(*, left: Any, right: Any, fields: tuple[str, ...]) -> list[Pick]:
    """Every field, with the choice a merge would make by itself."""
    found = []
    for name in fields:
        field: Any = left._meta.get_field(name)
        shown = [_shown(one, name) for one in (left, right)]
        empty = plain(left, name) in ("", None)
        label = str(capfirst(field.verbose_name))
        found.append(
            Pick(name=name, label=label, left=shown[0], right=shown[1], take_right=empty and bool(shown[1]))
        )
    return found


def _shown(record: Any, name: str) -> str:
    display = getattr(record, f"get_{name}_display", None)
    value = display() if display and getattr(record, name) else getattr(record, name)
    return "" if value is None else str(value)


class QueueView(PeopleView):
    """Pairs that may be one person, with the reasons."""

    permission_required = ("people.view_person", "people.merge_person")

    def get(self, request: HttpRequest) -> HttpResponse:
        pages = Paginator(queries.duplicate_queue(user=self.user), PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        context = {"page": page, "count": pages.count, "searched_at": queries.last_search()}
        return render(request, "people/duplicates.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Search again, now."""
        found = actions.find_duplicates(at=timezone.now())
        text = ngettext("%(count)d possible duplicate found.", "%(count)d possible duplicates found.", found)
        messages.success(request, text % {"count": found})
        return redirect("people:duplicates")


class CompanyQueueView(PeopleView):
    """Companies with the same name without legal form, or the same domain."""

    permission_required = ("people.view_company", "people.merge_person")

    def get(self, request: HttpRequest) -> HttpResponse:
        pages = Paginator(queries.company_duplicates(user=self.user), PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        context = {"page": page, "count": pages.count, "pairs": queries.company_pairs(page.object_list)}
        return render(request, "people/company_duplicates.html", context)


class MergeView(PeopleView):
    """`?a=&b=`: both records side by side; POST merges."""

    permission_required = ("people.view_person", "people.change_person", "people.merge_person")
    kind = "person"
    fields: tuple[str, ...] = PERSON_FIELDS

    def pair(self, data: Any) -> tuple[Any, Any]:
        """Both records, the one that stays first."""
        numbers = [data.get(name, "") for name in ("a", "b")]
        if not all(number.isascii() and number.isdigit() and len(number) < 19 for number in numbers):
            raise Http404
        find = self.person if self.kind == "person" else self.company
        left, right = (find(int(number)) for number in numbers)
        return left, right

    def get(self, request: HttpRequest) -> HttpResponse:
        left, right = self.pair(request.GET)
        return self.page(left=left, right=right)

    def page(self, *, left: Any, right: Any, status: int = 200) -> HttpResponse:
        """The choice."""
        same = left.pk == right.pk
        context = {
            "left": left, "right": right, "same": same, "kind": self.kind,
            "picks": picks(left=left, right=right, fields=self.fields), "swap": f"?a={right.pk}&b={left.pk}",
            "action": self.request.path, "back": reverse(f"people:{self.queue}"),
            "counts": [queries.weight_of(one) for one in (left, right)],
        }  # fmt: skip
        return render(self.request, "people/merge.html", context, status=status)

    @property
    def queue(self) -> str:
        """Where one comes from."""
        return "duplicates" if self.kind == "person" else "company_duplicates"

    def post(self, request: HttpRequest) -> HttpResponse:
        left, right = self.pair(request.POST)
        form = MergeForm(request.POST, fields=self.fields)
        if not form.is_valid() or form.cleaned_data["survivor"] not in (left.pk, right.pk):
            messages.error(request, _("Please choose again which record stays."))
            return self.page(left=left, right=right, status=422)
        survivor, absorbed = (left, right) if form.cleaned_data["survivor"] == left.pk else (right, left)
        act: Any = actions.merge if self.kind == "person" else actions.company_merge
        try:
            act(
                survivor=survivor, absorbed=absorbed, reason=form.cleaned_data["reason"], by=self.user,
                choices=form.choices(),
            )  # fmt: skip
        except MergeError as error:
            messages.error(request, str(error))
            return redirect(self.back(left))
        audit.note(user=self.user, action=audit.MERGED, target=survivor, details={"absorbed": absorbed.pk})
        messages.success(request, _("Merged. The merge can be undone on this page."))
        return redirect(self.back(survivor))

    def back(self, record: Any) -> str:
        """The record's page."""
        return reverse(f"people:{self.kind}_detail", args=[record.pk])


class CompanyMergeView(MergeView):
    """The same for companies."""

    permission_required = ("people.view_company", "people.change_company", "people.merge_person")
    kind = "company"
    fields = COMPANY_FIELDS


class DismissView(PeopleView):
    """“Different people”, and taking that back."""

    permission_required = ("people.view_person", "people.merge_person")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, first: int, second: int) -> HttpResponse:
        one, other = self.person(first), self.person(second)
        if request.POST.get("undo"):
            actions.undismiss(first=one, second=other, at=timezone.now())
        else:
            actions.dismiss(first=one, second=other)
            messages.success(request, _("Noted: different people. The pair is not suggested again."))
        return _back(request, reverse("people:duplicates"))


class CompanyDismissView(PeopleView):
    """“Different companies”."""

    permission_required = ("people.view_company", "people.merge_person")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, first: int, second: int) -> HttpResponse:
        actions.dismiss_companies(first=self.company(first), second=self.company(second))
        messages.success(request, _("Noted: different companies. The pair is not suggested again."))
        return _back(request, reverse("people:company_duplicates"))


class UndoView(PeopleView):
    """Undo a merge of people."""

    permission_required = ("people.view_person", "people.change_person", "people.merge_person")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        merge = Merge.objects.filter(pk=pk).select_related("survivor", "absorbed").first()
        if merge is None:
            raise Http404
        return self.undo(request=request, merge=merge, survivor=self.person(merge.survivor_id))

    def undo(self, *, request: HttpRequest, merge: Any, survivor: Person | Company) -> HttpResponse:
        """Call the action and tell what stayed."""
        kind = "person" if isinstance(survivor, Person) else "company"
        act: Any = actions.undo_merge if kind == "person" else actions.undo_company_merge
        url = reverse(f"people:{kind}_detail", args=[survivor.pk])
        try:
            undone = act(merge=merge, by=self.user)
        except MergeError as error:
            messages.error(request, str(error))
            return redirect(url)
        audit.note(
            user=self.user, action=audit.MERGE_UNDONE, target=undone.survivor, details={"merge": merge.pk}
        )
        text = _("The merge was undone; “%(name)s” is a record of its own again.")
        messages.success(request, text % {"name": undone.restored})
        if undone.kept:
            names = sorted({_what(one.what, one.field) for one in undone.kept})
            stays = _("Changed since the merge and therefore left as it is: %(what)s.")
            messages.warning(request, stays % {"what": ", ".join(names)})
        return redirect(url)


class CompanyUndoView(UndoView):
    """Undo a merge of companies."""

    permission_required = ("people.view_company", "people.change_company", "people.merge_person")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        merge = CompanyMerge.objects.filter(pk=pk).first()
        if merge is None:
            raise Http404
        return self.undo(request=request, merge=merge, survivor=self.company(merge.survivor_id))


def _what(label: str, field: str) -> str:
    model = apps.get_model(label)
    if model in (Person, Company):
        return str(model._meta.get_field(field).verbose_name)
    return str(model._meta.verbose_name_plural)


def _back(request: HttpRequest, url: str) -> HttpResponse:
    return refresh() if request.headers.get("HX-Request") else redirect(url)

"""The people behind a bar: list, file, saved list."""

from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any, ClassVar
from urllib.parse import urlencode

import numpy as np
from django import forms
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.attract.replay.queries import near as recordings_near
from trichter.core.accounts import audit
from trichter.core.people.models import Person
from trichter.core.segments.actions import create_segment
from trichter.core.segments.models import Segment
from trichter.core.shell.export import FORMATS, TYPES
from trichter.core.shell.views.base import done
from trichter.kit.money import Money
from trichter.kit.tables.writing import Style, Value, write_csv, write_xlsx
from trichter.kit.text import clean

from .. import display
from ..actions import save_audience
from ..outcomes import Outcomes
from ..people import (
    Member,
    Selection,
    behind,
    first_touches,
    members,
    person_ids,
    read_selection,
    search_members,
    sort_members,
)
from ..queries import FunnelResult, evaluate
from ..tabs import dimension_label, segment_key, segment_label
from .base import FunnelView

PER_PAGE = 50
_LONGEST_SEARCH = 100


class PeopleView(FunnelView):
    """`?step=2&what=dropped&segment=v:google` and everything the funnel's own address says."""

    permission_required: ClassVar[tuple[str, ...]] = ("funnels.view_funnel", "people.view_person")

    def answered(self) -> tuple[FunnelResult, Selection, Outcomes]:
        """The result, what of it is meant, the outcomes behind it; 404 for a row the breakdown has not."""
        question = self.question
        result = evaluate(definition=question.definition, period=question.period, user=self.user)
        selection = read_selection(query=self.request.GET, steps=len(question.definition.steps))
        found = behind(result=result, selection=selection)
        if found is None:
            raise Http404
        return result, selection, found

    def rows(self, outcomes: Outcomes, selection: Selection, *, search: str, sort: str) -> list[Member]:
        """Searched and sorted lines."""
        unit = self.question.definition.unit
        found = members(outcomes=outcomes, step=selection.step, unit=unit, user=self.user)
        return sort_members(search_members(found, text=search), by=sort)

    def asked(self) -> tuple[str, str]:
        """Search text and order of the address, cleaned."""
        search = clean(self.request.GET.get("q", ""))[:_LONGEST_SEARCH]
        return search, self.request.GET.get("sort", "")[:20]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        result, selection, outcomes = self.answered()
        search, sort = self.asked()
        unit = self.question.definition.unit
        if search or sort.removeprefix("-") not in ("", "entered", "reached"):
            rows = self.rows(outcomes, selection, search=search, sort=sort)
            page: Any = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
            shown = list(page.object_list)
        else:
            # Names are needed for this page alone.
            ordered = _by_time(outcomes, sort, selection.step)
            page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
            shown = members(outcomes=list(page.object_list), step=selection.step, unit=unit, user=self.user)
        touches = first_touches(visitors=[row.actor for row in shown if row.actor < 0])
        films: dict[Any, Any] = {}
        if unit != "company":
            films = recordings_near(moments=[(row.actor, row.reached) for row in shown], user=self.user)
        params = self._params(selection, search=search, sort=sort)
        known = len(person_ids(outcomes=outcomes, unit=unit))
        label = result.definition.steps[selection.step - 1].label
        return self.show(
            "funnels/people.html",
            {
                "heading": heading(selection, result),
                "total": display.count(len(outcomes)),
                "found": page.paginator.count,
                "page": page,
                "rows": [
                    {"row": row, "touch": touches.get(row.actor, ""),
                     "film": films.get((row.actor, row.reached)),
                     "money": display.money(row.value, row.currency) if row.value is not None else ""}
                    for row in shown
                ],
                "known": known,
                "known_text": display.count(known),
                "unit": unit,
                "films": bool(films),
                "step_label": label,
                "later": selection.step > 1,
                "search": search,
                "sort": sort,
                "hidden": [(name, value) for name, value in params.items() if name != "q"],
                "query": urlencode(params),
                "whats": self._whats(selection, result),
                "steps": self._steps(selection, result),
                "segments": self._segments(selection, result),
                "heads": self._heads(params, unit, label),
                "back": f"{reverse('funnels:funnel_detail', args=[slug])}?{self.question.query()}",
                "may_export": request.user.has_perm("people.export_person"),
                "may_save": request.user.has_perm("funnels.add_savedaudience") and bool(known),
                "dimension": dimension_label(result.definition.breakdown.dimension)
                if result.definition.breakdown
                else "",
            },
        )  # fmt: skip

    def _params(self, selection: Selection, **extra: str) -> dict[str, str]:
        names = {"search": "q", "sort": "sort"}
        found = {name: value for name, value in self.question.params.items() if name not in ("tab", "scale")}
        found |= {"step": str(selection.step), "what": selection.what}
        if selection.segment:
            found["segment"] = selection.segment
        return found | {names[name]: value for name, value in extra.items() if value}

    def _link(self, selection: Selection, **changes: str | int) -> str:
        params: dict[str, str | int] = {**self._params(selection), **changes}
        return "?" + urlencode({name: value for name, value in params.items() if value != ""})

    def _whats(self, selection: Selection, result: FunnelResult) -> list[dict[str, Any]]:
        counts = self._counts(selection, result)
        names = (("reached", _("Reached")), ("dropped", _("Dropped")), ("open", _("Still open")))
        chosen = "reached" if selection.what == "finished" else selection.what
        return [
            {"label": label, "url": self._link(selection, what=what), "active": what == chosen,
             "count": display.count(counts[what])}
            for what, label in names
            if counts[what] or what == chosen
        ]  # fmt: skip

    def _counts(self, selection: Selection, result: FunnelResult) -> dict[str, int]:
        """The bar's own numbers, so that a tab and its list can never differ."""
        parts = {segment_key(part): part.counts for part in result.report.segments}
        counts = parts[selection.segment] if selection.segment else result.report.steps
        count = counts[selection.step - 1]
        return {"reached": count.reached, "dropped": count.dropped, "open": count.still_open}

    def _steps(self, selection: Selection, result: FunnelResult) -> list[dict[str, Any]]:
        return [
            {"value": number, "label": f"{number}. {step.label}", "chosen": number == selection.step}
            for number, step in enumerate(result.definition.steps, start=1)
        ]

    def _segments(self, selection: Selection, result: FunnelResult) -> list[dict[str, Any]]:
        return [
            {"value": segment_key(part), "label": segment_label(part, _dimension(result)),
             "chosen": segment_key(part) == selection.segment}
            for part in result.report.segments
        ]  # fmt: skip

    def _heads(self, params: dict[str, str], unit: str, label: str) -> list[dict[str, str]]:
        names = [("name", _("Company") if unit == "company" else _("Name"), "")]
        if unit != "company":
            names.append(("company", _("Company"), ""))
        names.append(("owner", _("Owner"), ""))
        if unit != "company":
            names.append(("stage", _("Stage today"), ""))
        names += [("entered", _("Entered"), ""), ("reached", _("Reached “%(step)s”") % {"step": label}, ""),
                  ("value", _("Amount"), "tr-num")]  # fmt: skip
        now = params.get("sort", "")
        found = []
        for key, text, css in names:
            after = f"-{key}" if now == key else key
            order = "asc" if now == key else "desc" if now == f"-{key}" else ""
            url = "?" + urlencode({**params, "sort": after})
            found.append({"key": key, "label": text, "css": f"{css} {order}".strip(), "url": url,
                          "aria": {"asc": "ascending", "desc": "descending"}.get(order, "")})  # fmt: skip
        return found


def _by_time(outcomes: Outcomes, sort: str, step: int) -> Outcomes:
    if sort.removeprefix("-") == "entered":
        order = np.argsort(outcomes.entered, kind="stable")
        return outcomes.take(order[::-1] if sort.startswith("-") else order)
    return outcomes.take(np.arange(len(outcomes))[::-1]) if sort in ("-reached", "") else outcomes


def _dimension(result: FunnelResult) -> str:
    breakdown = result.definition.breakdown
    return breakdown.dimension if breakdown is not None else ""


def heading(selection: Selection, result: FunnelResult) -> str:
    """What the list is, in a sentence."""
    label = result.definition.steps[selection.step - 1].label
    if result.definition.order == "any":
        label = _("at least %(n)s steps") % {"n": selection.step}
    texts = {
        "reached": _("Reached “%(step)s”"),
        "finished": _("Reached “%(step)s”"),
        "dropped": _("Dropped after “%(step)s”"),
        "open": _("Still open after “%(step)s”"),
    }
    text = texts[selection.what] % {"step": label}
    chosen = next((part for part in result.report.segments if segment_key(part) == selection.segment), None)
    return text if chosen is None else f"{text} · {segment_label(chosen, _dimension(result))}"


class PeopleExportView(PeopleView):
    """The whole list as a file; formulas in it are made harmless, and the download is written down."""

    permission_required = ("funnels.view_funnel", "people.view_person", "people.export_person")

    def get(self, request: HttpRequest, slug: str) -> Any:
        asked = request.GET.get("format", "xlsx")
        form = next((one for one in FORMATS if one == asked), None)
        if form is None:
            raise Http404
        result, selection, outcomes = self.answered()
        search, sort = self.asked()
        rows = self.rows(outcomes, selection, search=search, sort=sort)
        touches = first_touches(visitors=[row.actor for row in rows if row.actor < 0])
        title = heading(selection, result)
        headers = [_("Name"), _("E-mail"), _("Company"), _("Owner"), _("Stage today"), _("Entered"),
                   _("Reached"), _("Amount"), _("Currency"), _("First touch")]  # fmt: skip
        lines = [self._line(row, touches.get(row.actor, "")) for row in rows]
        zone: Any = timezone.get_current_timezone()
        file = TemporaryFile()  # noqa: SIM115 the response closes it
        if form == "xlsx":
            write_xlsx(file, headers, lines, title=self.funnel.name, zone=zone)
        else:
            text = TextIOWrapper(file, encoding="utf-8", newline="")
            write_csv(
                text, headers, lines, style=Style.german(zone) if form == "csv-de" else Style(zone=zone)
            )
            text.flush()
            text.detach()
        file.seek(0)
        audit.note(
            user=self.user,
            action=audit.EXPORTED,
            target=self.funnel,
            details={"list": title, "rows": len(lines)},
        )
        name = f"{self.funnel.slug}-{selection.step}-{selection.what}.{form.partition('-')[0]}"
        return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[form])

    def _line(self, row: Member, touch: str) -> list[Value]:
        mail = row.hint if row.person is not None and "@" in row.hint else ""
        amount: Value = None
        if row.value is not None:
            amount = Money(row.value, row.currency) if len(row.currency) == 3 else row.value
        return [row.name, mail, row.company, row.owner, row.stage, row.entered, row.reached, amount,
                row.currency, touch]  # fmt: skip


class AudienceForm(forms.Form):
    """Under which name a list is kept."""

    name = forms.CharField(max_length=120)
    segment = forms.BooleanField(required=False)


class PeopleSaveView(PeopleView):
    """Keeps the people of the list, as they are now, under a name."""

    permission_required = ("funnels.view_funnel", "people.view_person", "funnels.add_savedaudience")

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        result, selection, outcomes = self.answered()
        known = len(person_ids(outcomes=outcomes, unit=self.question.definition.unit))
        name = f"{self.funnel.name}: {heading(selection, result)}"[:120]
        return self._form(selection, known=known, name=name)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        result, selection, outcomes = self.answered()
        ids = person_ids(outcomes=outcomes, unit=self.question.definition.unit)
        form = AudienceForm(request.POST)
        if not form.is_valid() or not ids:
            nobody = _("There is nobody known by name in this list.")
            errors = [str(text) for text in form.errors.get("name", [])] or [nobody]
            name = request.POST.get("name", "")[:120]
            return self._form(selection, known=len(ids), name=name, errors=errors, status=422)
        period = f"{self.question.period.first_day:%d.%m.%Y} – {self.question.period.last_day:%d.%m.%Y}"
        origin = f"{self.funnel.name} · {heading(selection, result)} · {period}"
        if form.cleaned_data["segment"] and self.user.has_perm("segments.add_segment"):
            seen = Person.objects.visible_to(self.user).filter(merged_into=None)
            segment = create_segment(
                name=form.cleaned_data["name"], kind=Segment.Kind.STATIC, owner=self.user, origin=origin,
                people=sorted(set(seen.values_list("pk", flat=True)).intersection(ids)),
            )  # fmt: skip
            text = _("The segment “%(name)s” was saved.") % {"name": segment.name}
            return done(request=request, text=text, url=reverse("segments:detail", args=[segment.pk]))
        made = save_audience(
            name=form.cleaned_data["name"], origin=origin, people=ids, owner=self.user,
        )  # fmt: skip
        text = _("The list “%(name)s” was saved.") % {"name": made.name}
        return done(request=request, text=text, url=reverse("funnels:savedaudience_detail", args=[made.pk]))

    def _form(
        self,
        selection: Selection,
        *,
        known: int,
        name: str,
        errors: list[str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        panel = self.request.headers.get("HX-Target") == "panel-body"
        context = {
            "name": name,
            "errors": errors or [],
            "known": display.count(known),
            "action": f"{self.request.path}{self._link(selection)}",
            "back": reverse("funnels:funnel_people", args=[self.funnel.slug]) + self._link(selection),
        }
        template = "funnels/save_panel.html" if panel else "funnels/save_page.html"
        return self.show(template, context, status=status)

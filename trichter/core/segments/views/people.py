"""One person and a segment: why or why not; taking out by hand; members as a file."""

from collections.abc import Iterator
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.people import queries as people_queries
from trichter.core.people.models import Person
from trichter.kit.tables.writing import Style, write_csv, write_xlsx
from trichter.kit.text import slug

from .. import actions, queries
from ..errors import NotByHand
from ..facts import Needs, facts_of, moment_at
from ..forms import WhyForm
from ..labels import found_words, words
from ..models import Segment
from ..rules.judging import Verdict, explain
from ..rules.model import Group
from .base import CHANGE, PEOPLE, SegmentView

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "csv-de": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class WhyView(SegmentView):
    """The rule with an answer at every condition, for one person."""

    permission_required = PEOPLE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        chosen = people_queries.people(user=self.user).filter(pk=_number(request.GET.get("pk"))).first()
        form = WhyForm(request.GET if "person" in request.GET else None, initial={"person": chosen})
        form.for_user(self.user)
        if form.is_bound and form.is_valid():
            chosen = form.cleaned_data["person"]
        context: dict[str, Any] = {"form": form, "person": chosen}
        if chosen is not None and segment.dynamic:
            context |= why(segment=segment, person=chosen)
        return render(request, "segments/why.html", self.frame(segment, "why") | context)


def why(*, segment: Segment, person: Person) -> dict[str, Any]:
    """The answer as the page shows it."""
    rule = queries.stored_rule(segment.rule)
    facts = facts_of(people=[person.pk], needs=Needs.of([rule])).get(person.pk)
    if facts is None:
        return {}
    verdict = explain(rule, facts, moment_at(timezone.now()))
    return {"verdict": verdict.holds, "answers": _answers(verdict), "member": segment.pk in facts.segments}


def _answers(verdict: Verdict, depth: int = 0) -> list[dict[str, Any]]:
    found = "" if isinstance(verdict.node, Group) else found_words(verdict.node, verdict.found)
    line = {"depth": depth, "text": words(verdict.node), "holds": verdict.holds, "found": found}
    return [line, *(one for part in verdict.parts for one in _answers(part, depth + 1))]


class RemoveView(SegmentView):
    """Take somebody out of a segment that is kept by hand."""

    permission_required = (*CHANGE, "people.view_person")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        person = people_queries.people(user=self.user).filter(pk=_number(request.POST.get("person"))).first()
        try:
            done = actions.remove_people(segment=segment, people=[person.pk] if person else [], by=self.user)
        except NotByHand:
            messages.error(request, _("A rule decides who is in this segment."))
        else:
            text = _("The contact is no longer in the segment.") if done else _("Nobody was taken out.")
            messages.success(request, text)
        return redirect("segments:detail", pk=pk)


class ExportView(SegmentView):
    """The members whom the user may see, as a file."""

    permission_required = (*PEOPLE, "people.export_person")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        segment = self.segment(pk)
        form = request.GET.get("format", "xlsx")
        form = form if form in _TYPES else "xlsx"
        rows = queries.members(segment=segment, user=self.user).order_by("person_id")
        headers = [_("Number"), _("Name"), _("E-mail"), _("Company"), _("Stage"), _("Member since")]
        lines: Iterator[list[Any]] = (
            [row.person_id, row.person.name, row.person.email, str(row.person.company or ""),
             row.person.stage, row.since]
            for row in rows.iterator(2_000)
        )  # fmt: skip
        zone: Any = timezone.get_current_timezone()
        file = TemporaryFile()  # noqa: SIM115 the response closes it
        if form == "xlsx":
            write_xlsx(file, headers, lines, title=segment.name, zone=zone)
        else:
            text = TextIOWrapper(file, encoding="utf-8", newline="")
            style = Style.german(zone) if form == "csv-de" else Style(zone=zone)
            write_csv(text, headers, lines, style=style)
            text.flush()
            text.detach()
        file.seek(0)
        details = {"list": segment.name, "rows": rows.count()}
        audit.note(user=self.user, action=audit.EXPORTED, target=segment, details=details)
        name = f"{slug(segment.name) or 'segment'}.{form.partition('-')[0]}"
        return FileResponse(file, as_attachment=True, filename=name, content_type=_TYPES[form])


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0

"""The list of segments, one segment with its members, its log; copying and putting away."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.shell.queries import company_today

from .. import actions, queries
from ..errors import InUse
from ..models import Segment
from ..starters import STARTERS
from .base import ADD, CHANGE, PEOPLE, PER_PAGE, SegmentView


class ListView(SegmentView):
    """All segments with their sizes and trends; beginners get suggestions."""

    def get(self, request: HttpRequest) -> HttpResponse:
        archived = request.GET.get("show") == "archived"
        text = request.GET.get("q", "").replace("\0", "")[:100].strip()
        rows = queries.segments(archived=archived).select_related("owner")
        rows = rows.filter(name__icontains=text) if text else rows
        page = Paginator(rows.order_by("name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
        trends = queries.trends(ids=[one.pk for one in page], today=company_today())
        context = {
            "page": page,
            "rows": [_row(one, trends.get(one.pk, [])) for one in page],
            "archived": archived,
            "q": text,
            "starters": [] if rows or text or archived else STARTERS,
            "check": queries.last_check(),
            "switch": [
                {"label": _("In use"), "url": reverse("segments:list"), "active": not archived},
                {"label": _("Archived"), "url": "?show=archived", "active": archived},
            ],
        }
        return render(request, "segments/list.html", context)


def _row(segment: Segment, sizes: list[int]) -> dict[str, object]:
    """`points`: of the small line, in a box of 100 × 28."""
    sizes = [*sizes, segment.size]
    low, high = min(sizes), max(sizes)
    step = 100 / (len(sizes) - 1) if len(sizes) > 1 else 0
    points = [
        f"{number * step:.1f},{26 - 24 * (size - low) / ((high - low) or 1):.1f}"
        for number, size in enumerate(sizes)
    ]
    return {
        "segment": segment,
        "points": " ".join(points) if len(sizes) > 1 else "",
        "change": segment.size - sizes[0] if len(sizes) > 1 else None,
        "first": sizes[0],
    }


class DetailView(SegmentView):
    """Who is in the segment: those whom this user may see."""

    permission_required = PEOPLE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        rows = queries.members(segment=segment, user=self.user).order_by("-since", "-pk")
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        hidden = max(0, segment.size - page.paginator.count)
        context = {"page": page, "found": page.paginator.count, "hidden_people": hidden}
        return render(request, "segments/detail.html", self.frame(segment, "detail") | context)


class LogView(SegmentView):
    """Who joined and left, when and why."""

    permission_required = PEOPLE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        rows = queries.changes(segment=segment, user=self.user)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        return render(request, "segments/log.html", self.frame(segment, "log") | {"page": page})


class CopyView(SegmentView):
    """Another segment with the same rule or the same people."""

    permission_required = ADD
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        name = _("%(name)s (copy)") % {"name": segment.name[:100]}
        made = actions.copy_segment(segment=segment, name=name, owner=self.user)
        messages.success(request, _("The segment has been copied."))
        return redirect("segments:edit" if made.dynamic else "segments:detail", pk=made.pk)


class ArchiveView(SegmentView):
    """Put away, or take out again."""

    permission_required = CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        if segment.archived_at is not None:
            actions.restore_segment(segment=segment)
            messages.success(request, _("The segment is in use again."))
            return redirect("segments:detail", pk=pk)
        try:
            actions.archive_segment(segment=segment)
        except InUse:
            messages.error(request, _("Another segment builds on this one. Change that one first."))
            return redirect("segments:detail", pk=pk)
        messages.success(request, _("The segment has been archived."))
        return redirect("segments:list")

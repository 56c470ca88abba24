"""Looking for a person, the log of requests, and the files of exports."""

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from trichter.core.accounts import audit
from trichter.core.shell.queries import company_today

from .. import actions, files, queries
from ..forms import SearchForm
from .base import RightsView

_PAGE = 30


class RequestListView(RightsView):
    """The search, and every request with its deadline."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        form = SearchForm(request.GET)
        text = form.cleaned_data["q"] if form.is_valid() else ""
        page = Paginator(queries.requests(), _PAGE).get_page(request.GET.get("page"))
        today, now = company_today(), timezone.now()
        rows = [
            {
                "request": one,
                "due": one.received_on + queries.DEADLINE,
                "late": one.state != "done" and one.received_on + queries.DEADLINE < today,
                "file": bool(one.file and one.expires_at and one.expires_at > now),
            }
            for one in page.object_list
        ]
        context = self.context(
            form=form, text=text, found=queries.find(text) if text else [], page=page, rows=rows
        )
        return render(request, "rights/requests.html", context)


class DownloadView(RightsView):
    """The ZIP of an export, for seven days, to those who handle requests; each time is logged."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        found = queries.requests().filter(pk=pk).exclude(file="").first()
        if found is None or found.expires_at is None or found.expires_at <= timezone.now():
            raise Http404
        path = files.exports() / found.file
        if not path.is_file():
            raise Http404
        audit.note(user=self.user, action=actions.DOWNLOADED, target=found, details={"request": found.pk})
        response = FileResponse(path.open("rb"), as_attachment=True, filename=f"auskunft-{found.pk}.zip")
        response["Cache-Control"] = "no-store"
        return response

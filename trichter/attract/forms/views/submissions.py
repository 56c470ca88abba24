"""Acts on a submission, and the files that came with it."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from trichter.core.shell.views.base import ShellView

from .. import actions
from ..errors import FormsError
from ..models import Submission, Upload


class ActView(ShellView):
    """Release from quarantine, or process again."""

    permission_required = ("webforms.view_submission", "webforms.release_submission")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        user: Any = request.user
        row = get_object_or_404(Submission.objects.visible_to(user), pk=pk)
        if act not in ("release", "replay"):
            raise Http404
        try:
            (actions.release if act == "release" else actions.replay)(submission=row, by=user)
        except FormsError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("It is being processed. This takes a few seconds."))
        return redirect("webforms:submission_detail", pk=pk)


class UploadView(ShellView):
    """A file, always as a download: whatever is in it does not run in the back office."""

    permission_required = ("webforms.view_submission",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int, upload: int) -> HttpResponseBase:
        row = get_object_or_404(Submission.objects.visible_to(request.user), pk=pk)
        found = get_object_or_404(Upload, pk=upload, submission=row)
        try:
            content = found.file.open("rb")
        except (OSError, ValueError):
            raise Http404 from None
        answer = FileResponse(content, as_attachment=True, filename=found.name)
        answer["Content-Type"] = "application/octet-stream"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer

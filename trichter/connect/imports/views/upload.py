"""The upload: bounded before it is read, looked into before it is kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from trichter.core.shell.views.base import ShellView

from ..forms import UploadForm
from ..messages import message_of
from ..models import ImportRun
from ..problems import ImportFailed
from ..uploads import LOG_BYTES, Quota, store

_ENVELOPE = 1024 * 1024  # what a form adds to its file


@method_decorator(csrf_exempt, name="dispatch")
class UploadView(ShellView):
    """Choose a file. The token is checked here, not in the middleware: that would read all of a huge body."""

    permission_required = ("imports.view_importrun", "imports.add_importrun")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return _checked_get(request, None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            announced = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            announced = 0
        if announced > LOG_BYTES + _ENVELOPE:
            return _checked_get(request, "too_large")
        quota = Quota(request)
        request.upload_handlers.insert(0, quota)
        return _checked_post(request, quota)


@csrf_protect
def _checked_get(request: HttpRequest, code: str | None) -> HttpResponse:
    form = UploadForm(initial={"kind": request.GET.get("kind", "")})
    if code is None:
        return _page(request, form)
    form = UploadForm({})
    form.errors.clear()
    form.add_error("file", message_of(code, {"limit": LOG_BYTES}))
    return _page(request, form, status=413)


@csrf_protect
def _checked_post(request: HttpRequest, quota: Quota) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        if quota.exceeded:
            form.errors["file"] = form.error_class([message_of("too_large", {"limit": LOG_BYTES})])
        return _page(request, form, status=413 if quota.exceeded else 422)
    data: dict[str, Any] = form.cleaned_data
    try:
        run = store(file=data["file"], kind=data["kind"], user=request.user)
    except ImportFailed as error:
        form.add_error("file", message_of(error.code, error.params))
        return _page(request, form, status=422)
    if run.kind == ImportRun.Kind.ACCESS_LOG:
        return redirect("imports:run_detail", pk=run.pk)
    return redirect("imports:run_mapping", pk=run.pk)


def _page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "list_url": reverse("imports:run_list")}
    return render(request, "imports/upload.html", context, status=status)

"""Download of a list."""

from django.http import FileResponse, Http404, HttpRequest

from ..export import FORMATS, Format, export
from ..listing import build_listing
from .base import ResourceView


class ExportView(ResourceView):
    """`?format=xlsx|csv|csv-de` and the list's own query."""

    def get(self, request: HttpRequest) -> FileResponse:
        asked = request.GET.get("format", "xlsx")
        form: Format | None = next((one for one in FORMATS if one == asked), None)
        if form is None:
            raise Http404
        listing = build_listing(resource=self.resource, user=request.user, params=request.GET)
        made = export(listing=listing, form=form)
        return FileResponse(made.file, as_attachment=True, filename=made.name, content_type=made.content_type)

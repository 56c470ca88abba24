"""Files of the public site: pictures, and audio and video in parts, as players and podcast programs ask.

Other documents (a whitepaper behind a form) are not given out here.
"""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from trichter.core.accounts.access import public

FOLDERS = {
    "images": {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg"},
    "original_images": {".svg"},
    "documents": {".mp3", ".m4a", ".mp4", ".webm", ".vtt"},
}
_TYPES = {".m4a": "audio/mp4", ".vtt": "text/vtt", ".avif": "image/avif", ".webp": "image/webp"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_PIECE = 256 * 1024


@public
@require_safe
def media(request: HttpRequest, folder: str, name: str) -> HttpResponseBase:
    """A file, the whole or the part that the header Range asks for; 416 for a part that it does not have."""
    path = _found(folder, name)
    size, changed = path.stat().st_size, path.stat().st_mtime
    kind = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response: HttpResponseBase
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if asked and (asked[1] or asked[2]):
        first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
        if first > last or first >= size:
            response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
            return response
        response = StreamingHttpResponse(_part(path, first, last), status=206, content_type=kind)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = str(last - first + 1)
    else:
        response = FileResponse(path.open("rb"), content_type=kind)
        response["Content-Length"] = str(size)
    response["Accept-Ranges"] = "bytes"
    response["Last-Modified"] = http_date(changed)
    response["X-Content-Type-Options"] = "nosniff"
    # The name of a rendition changes with what is in it.
    age = 31_536_000 if folder == "images" else 3600
    response["Cache-Control"] = f"public, max-age={age}" + (", immutable" if folder == "images" else "")
    return response


def _found(folder: str, name: str) -> Path:
    root = Path(settings.MEDIA_ROOT) / folder
    path = (root / name).resolve()
    allowed = FOLDERS.get(folder, set())
    if path.suffix.lower() not in allowed or not path.is_relative_to(root.resolve()) or not path.is_file():
        raise Http404
    return path


def _part(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece

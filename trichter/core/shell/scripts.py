"""Scripts that pages of other sites load from this one."""

from hashlib import sha256

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified


def script_answer(request: HttpRequest, body: str | bytes) -> HttpResponse:
    """The script, the same for everybody and checked for news every five minutes; 304 for who has it."""
    content = body.encode() if isinstance(body, str) else body
    tag = f'"{sha256(content).hexdigest()[:16]}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=300"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

"""How a page is answered: its language, its content policy, its addresses."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from trichter.attract.ctas.visitors import was_asked
from trichter.core.shell.queries import company_zone

from .anchors import headings

PLAYERS = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]
FRESH = timedelta(minutes=1)


class ServedPage:
    """Mixin before Wagtail's Page."""

    language: str

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page in its own language and the company's time, whatever the browser asks for."""
        with translation.override(self.language), timezone.override(company_zone()):
            response = super().serve(request, *args, **kwargs)  # type: ignore[misc]
            response.render()
        response["Content-Language"] = self.language
        if self.embeds:
            # Other hosts' players are let in only where one is on the page, and loaded only after a click.
            response._csp_update = {"frame-src": PLAYERS}
        # A page with a form belongs to one visitor: the form knows him, or carries his token.
        asks = any(block.block_type == "form" for block in self.body)  # type: ignore[attr-defined]
        shared = not (asks or request.user.is_authenticated or "CSRF_COOKIE" in request.META)
        if was_asked(request):
            # Something on it was chosen for this visitor: by his browser's id, or by where he comes from.
            patch_vary_headers(response, ["Cookie", "Referer"])
            shared = shared and "tr_id" not in request.COOKIES
            if not shared or request.GET:
                patch_cache_control(response, private=True, no_cache=True)
        if shared and not request.GET:
            patch_cache_control(response, public=True, max_age=int(FRESH.total_seconds()))
        return response  # type: ignore[no-any-return]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the site's frame as `site`, and the page's data for machines as `head`."""
        from .frame import frame_of
        from .seo.head import head_of

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        frame = frame_of(page=self, request=request)
        context |= {"frame": frame, "head": head_of(page=self, request=request, frame=frame)}
        return context

    @property
    def has_hero(self) -> bool:
        """A hero carries the main heading; without one the template writes the title."""
        return any(block.block_type == "hero" for block in self.body)  # type: ignore[attr-defined]

    @property
    def embeds(self) -> bool:
        """Whether a player of another host can be opened on the page."""
        if getattr(self, "embed", ""):
            return True
        return any(b.block_type == "video" and b.value.embed for b in self.body)  # type: ignore[attr-defined]

    @property
    def contents(self) -> list[tuple[str, str]]:
        """(anchor, heading) of the headings of level 2, for a guide's table of contents."""
        found: list[tuple[str, str]] = []
        for block in self.body:  # type: ignore[attr-defined]
            if block.block_type == "text":
                found += headings(block.value["text"].source)
            elif "anchor" in block.value and block.value["anchor"] and block.value["heading"]:
                found.append((block.value["anchor"], block.value["heading"]))
        return found

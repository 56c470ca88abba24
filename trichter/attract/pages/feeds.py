"""RSS: articles of a list, and episodes of a podcast as podcast directories ask for them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed
from django.utils.xmlutils import SimplerXMLGenerator

from trichter.core.shell.queries import installation

from .models import EpisodePage, IndexPage, PodcastPage, SiteLook
from .queries import episodes_of, feed_entries
from .seo.head import absolute

_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"


def article_feed(*, page: IndexPage, request: HttpRequest) -> HttpResponse:
    """The newest pages below a list."""
    feed = Rss201rev2Feed(**_about(page, request))
    for entry in feed_entries(parent=page):
        url = absolute(entry.get_url(request) or "", base=_base(request))
        feed.add_item(
            title=entry.title, link=url, description=entry.summary or entry.search_description or "",
            author_name=None, pubdate=entry.first_published_at, updateddate=entry.last_published_at,
            unique_id=url, unique_id_is_permalink=True,
            categories=[entry.topic.name] if entry.topic is not None else [],
        )  # fmt: skip
    return _answer(feed, request)


class PodcastFeed(Rss201rev2Feed):
    """RSS 2.0 with Apple's elements."""

    def rss_attributes(self) -> dict[str, str]:
        """With the namespace."""
        return {**super().rss_attributes(), "xmlns:itunes": _ITUNES}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        """Who publishes the podcast, its cover and category."""
        super().add_root_elements(handler)
        more = self.feed["itunes"]
        _tag(handler, "itunes:author", more["author"])
        _tag(handler, "itunes:summary", more["summary"])
        _tag(handler, "itunes:type", "episodic")
        _tag(handler, "itunes:explicit", more["explicit"])
        _tag(handler, "itunes:category", None, {"text": more["category"]})
        if more["email"]:
            handler.startElement("itunes:owner", {})  # type: ignore[arg-type]
            _tag(handler, "itunes:name", more["author"])
            _tag(handler, "itunes:email", more["email"])
            handler.endElement("itunes:owner")
        if more["image"]:
            _tag(handler, "itunes:image", None, {"href": more["image"]})

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Length, numbers and cover of an episode."""
        super().add_item_elements(handler, item)
        for name, value in item["itunes"].items():
            if value not in (None, ""):
                _tag(handler, f"itunes:{name}", str(value))
        if item["cover"]:
            _tag(handler, "itunes:image", None, {"href": item["cover"]})


def podcast_feed(*, page: PodcastPage, request: HttpRequest) -> HttpResponse:
    """The episodes that have a file."""
    look, base = SiteLook.load(request_or_site=request), _base(request)
    author = page.owner_name or look.name or installation().name
    feed = PodcastFeed(
        **_about(page, request),
        itunes={
            "author": author, "email": page.owner_email or look.email, "category": page.category,
            "summary": page.summary or page.title, "explicit": "true" if page.explicit else "false",
            "image": _cover(page, base),
        },
    )  # fmt: skip
    for episode in episodes_of(podcast=page):
        if episode.audio_type:
            _add(feed, episode, request=request, base=base, explicit=page.explicit)
    return _answer(feed, request)


def _add(feed: PodcastFeed, episode: EpisodePage, *, request: HttpRequest, base: str, explicit: bool) -> None:
    url = absolute(episode.get_url(request) or "", base=base)
    audio: Any = episode.audio
    size = audio.file_size or audio.file.size
    feed.add_item(
        title=episode.title, link=url, description=episode.summary or episode.title,
        pubdate=episode.first_published_at, unique_id=f"{base}/episode/{episode.pk}",
        unique_id_is_permalink=False, author_name=None, cover=_cover(episode, base),
        enclosures=[Enclosure(absolute(audio.file.url, base=base), str(size), episode.audio_type)],
        itunes={
            "title": episode.title, "duration": episode.seconds, "season": episode.season,
            "episode": episode.number, "episodeType": "full", "explicit": "true" if explicit else "false",
        },
    )  # fmt: skip


def _cover(page: Any, base: str) -> str:
    """Square, as directories ask (1,400 to 3,000 pixels; smaller pictures are not blown up)."""
    if not (page.picture_id and page.picture):
        return ""
    return absolute(page.picture.get_rendition("fill-1400x1400|format-jpeg").url, base=base)


def _about(page: Any, request: HttpRequest) -> dict[str, Any]:
    base = _base(request)
    url = absolute(page.get_url(request) or "/", base=base)
    return {
        "title": page.seo_title or page.title, "link": url, "language": page.language,
        "description": page.search_description or page.summary or page.title,
        "feed_url": f"{url.rstrip('/')}/feed.xml",
    }  # fmt: skip


def _base(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _answer(feed: Rss201rev2Feed, request: HttpRequest) -> HttpResponse:
    response = HttpResponse(content_type="application/rss+xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    feed.write(response, "utf-8")
    return response


def _tag(handler: Any, name: str, text: str | None, attributes: dict[str, str] | None = None) -> None:
    handler.addQuickElement(name, text, attributes or {})

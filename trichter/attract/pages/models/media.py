"""Pages that are seen or heard: infographic, video, podcast."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.documents import get_document_model_string
from wagtail.url_routing import RouteResult

from ..blocks.content import check_video, embed_of
from .base import ContentPage

_DOCUMENT = get_document_model_string()
AUDIO = {".mp3": "audio/mpeg", ".m4a": "audio/mp4"}


class InfographicPage(ContentPage):
    """A picture that explains, and the same in words."""

    graphic = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("graphic"),
    )  # fmt: skip
    in_words = models.TextField(
        _("the graphic in words"), blank=True,
        help_text=_("For those who cannot see it, and for search engines."),
    )  # fmt: skip

    template = "pages/infographic.html"
    schema_type = "Article"
    list_kind = "infographic"
    own_panels = [FieldPanel("graphic"), FieldPanel("in_words")]

    class Meta:
        verbose_name = _("infographic")
        verbose_name_plural = _("infographics")


class VideoPage(ContentPage):
    """A video with what is said in it."""

    file = models.ForeignKey(
        _DOCUMENT, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("own file (MP4 or WebM)"),
    )  # fmt: skip
    captions = models.ForeignKey(
        _DOCUMENT, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("subtitles (WebVTT)"),
    )  # fmt: skip
    address = models.URLField(
        _("or address at YouTube or Vimeo"), blank=True, validators=[check_video],
        help_text=_("Nothing is loaded from there before the visitor clicks."),
    )  # fmt: skip
    seconds = models.PositiveIntegerField(_("length in seconds"), null=True, blank=True)
    transcript = models.TextField(_("what is said"), blank=True)

    template = "pages/video.html"
    schema_type = "VideoObject"
    list_kind = "video"
    own_panels = [
        MultiFieldPanel(
            [FieldPanel("file"), FieldPanel("captions"), FieldPanel("address"), FieldPanel("seconds")],
            heading=_("Video"),
        ),
        FieldPanel("transcript"),
    ]

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")

    @property
    def embed(self) -> str:
        """The player's address at the other host; "" for an own file."""
        return "" if self.file_id else embed_of(self.address)

    @property
    def host(self) -> str:
        """Whose player it is."""
        return "Vimeo" if "vimeo" in self.embed else "YouTube"


class PodcastPage(ContentPage):
    """A podcast: its episodes are the pages below, its feed is at `feed.xml`."""

    owner_name = models.CharField(_("publisher"), max_length=120, blank=True)
    owner_email = models.EmailField(_("publisher's e-mail"), blank=True)
    category = models.CharField(_("category at Apple Podcasts"), max_length=60, default="Business")
    explicit = models.BooleanField(_("explicit language"), default=False)

    template = "pages/podcast.html"
    schema_type = "PodcastSeries"
    list_kind = "podcast"
    own_panels = [
        MultiFieldPanel(
            [FieldPanel("owner_name"), FieldPanel("owner_email"), FieldPanel("category"),
             FieldPanel("explicit")],
            heading=_("Details for podcast directories"),
        ),
    ]  # fmt: skip
    subpage_types = ["pages.EpisodePage"]

    class Meta:
        verbose_name = _("podcast")
        verbose_name_plural = _("podcasts")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Also `feed.xml`."""
        if path_components == ["feed.xml"] and self.live:
            return RouteResult(self, kwargs={"feed": True})
        return super().route(request, path_components)

    def serve(self, request: HttpRequest, *args: Any, feed: bool = False, **kwargs: Any) -> HttpResponse:
        """The page, or its feed."""
        if feed:
            from ..feeds import podcast_feed

            return podcast_feed(page=self, request=request)
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the episodes, the newest first."""
        from ..queries import episodes_of

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["episodes"] = episodes_of(podcast=self)
        return context


class EpisodePage(ContentPage):
    """An episode of a podcast."""

    audio = models.ForeignKey(
        _DOCUMENT, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("audio file (MP3 or M4A)"),
    )  # fmt: skip
    seconds = models.PositiveIntegerField(_("length in seconds"), null=True, blank=True)
    season = models.PositiveSmallIntegerField(
        _("season"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    number = models.PositiveSmallIntegerField(
        _("episode"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    transcript = models.TextField(_("what is said"), blank=True)

    template = "pages/episode.html"
    schema_type = "PodcastEpisode"
    list_kind = "episode"
    parent_page_types = ["pages.PodcastPage"]
    own_panels = [
        MultiFieldPanel(
            [FieldPanel("audio"), FieldPanel("seconds"), FieldPanel("season"), FieldPanel("number")],
            heading=_("Episode"),
        ),
        FieldPanel("transcript"),
    ]

    class Meta:
        verbose_name = _("podcast episode")
        verbose_name_plural = _("podcast episodes")

    def clean(self) -> None:
        """Directories take MP3 and M4A only."""
        super().clean()
        if self.audio is not None and not self.audio_type:
            raise ValidationError({"audio": _("Choose an MP3 or M4A file.")})

    @property
    def audio_type(self) -> str:
        """The file's MIME type; "" for none that a podcast can have."""
        name = self.audio.file.name.lower() if self.audio is not None else ""
        return next((kind for ending, kind in AUDIO.items() if name.endswith(ending)), "")

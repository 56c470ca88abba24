from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import pgettext_lazy

from trichter.kit.personal import NOBODY, Held

_PAGES = (
    "ContentPage", "HomePage", "StandardPage", "IndexPage", "LandingPage", "ArticlePage", "GuidePage",
    "InfographicPage", "VideoPage", "PodcastPage", "EpisodePage", "WhitepaperPage", "CaseStudyPage",
    "FaqPage", "WebinarPage",
)  # fmt: skip


class PagesConfig(AppConfig):
    name = "trichter.attract.pages"
    label = "pages"
    verbose_name = pgettext_lazy("pages", "Content")
    # Published texts: who is named in them has been asked before they were published.
    personal: Mapping[str, Held] = dict.fromkeys(
        (*_PAGES, "Persona", "Topic", "SiteLook", "PageCheck"), NOBODY
    )
    audited: Mapping[str, tuple[str, ...]] = {"Persona": (), "Topic": (), "SiteLook": ()}

    def ready(self) -> None:
        """Menus and ways back are kept in memory; they change with pages, the look and the company's name."""
        for signal in (post_save, post_delete):
            signal.connect(_after_change, dispatch_uid=f"pages_changed_{id(signal)}")
        _sort_found_images_by_size()


def _sort_found_images_by_size() -> None:
    """Wagtail offers to sort found images by size, but its index does not name the column: an error 500."""
    from wagtail.images.models import Image
    from wagtail.search import index

    if not any(getattr(field, "field_name", "") == "file_size" for field in Image.search_fields):
        Image.search_fields = [*Image.search_fields, index.FilterField("file_size")]


def _after_change(*, sender: Any, raw: bool = False, **kwargs: Any) -> None:
    from wagtail.models import Page, PageViewRestriction, Site

    from trichter.core.shell.models import Installation

    from .frame import changed
    from .models import SiteLook

    if not raw and issubclass(sender, Page | Site | PageViewRestriction | SiteLook | Installation):
        changed()

from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held

_PAGES = (
    "ContentPage", "HomePage", "StandardPage", "IndexPage", "LandingPage", "ArticlePage", "GuidePage",
    "InfographicPage", "VideoPage", "PodcastPage", "EpisodePage", "WhitepaperPage", "CaseStudyPage", "FaqPage",
    "WebinarPage",
)  # fmt: skip


class PagesConfig(AppConfig):
    name = "trichter.attract.pages"
    label = "pages"
    verbose_name = _("Content")
    # Published texts: who is named in them has been asked before they were published.
    personal: Mapping[str, Held] = dict.fromkeys(
        (*_PAGES, "Persona", "Topic", "SiteLook", "PageCheck"), NOBODY
    )
    audited: Mapping[str, tuple[str, ...]] = {"Persona": (), "Topic": (), "SiteLook": ()}

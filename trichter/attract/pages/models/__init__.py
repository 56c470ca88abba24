"""Page types, and what they refer to. No behaviour beyond what Wagtail asks a page for."""

from .base import ContentPage, Persona, Phase, Topic
from .check import PageCheck
from .look import SiteLook
from .media import EpisodePage, InfographicPage, PodcastPage, VideoPage
from .offers import CaseStudyPage, Goal, LandingPage, PaperKind, WebinarPage, WhitepaperPage
from .texts import ArticlePage, FaqPage, GuidePage, HomePage, IndexPage, StandardPage

__all__ = [
    "ArticlePage", "CaseStudyPage", "ContentPage", "EpisodePage", "FaqPage", "Goal", "GuidePage", "HomePage",
    "IndexPage", "InfographicPage", "LandingPage", "PageCheck", "PaperKind", "Persona", "Phase",
    "PodcastPage", "SiteLook", "StandardPage", "Topic", "VideoPage", "WebinarPage", "WhitepaperPage",
]  # fmt: skip

"""Pages with a goal: landing page, whitepaper, webinar; and the case study."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from .base import ContentPage


class Goal(models.TextChoices):
    """What a landing page is for."""

    WHITEPAPER = "whitepaper", _("Whitepaper")
    DEMO = "demo", _("Demo")
    WEBINAR = "webinar", _("Webinar")
    TRIAL = "trial", _("Trial")
    NEWSLETTER = "newsletter", _("Newsletter")


class LandingPage(ContentPage):
    """A page with one goal, without the site's menu."""

    goal = models.CharField(_("goal"), max_length=12, choices=Goal.choices, default=Goal.DEMO)

    template = "pages/landing.html"
    list_kind = "landing"
    own_panels = [FieldPanel("goal")]

    class Meta:
        verbose_name = _("landing page")
        verbose_name_plural = _("landing pages")


class PaperKind(models.TextChoices):
    """What a paper is called; to search engines an e-book is a book."""

    WHITEPAPER = "whitepaper", _("Whitepaper")
    EBOOK = "ebook", _("E-book")


class WhitepaperPage(ContentPage):
    """A landing page for a paper or e-book. The file is not public: whoever asks by the form gets it."""

    kind = models.CharField(_("kind"), max_length=10, choices=PaperKind.choices, default=PaperKind.WHITEPAPER)
    pages_count = models.PositiveSmallIntegerField(_("number of pages"), null=True, blank=True)
    file = models.ForeignKey(
        "wagtaildocs.Document", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("file"),
    )  # fmt: skip

    template = "pages/landing.html"
    list_kind = "whitepaper"
    own_panels = [FieldPanel("kind"), FieldPanel("pages_count"), FieldPanel("file")]
    goal = Goal.WHITEPAPER.value

    class Meta:
        verbose_name = _("whitepaper or e-book")
        verbose_name_plural = _("whitepapers and e-books")


class CaseStudyPage(ContentPage):
    """Problem, solution, numbers of a customer who has agreed to it."""

    customer = models.CharField(_("customer"), max_length=120)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    size = models.CharField(_("size"), max_length=80, blank=True)

    template = "pages/case.html"
    schema_type = "Article"
    list_kind = "case"
    own_panels = [
        MultiFieldPanel(
            [FieldPanel("customer"), FieldPanel("industry"), FieldPanel("size")], heading=_("Customer")
        )
    ]

    class Meta:
        verbose_name = _("case study")
        verbose_name_plural = _("case studies")


class WebinarPage(ContentPage):
    """A landing page for a webinar."""

    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=45)
    speakers = models.CharField(_("speakers"), max_length=300, blank=True)

    template = "pages/landing.html"
    schema_type = "Event"
    list_kind = "webinar"
    own_panels = [
        MultiFieldPanel(
            [FieldPanel("starts_at"), FieldPanel("minutes"), FieldPanel("speakers")], heading=_("Webinar")
        )
    ]
    goal = Goal.WEBINAR.value

    class Meta:
        verbose_name = _("webinar")
        verbose_name_plural = _("webinars")

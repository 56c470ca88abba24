"""What every public page has: place in the funnel, texts for search engines, blocks."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Page

from ..blocks.registry import body
from ..panels import CheckPanel
from ..serving import ServedPage


def default_language() -> str:
    """The company's language; a function, so that migrations do not hold one company's."""
    return settings.LANGUAGE_CODE


class Phase(models.TextChoices):
    """Which part of the funnel an item is made for; the keys are those of the lifecycle's bands."""

    TOFU = "tofu", _("TOFU · attract")
    MOFU = "mofu", _("MOFU · qualify")
    BOFU = "bofu", _("BOFU · decide")
    AFTER = "after", _("After the sale")


class Persona(models.Model):
    """Somebody the company writes for, such as “Head of maintenance”. No real person."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.TextField(_("what moves them"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """What an item is about."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ContentPage(ServedPage, Page):
    """Any public page. One table for what all types share, so that lists and gaps need one query.

    translation_of: the page this one is a translation of; the group is that page and all its translations.
    """

    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default=default_language
    )
    translation_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("translation of"),
    )  # fmt: skip
    phase = models.CharField(_("funnel phase"), max_length=6, choices=Phase.choices, blank=True)
    persona = models.ForeignKey(
        Persona, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("persona")
    )
    topic = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("topic")
    )
    author = models.CharField(_("author"), max_length=120, blank=True)
    summary = models.TextField(
        _("summary"), max_length=400, blank=True, help_text=_("Shown in lists and feeds. Two sentences.")
    )
    picture = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("picture for lists and social networks"),
    )  # fmt: skip
    noindex = models.BooleanField(
        _("keep out of search engines"), default=False,
        help_text=_("Not in the sitemap, and search engines are asked not to list it."),
    )  # fmt: skip
    canonical = models.URLField(
        _("canonical address"), blank=True,
        help_text=_("Only if the same text stands first at another address."),
    )  # fmt: skip
    in_footer = models.BooleanField(_("link in the footer"), default=False)
    body = StreamField(body(), blank=True, verbose_name=_("content"))

    is_creatable = False
    template = "pages/page.html"
    schema_type: ClassVar[str] = "WebPage"
    list_kind: ClassVar[str] = "page"

    own_panels: ClassVar[list[Any]] = []
    content_panels = [*Page.content_panels, FieldPanel("summary")]
    funnel_panels = [
        MultiFieldPanel(
            [FieldPanel("phase"), FieldPanel("persona"), FieldPanel("topic"), FieldPanel("author")],
            heading=_("Place in the funnel"),
        ),
        MultiFieldPanel([FieldPanel("language"), FieldPanel("translation_of")], heading=_("Language")),
    ]
    seo_panels = [
        CheckPanel(heading=_("Check")),
        MultiFieldPanel(
            [
                FieldPanel("slug"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
                FieldPanel("picture"),
                FieldPanel("canonical"),
                FieldPanel("noindex"),
            ],
            heading=_("Search engines and social networks"),
        ),
        MultiFieldPanel([FieldPanel("show_in_menus"), FieldPanel("in_footer")], heading=_("Menus")),
    ]

    class Meta:
        verbose_name = _("content")
        verbose_name_plural = _("contents")

    def get_state_display(self) -> str:
        """The label of `state`, where a query has asked for it."""
        from ..queries import STATE_LABELS

        return str(STATE_LABELS[self.state])

    @classmethod
    def get_edit_handler(cls) -> Any:
        """Three tabs, the same for all types; `own_panels` come between summary and blocks."""
        found = cls.__dict__.get("_own_handler")
        if found is None:
            content = [*cls.content_panels, *cls.own_panels, FieldPanel("body")]
            found = TabbedInterface(
                [
                    ObjectList(content, heading=_("Content")),
                    ObjectList(cls.funnel_panels, heading=_("Funnel")),
                    ObjectList(cls.seo_panels, heading=_("Search engines")),
                ],
                base_form_class=cls.base_form_class,
            ).bind_to_model(cls)
            cls._own_handler = found
        return found

"""Calls to action, their variants, and the conditions under which something is shown."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.core.segments.models import Segment

from .rules import Terms


class Condition(models.Model):
    """When something is shown; every part that is set must hold. What is not known never holds.

    sources, media, campaigns: names separated by commas; `*` at the end stands for anything. stages: keys.
    page, days: a path (`*` for anything) that the browser looked at within so many days.
    """

    class Visit(models.TextChoices):
        FIRST = "first", _("first visit")
        RETURNING = "returning", _("returning visitor")

    name = models.CharField(_("name"), max_length=120, unique=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True)
    sources = models.CharField(_("sources of the visit"), max_length=500, blank=True)
    media = models.CharField(_("media of the visit"), max_length=500, blank=True)
    campaigns = models.CharField(_("campaigns of the visit"), max_length=500, blank=True)
    visit = models.CharField(_("visit"), max_length=9, choices=Visit.choices, blank=True)
    stages = models.JSONField(_("lifecycle stages"), default=list, blank=True)
    segment = models.ForeignKey(
        Segment, verbose_name=_("segment"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    page = models.CharField(_("looked at page"), max_length=300, blank=True)
    days = models.PositiveSmallIntegerField(_("within days"), default=30)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("display condition")
        verbose_name_plural = _("display conditions")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> Terms:
        """For the rules."""
        return Terms(
            language=self.language, sources=_names(self.sources), media=_names(self.media),
            campaigns=_names(self.campaigns), visit=self.visit, stages=tuple(self.stages),
            segment=self.segment_id, page=self.page, days=self.days,
        )  # fmt: skip


def _names(text: str) -> tuple[str, ...]:
    return tuple(one for part in text.split(",") if (one := part.strip().lower()))


class Offer(models.Model):
    """What is shown. A text that is missing in one language is taken from the other."""

    class Look(models.TextChoices):
        PRIMARY = "primary", _("filled button")
        SECONDARY = "secondary", _("outlined button")
        BAND = "band", _("band with text and button")

    text_de = models.CharField(_("text of the button in German"), max_length=60, blank=True)
    text_en = models.CharField(_("text of the button in English"), max_length=60, blank=True)
    line_de = models.CharField(_("line above in German"), max_length=200, blank=True)
    line_en = models.CharField(_("line above in English"), max_length=200, blank=True)
    target = models.CharField(_("leads to"), max_length=500)
    look = models.CharField(_("look"), max_length=9, choices=Look.choices, default=Look.PRIMARY)

    class Meta:
        abstract = True

    def words(self, name: str, language: str) -> str:
        """`text` or `line` in this language, else in the other one."""
        wanted, other = ("de", "en") if language.startswith("de") else ("en", "de")
        return str(getattr(self, f"{name}_{wanted}") or getattr(self, f"{name}_{other}"))


class Cta(Offer):
    """A call to action by its name; what it says itself is the default."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("call to action")
        verbose_name_plural = _("calls to action")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Variant(Offer):
    """What a call to action says instead, where `condition` holds. The first that holds counts."""

    cta = models.ForeignKey(Cta, verbose_name=_("call to action"), on_delete=models.CASCADE,
                            related_name="variants")  # fmt: skip
    name = models.CharField(_("name"), max_length=120)
    condition = models.ForeignKey(
        Condition, verbose_name=_("shown if"), on_delete=models.PROTECT, related_name="+"
    )
    position = models.PositiveSmallIntegerField(pgettext_lazy("sequence", "order"), default=10)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["cta", "position", "id"]

    def __str__(self) -> str:
        return self.name

"""Pop-ups and bars."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trichter.attract.ctas.models import Condition, Cta
from trichter.attract.forms.models import Form


class Popup(models.Model):
    """Something that shows itself on a page: one at a time, the one with the highest `priority` first.

    `pages`: patterns such as `/blog/*`, `except_pages` the same; none means every page. `value`: seconds of
    `trigger` time, per cent of scroll; without meaning for exit. `condition`, `devices`: only where both
    hold, which the server decides for each page view. `cap`: how often at most within `days`, for browsers
    that consented to be recognised; without consent once per page view, see docs/forms.md.
    """

    class Kind(models.TextChoices):
        POPUP = "popup", _("pop-up in the middle")
        CORNER = "corner", _("box in the corner")
        BAR = "bar", _("bar at the bottom")

    class Trigger(models.TextChoices):
        TIME = "time", _("after seconds")
        SCROLL = "scroll", _("after scrolling, in per cent")
        EXIT = "exit", _("when leaving (exit intent)")

    class Device(models.TextChoices):
        DESKTOP = "desktop", _("desktop")
        MOBILE = "mobile", _("smartphone")
        TABLET = "tablet", _("tablet")

    name = models.CharField(_("name"), max_length=120)
    active = models.BooleanField(_("in use"), default=False)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.POPUP)
    title_de = models.CharField(_("heading in German"), max_length=160, blank=True)
    title_en = models.CharField(_("heading in English"), max_length=160, blank=True)
    text_de = models.TextField(_("text in German"), max_length=2_000, blank=True)
    text_en = models.TextField(_("text in English"), max_length=2_000, blank=True)
    form = models.ForeignKey(
        Form, verbose_name=_("form"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cta = models.ForeignKey(
        Cta, verbose_name=_("call to action"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Its default becomes the button; the script is the same for everybody."),
    )  # fmt: skip
    link = models.CharField(_("link of the button"), max_length=500, blank=True)
    button_de = models.CharField(_("button in German"), max_length=60, blank=True)
    button_en = models.CharField(_("button in English"), max_length=60, blank=True)
    trigger = models.CharField(_("shows"), max_length=6, choices=Trigger.choices, default=Trigger.TIME)
    value = models.PositiveSmallIntegerField(_("seconds or per cent"), default=20)
    pages = models.JSONField(_("only on pages"), default=list, blank=True)
    except_pages = models.JSONField(_("not on pages"), default=list, blank=True)
    condition = models.ForeignKey(
        Condition, verbose_name=_("only if"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
        help_text=_(
            "A display condition: segment, stage, source of the visit and more. Segment and stage are known "
            "only of browsers that consented and are linked to a contact."
        ),
    )  # fmt: skip
    devices = models.JSONField(_("only on devices"), default=list, blank=True)
    cap = models.PositiveSmallIntegerField(_("at most so often"), default=1)
    days = models.PositiveSmallIntegerField(_("within days"), default=7)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=50)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("pop-up")
        verbose_name_plural = _("pop-ups")
        ordering = ["-priority", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def for_everybody(self) -> bool:
        """Whether only the page and the time decide, so that every browser may hold its rule."""
        return self.condition_id is None and not self.devices

    def words(self, name: str, language: str = "") -> str:
        """A text in this language, else in the other one."""
        wanted = "de" if (language or get_language() or "en").startswith("de") else "en"
        other = "en" if wanted == "de" else "de"
        return str(getattr(self, f"{name}_{wanted}") or getattr(self, f"{name}_{other}"))

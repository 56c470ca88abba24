"""Short links, and where they led before."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ShortLink(models.Model):
    """`/l/<slug>` leads to `target` with the campaign parameters added.

    A slug is never given away again, because it may be printed: links are switched off, not deleted.
    """

    name = models.CharField(_("name"), max_length=160)
    slug = models.CharField(_("short name"), max_length=60, unique=True)
    target = models.CharField(_("leads to"), max_length=2_000)
    source = models.CharField(_("source"), max_length=120, blank=True)
    medium = models.CharField(_("medium"), max_length=60, blank=True)
    campaign = models.CharField(_("campaign"), max_length=160, blank=True)
    content = models.CharField(_("content"), max_length=160, blank=True)
    term = models.CharField(_("term"), max_length=160, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    expires_at = models.DateTimeField(_("leads there until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("created by"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("short link")
        verbose_name_plural = _("short links")
        ordering = ["-created_at", "-id"]
        permissions = [("export_shortlink", "Can export short links")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Its address on this server."""
        return f"/l/{self.slug}"

    @property
    def tags(self) -> dict[str, str]:
        """Campaign parameters by name, empty ones left out."""
        names = ("source", "medium", "campaign", "content", "term")
        return {f"utm_{name}": value for name in names if (value := getattr(self, name))}

    def open_at(self, moment: Any = None) -> bool:
        """Whether it leads anywhere now."""
        now = moment or timezone.now()
        return self.active and (self.expires_at is None or now < self.expires_at)


class EarlierTarget(models.Model):
    """Where a link led until it was changed."""

    link = models.ForeignKey(ShortLink, on_delete=models.CASCADE, related_name="earlier")
    target = models.CharField(_("led to"), max_length=2_000)
    until = models.DateTimeField(_("until"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("earlier target")
        verbose_name_plural = _("earlier targets")
        ordering = ["-until", "-id"]

    def __str__(self) -> str:
        return self.target

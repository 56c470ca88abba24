"""Funnels under a name, each with the definition it is evaluated by."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Funnel(models.Model):
    """A saved funnel; `definition` is the JSON form of `definition.FunnelDefinition`."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    definition = models.JSONField(default=dict)
    default = models.BooleanField(_("default funnel"), default=False)
    preset = models.CharField(max_length=30, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("funnel")
        verbose_name_plural = _("funnels")
        ordering = ["-default", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["default"], condition=models.Q(default=True), name="funnels_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SavedAudience(models.Model):
    """People saved from a funnel bar (reached or dropped), frozen at the moment of saving."""

    name = models.CharField(_("name"), max_length=120)
    origin = models.CharField(_("origin"), max_length=300, blank=True)
    people = models.ManyToManyField("people.Person", related_name="+", blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

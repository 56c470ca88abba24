"""Advertising costs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AdCost(models.Model):
    """Cost of one campaign on one day (company zone), in minor units."""

    day = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=120)
    medium = models.CharField(_("medium"), max_length=60, blank=True)
    campaign = models.CharField(_("campaign"), max_length=160, blank=True)
    cost = models.BigIntegerField(_("cost"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    impressions = models.PositiveBigIntegerField(_("impressions"), null=True, blank=True)
    clicks = models.PositiveBigIntegerField(_("clicks"), null=True, blank=True)

    class Meta:
        verbose_name = _("ad cost")
        verbose_name_plural = _("ad costs")
        ordering = ["-day", "source", "campaign"]
        permissions = [("export_adcost", "Can export ad costs")]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "source", "medium", "campaign", "currency"], name="campaigns_cost_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.source} {self.campaign}"


class CampaignName(models.Model):
    """A name that links may carry, beside those every report knows. Spelled as `naming.tidy` gives it."""

    class Kind(models.TextChoices):
        SOURCE = "source", _("source")
        MEDIUM = "medium", _("medium")
        CAMPAIGN = "campaign", _("campaign")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.CAMPAIGN)
    name = models.CharField(_("name"), max_length=160)
    note = models.CharField(_("what it stands for"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("campaign name")
        verbose_name_plural = _("campaign names")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="campaigns_name_once")]

    def __str__(self) -> str:
        return self.name

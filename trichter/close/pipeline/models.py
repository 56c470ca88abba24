"""Pipelines, their stages, and deals."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.visibility import OwnedQuerySet
from trichter.core.people.models import Company, Person


class Pipeline(models.Model):
    """A sequence of stages that deals pass."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PipelineStage(models.Model):
    """A step of a pipeline; `probability` in percent; after `rotting_days` in it a deal is stuck."""

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"))
    probability = models.PositiveSmallIntegerField(_("probability"), default=50)
    rotting_days = models.PositiveSmallIntegerField(_("stuck after days"), null=True, blank=True)

    class Meta:
        verbose_name = _("pipeline stage")
        verbose_name_plural = _("pipeline stages")
        ordering = ["pipeline", "position"]
        constraints = [models.UniqueConstraint(fields=["pipeline", "name"], name="pipeline_stage_name")]

    def __str__(self) -> str:
        return self.name


class DealQuerySet(OwnedQuerySet):
    """Deals are seen by their owner, his team and those who see everything; unowned ones by all."""


class Deal(models.Model):
    """A sales opportunity as it stands today. Its past is in the journal.

    `stage_since`: when it came into its stage; None: when it was opened.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        WON = "won", _("won")
        LOST = "lost", _("lost")

    name = models.CharField(_("name"), max_length=200)
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    company = models.ForeignKey(
        Company, verbose_name=_("company"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    pipeline = models.ForeignKey(
        Pipeline, verbose_name=_("pipeline"), on_delete=models.PROTECT, related_name="+"
    )
    stage = models.ForeignKey(
        PipelineStage,
        verbose_name=_("stage"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    amount = models.BigIntegerField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    status = models.CharField(
        _("status"), max_length=5, choices=Status.choices, default=Status.OPEN, db_index=True
    )
    lost_reason = models.CharField(_("reason for loss"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    stage_since = models.DateTimeField(_("in this stage since"), null=True, blank=True)
    expected_close = models.DateField(_("expected close"), null=True, blank=True)
    external_source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(_("external ID"), max_length=120, blank=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ["-opened_at"]
        permissions = [("export_deal", "Can export deals")]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                condition=~models.Q(external_id=""),
                name="pipeline_deal_external",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DealPerson(models.Model):
    """Somebody who has a say in the purchase, beside the deal's own contact. What: `Person.buying_role`."""

    deal = models.ForeignKey(Deal, verbose_name=_("deal"), on_delete=models.CASCADE, related_name="involved")
    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("person of a deal")
        verbose_name_plural = _("people of deals")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["deal", "person"], name="pipeline_person_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} – {self.person_id}"

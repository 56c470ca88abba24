"""The versions of the score model, and the copies kept of what follows from them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.core.people.models import Person


def _colleague() -> "models.ForeignKey[models.Model | None, models.Model | None]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )


class ScoreVersion(models.Model):
    """A score model, proposed by somebody and agreed on by marketing and by sales.

    `effective_from` is empty until both have agreed, or management has switched the version on;
    `planned_for`: not before then. `applied_at`: when everybody had been looked at under it.
    """

    number = models.PositiveSmallIntegerField(_("version"), unique=True)
    written = models.TextField(_("explanation"))
    definition = models.JSONField(_("model"), default=dict)
    reason = models.CharField(_("reason for the change"), max_length=300, blank=True)
    planned_for = models.DateTimeField(_("not before"), null=True, blank=True)
    marketing_by = _colleague()
    marketing_at = models.DateTimeField(null=True, blank=True)
    sales_by = _colleague()
    sales_at = models.DateTimeField(null=True, blank=True)
    switched_on_by = _colleague()
    effective_from = models.DateTimeField(_("effective from"), null=True, blank=True, unique=True)
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = _colleague()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "lifecycle"
        verbose_name = _("score model")
        verbose_name_plural = _("score models")
        ordering = ["-number"]
        permissions = [
            ("propose_score", "Can propose a score model and see what it would change"),
            ("agree_score_marketing", "Can agree to a score model for marketing"),
            ("agree_score_sales", "Can agree to a score model for sales"),
            ("switch_on_score", "Can switch a score model on without both sides"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class Standing(models.Model):
    """A person's score, a copy kept by the follower; `next_change_at`: when time alone changes it."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="standing")
    version = models.PositiveSmallIntegerField(_("version"))
    behaviour = models.IntegerField(_("behaviour points"))
    fit = models.IntegerField(_("fit points"))
    grade = models.CharField(_("grade"), max_length=1)
    groups = models.JSONField(_("groups"), default=dict)
    next_change_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        app_label = "lifecycle"
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        indexes = [models.Index(fields=["grade", "behaviour"], name="lifecycle_standing_axes")]

    def __str__(self) -> str:
        return f"{self.grade} {self.behaviour}"


class NotedProfile(models.Model):
    """What was last noted of a person's profile; `key` is a digest of the columns it was made of."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=32)
    facts = models.JSONField(default=dict)

    class Meta:
        app_label = "lifecycle"
        verbose_name = _("noted profile")
        verbose_name_plural = _("noted profiles")

    def __str__(self) -> str:
        return str(self.person_id)


class ScoreCheck(models.Model):
    """A nightly comparison of all stored scores with a recomputation."""

    at = models.DateTimeField(_("time"), db_index=True)
    people = models.PositiveIntegerField(_("people"))
    differences = models.PositiveIntegerField(_("differences"))
    examples = models.JSONField(default=list)

    class Meta:
        app_label = "lifecycle"
        verbose_name = _("score check")
        verbose_name_plural = _("score checks")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.differences}"

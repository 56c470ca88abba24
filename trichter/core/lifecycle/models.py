"""Stages, the versions of their rules, and the stages entered."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.core.journal.models import CurrentTransaction, Event, Identity
from trichter.core.people.models import Person

from .defaults import translated
from .scoring.models import NotedProfile, ScoreCheck, ScoreVersion, Standing

__all__ = [
    "NotedProfile", "ScoreCheck", "ScoreVersion", "Stage", "StageChange", "StageVersion", "Standing",
    "Transition",
]  # fmt: skip


class Stage(models.Model):
    """A stage of the lifecycle, in the order of `position`."""

    class Band(models.TextChoices):
        TOFU = "tofu", _("TOFU · attract")
        MOFU = "mofu", _("MOFU · qualify")
        BOFU = "bofu", _("BOFU · decide")
        AFTER = "after", _("After the sale")

    key = models.SlugField(_("key"), max_length=30, unique=True)
    label = models.CharField(_("name"), max_length=60)
    band = models.CharField(_("phase"), max_length=6, choices=Band.choices)
    position = models.PositiveSmallIntegerField(_("position"), unique=True)

    class Meta:
        verbose_name = _("lifecycle stage")
        verbose_name_plural = _("lifecycle stages")
        ordering = ["position"]
        permissions = [
            ("set_stage", "Can set a person's stage by hand"),
            ("preview_rule", "Can see what another rule would change"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The label; one that the house came with in the reader's language."""
        return translated(self.label)


class StageVersion(models.Model):
    """What a stage means from `effective_from` on: in words for people, as a rule for the machine.

    `applied_at`: when everybody had been looked at again under it; None until then.
    """

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    written_rule = models.TextField(_("agreed rule in words"))
    machine_rule = models.JSONField(_("machine rule"), default=dict)
    effective_from = models.DateTimeField(_("effective from"))
    reason = models.CharField(_("reason for the change"), max_length=300, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("rule version")
        verbose_name_plural = _("rule versions")
        ordering = ["stage", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "number"], name="lifecycle_version_number"),
            models.UniqueConstraint(fields=["stage", "effective_from"], name="lifecycle_version_date"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} v{self.number}"

    @property
    def words(self) -> str:
        """The rule in words; one that the house came with in the reader's language."""
        return translated(self.written_rule)


class Transition(models.Model):
    """An actor entered a stage. Owned by the follower and rebuilt at will: a pure function of the journal.

    The actor is a person, or an identity that is linked to nobody. `position` orders entries that share
    one cause; `implied` marks a stage that was jumped over; `backward` a move to an earlier stage.
    """

    person = models.ForeignKey(
        Person, null=True, on_delete=models.CASCADE, related_name="transitions", db_index=False
    )
    identity = models.ForeignKey(Identity, null=True, on_delete=models.CASCADE, related_name="+")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    cause = models.ForeignKey(
        Event, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    implied = models.BooleanField(default=False)
    backward = models.BooleanField(default=False)
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("stage entry")
        verbose_name_plural = _("stage entries")
        indexes = [
            models.Index(fields=["stage", "at"], name="lifecycle_stage_at"),
            models.Index(fields=["person", "stage", "at"], name="lifecycle_person_stage"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) ^ models.Q(identity__isnull=True),
                name="lifecycle_one_actor",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.at:%Y-%m-%d}"


class StageChange(models.Model):
    """The stage entries of an actor were written anew; both empty: those of everybody were dropped.

    Whoever keeps a copy of the entries reads this table in the order of its ids, as followers read the
    journal; on PostgreSQL a row may appear behind one that has been read, until its transaction is settled.
    """

    txid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    person = models.BigIntegerField(null=True)
    identity = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("change of stages")
        verbose_name_plural = _("changes of stages")

    def __str__(self) -> str:
        return f"{self.person or ''} {self.identity or ''}".strip()

"""Journeys, their versions, who is in them, every step taken, and calls to other programs."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.visibility import visible_people
from trichter.core.mail.models import Delivery
from trichter.core.people.models import Person


class Journey(models.Model):
    """`draft`: the definition being edited (JSON). `current`: the version new people walk by.

    `running_since`: nothing that happened before makes anybody enter. `secret`: signs calls to programs.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")

    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), max_length=2_000, blank=True)
    key = models.CharField(max_length=40, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    draft = models.JSONField(default=dict, blank=True)
    current = models.ForeignKey(
        "Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    running_since = models.DateTimeField(null=True, blank=True, editable=False)
    secret = models.CharField(max_length=80, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("created by"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """The definition as it was switched on. Never changed: whoever began by it ends by it."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    definition = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version of a journey")
        verbose_name_plural = _("versions of journeys")
        ordering = ["journey", "-number"]
        constraints = [models.UniqueConstraint(fields=["journey", "number"], name="journeys_version_number")]

    def __str__(self) -> str:
        return f"{self.journey_id} v{self.number}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Rows follow the visibility of the person."""

    def visible_to(self, user: Any) -> "EnrolmentQuerySet":
        """Those of people this user may see."""
        return self.filter(visible_people(user=user, path="person__"))


class Enrolment(models.Model):
    """A person in a journey, for the `round`-th time.

    Moved by conditional updates alone: `moves` counts them, and whoever moves names the number it has seen.
    `due_at`: when to look again. `since`, `cause`: the moment and the journal's line that led here; `how`:
    event, stage, date or hand. `why`: how it ended. `failures`, `error`: a step that breaks is tried again.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("under way")
        DONE = "done", _("finished")
        LEFT = "left", _("left")
        STOPPED = "stopped", _("stopped")

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="enrolments", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveIntegerField(default=1)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ACTIVE)
    step = models.CharField(max_length=20)
    came_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    moves = models.PositiveIntegerField(default=0)
    how = models.CharField(max_length=10)
    cause = models.BigIntegerField(null=True, blank=True)
    since = models.DateTimeField()
    started_at = models.DateTimeField(_("entered"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    why = models.CharField(max_length=20, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("person in a journey")
        verbose_name_plural = _("people in journeys")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["journey", "person", "round"], name="journeys_round_once"),
            models.UniqueConstraint(
                fields=["journey", "person"], condition=models.Q(state="active"), name="journeys_active_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="journeys_due"),
            models.Index(fields=["journey", "state", "step"], name="journeys_at_step"),
            models.Index(
                fields=["journey"],
                name="journeys_broken",
                condition=models.Q(state="active", failures__gt=0),
            ),
        ]
        permissions = [("enrol_person", "Can put people into journeys and take them out")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.journey_id}#{self.round}"


class Passage(models.Model):
    """One person at one step: came, left, and with what outcome. At most one row per step, for ever.

    `left_at` None: is there now. Written in the transaction of what the step does. `detail`: for people.
    """

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="passages", db_index=False
    )
    step = models.CharField(max_length=20)
    came_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("step taken")
        verbose_name_plural = _("steps taken")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="journeys_step_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.step} {self.outcome}"


class Call(models.Model):
    """A call to another program: the only permission to make it. Claimed by a conditional update.

    Whoever dies while calling leaves the row `sending`; after `lease_until` it is `due` again, under the same
    number, by which the receiver knows a repetition. `unclear`: nobody knows about the last attempt either.
    """

    class State(models.TextChoices):
        DUE = "due", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNCLEAR = "unclear", _("unclear")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="calls", db_index=False)
    step = models.CharField(max_length=20)
    url = models.CharField(max_length=500)
    body = models.JSONField()
    number = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("call to a program")
        verbose_name_plural = _("calls to programs")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="journeys_call_once")]
        indexes = [models.Index(fields=["state", "next_at"], name="journeys_call_due")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.step} {self.state}"

"""Newsletters, and whom each was meant for."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.core.accounts.visibility import visible_people
from trichter.core.consent.queries import name_of
from trichter.core.mail.models import Mailing
from trichter.core.people.models import Person
from trichter.core.segments.models import Segment

from ..mailtemplates.models import MailTemplate


class Newsletter(models.Model):
    """A template for the members of segments at a time.

    `revision`: the template's version, pinned at the start. `day` and `clock` are a wall time: of the
    company, or (`local`) of each contact. `starts_at`: when the recipients are frozen (UTC). `why`: the
    reason why a scheduled start did not take place. Empty sender fields mean those of the mail settings.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SCHEDULED = "scheduled", _("scheduled")
        FREEZING = "freezing", _("being prepared")
        STARTED = "started", _("started")
        STOPPED = "stopped", _("stopped")

    class Timing(models.TextChoices):
        NOW = "now", _("at once")
        COMPANY = "company", _("at a time on the company's clock")
        LOCAL = "local", _("at a time on each contact's own clock")

    name = models.CharField(_("name"), max_length=120)
    template = models.ForeignKey(
        MailTemplate, verbose_name=_("template"), on_delete=models.PROTECT, related_name="+"
    )
    revision = models.PositiveIntegerField(null=True, editable=False)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    preheader = models.CharField(_("preview line"), max_length=200, blank=True)
    from_name = models.CharField(_("sender's name"), max_length=120, blank=True)
    from_address = models.EmailField(_("sender's address"), blank=True)
    reply_to = models.EmailField(_("replies to"), blank=True)
    purpose = models.CharField(_("topic"), max_length=40, default="newsletter")
    include = models.ManyToManyField(Segment, verbose_name=_("segments"), related_name="+")
    exclude = models.ManyToManyField(Segment, verbose_name=_("without"), blank=True, related_name="+")
    timing = models.CharField(_("when"), max_length=8, choices=Timing.choices, default=Timing.NOW)
    day = models.DateField(_("day"), null=True, blank=True)
    clock = models.TimeField(pgettext_lazy("clock", "time"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    why = models.CharField(_("reason"), max_length=500, blank=True)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    mailing = models.OneToOneField(
        Mailing, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("created by"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        ordering = ["-created_at", "-id"]
        permissions = [("send_newsletter", "Can start, pause, resume and stop a newsletter")]

    def __str__(self) -> str:
        return self.name

    @property
    def editable(self) -> bool:
        """Whether it can still be changed: nothing has been frozen."""
        return self.state == self.State.DRAFT

    @property
    def topic(self) -> str:
        """The purpose in words."""
        return name_of(self.purpose)

    @property
    def begun(self) -> bool:
        """Whether its recipients are frozen, or being frozen."""
        return self.state in (self.State.FREEZING, self.State.STARTED, self.State.STOPPED)


class Outcome(models.TextChoices):
    """What freezing made of somebody in the segments."""

    WAITING = "", _("not looked at yet")
    QUEUED = "queued", _("gets the mail")
    NO_ADDRESS = "no_address", _("no e-mail address")
    NO_CONSENT = "no_consent", _("no consent for this topic")
    SUPPRESSED = "suppressed", _("address is suppressed")
    RESTRICTED = "restricted", _("processing is restricted")
    DUPLICATE = "duplicate", _("same address as another contact")


class AddresseeQuerySet(models.QuerySet["Addressee"]):
    """Rows follow the visibility of the person."""

    def visible_to(self, user: Any) -> "AddresseeQuerySet":
        """About people whom this user may see."""
        return self.filter(visible_people(user=user, path="person__"))


class Addressee(models.Model):
    """Somebody who was in the segments when the newsletter started, and what came of it.

    The rows are written in one transaction at the start; then each gets its outcome, together with the row of
    the mail ledger, once. `segments`: those of the newsletter that the person was in.
    """

    newsletter = models.ForeignKey(
        Newsletter, on_delete=models.CASCADE, related_name="addressees", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    segments = models.JSONField(default=list)

    objects = AddresseeQuerySet.as_manager()

    class Meta:
        verbose_name = _("addressee of a newsletter")
        verbose_name_plural = _("addressees of newsletters")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["newsletter", "person"], name="newsletters_addressee_once")
        ]
        indexes = [models.Index(fields=["newsletter", "outcome"], name="newsletters_outcome")]

    def __str__(self) -> str:
        return f"{self.newsletter_id}/{self.person_id} {self.outcome}"

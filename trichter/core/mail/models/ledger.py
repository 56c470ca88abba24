"""The ledger: one row per recipient and purpose, which is the only permission to send."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.visibility import visible_people
from trichter.core.journal.models import Identity
from trichter.core.people.models import Person


class Mailing(models.Model):
    """What is sent: its class decides which gates a mail has to pass.

    `purpose`: the consent purpose that marketing mail needs. `why`: the reason of a pause, for people.
    Empty sender fields mean those of the settings.
    """

    class Class(models.TextChoices):
        MARKETING = "marketing", _("marketing")
        CONTRACT = "contract", _("contract")
        SYSTEM = "system", _("system")

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")

    key = models.SlugField(_("key"), max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=160)
    message_class = models.CharField(_("kind of message"), max_length=10, choices=Class.choices)
    purpose = models.CharField(_("consent purpose"), max_length=40, blank=True)
    from_name = models.CharField(_("sender's name"), max_length=120, blank=True)
    from_address = models.EmailField(_("sender's address"), blank=True)
    reply_to = models.EmailField(_("replies to"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RUNNING)
    why = models.CharField(_("reason"), max_length=500, blank=True)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name


class Content(models.Model):
    """A finished text, kept as it was when it was queued; many rows may share one. Never changed."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="contents")
    subject = models.CharField(_("subject"), max_length=250)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("mail content")
        verbose_name_plural = _("mail contents")
        constraints = [models.UniqueConstraint(fields=["mailing", "digest"], name="mail_content_once")]

    def __str__(self) -> str:
        return self.subject


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Rows follow the visibility of the person they are about."""

    def visible_to(self, user: Any) -> "DeliveryQuerySet":
        """Rows about people this user may see, and those about nobody we know."""
        return self.filter(visible_people(user=user, path="person__"))


class Delivery(models.Model):
    """One mail for one recipient. `key`: its purpose, so that the same thing is never sent twice.

    Claimed by a conditional update (`due` → `sending` with `lease_token`). Whoever finds a `sending` row
    after `lease_until` makes it `unclear`: the mail may or may not have left. `lane`: 0 before 1.
    `content`, or `renderer` with `variables`, says what is sent. `domain`: of the recipient.
    `own_request`: goes also while processing is restricted (Art. 18 GDPR), because the recipient has just
    asked for this very mail, or is a colleague.
    """

    class State(models.TextChoices):
        DUE = "due", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        BOUNCED = "bounced", _("bounced")
        SUPPRESSED = "suppressed", _("held back")
        UNCLEAR = "unclear", _("unclear")
        CANCELLED = "cancelled", _("cancelled")

    mailing = models.ForeignKey(
        Mailing, verbose_name=_("mailing"), on_delete=models.PROTECT, related_name="deliveries"
    )
    key = models.CharField(_("purpose"), max_length=160)
    identity = models.ForeignKey(Identity, null=True, on_delete=models.SET_NULL, related_name="+")
    person = models.ForeignKey(
        Person, verbose_name=_("contact"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    address = models.EmailField(_("address"), blank=True)
    domain = models.CharField(max_length=253, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    content = models.ForeignKey(Content, null=True, on_delete=models.PROTECT, related_name="+")
    renderer = models.CharField(max_length=60, blank=True)
    variables = models.JSONField(default=dict, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DUE)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    detail = models.CharField(_("answer"), max_length=500, blank=True)
    lane = models.PositiveSmallIntegerField(default=1)
    not_before = models.DateTimeField(_("not before"))
    next_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True, default=None)
    provider_id = models.CharField(max_length=200, blank=True, db_index=True)
    per_person = models.BooleanField(default=False)
    own_request = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("queued"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("bounced"), null=True, blank=True)
    complained_at = models.DateTimeField(_("complaint"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    clicked_at = models.DateTimeField(_("clicked"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "key", "identity"], name="mail_delivery_once")
        ]
        indexes = [
            models.Index(fields=["state", "lane", "next_at"], name="mail_delivery_due"),
            models.Index(fields=["identity", "sent_at"], name="mail_delivery_to"),
            models.Index(fields=["sent_at"], name="mail_delivery_sent"),
        ]
        permissions = [
            ("decide_delivery", "Can decide about mails whose outcome is unclear"),
            ("export_delivery", "Can export the list of mails"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.mailing_id}/{self.key}"

    @staticmethod
    def new_token() -> uuid.UUID:
        """What proves that a claimed row is held by the one who claimed it."""
        return uuid.uuid4()


class Step(models.Model):
    """What happened to a row, in order: the whole history a colleague can read."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Delivery.State.choices)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("step of a mail")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.state}"

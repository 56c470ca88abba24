"""What comes back, stored as it came before anything is concluded from it; and what the checks found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .ledger import Delivery


class Inbound(models.Model):
    """A message from the bounce mailbox. `digest` of its bytes: fetched twice, it counts once."""

    class Kind(models.TextChoices):
        HARD = "hard", _("hard bounce")
        SOFT = "soft", _("soft bounce")
        COMPLAINT = "complaint", _("complaint")
        UNSUBSCRIBE = "unsubscribe", _("unsubscription")
        PROOF = "proof", _("test of the set-up")
        REPLY = "reply", _("automatic reply")
        OTHER = "other", _("something else")

    digest = models.CharField(max_length=64, unique=True)
    raw = models.TextField(blank=True)
    received_at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="+")
    processed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("returned message")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.received_at:%Y-%m-%d %H:%M}"


class ProviderCall(models.Model):
    """A call of a sending service, whose signature was right, with its body as it came."""

    provider = models.CharField(max_length=30)
    content_type = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("call of a sending service")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.provider} #{self.pk}"


class ProviderEvent(models.Model):
    """The number of an event that a sending service told; told twice, it counts once."""

    provider = models.CharField(max_length=30)
    number = models.CharField(max_length=200)
    call = models.ForeignKey(ProviderCall, on_delete=models.CASCADE, related_name="events")

    class Meta:
        verbose_name = _("event of a sending service")
        constraints = [models.UniqueConstraint(fields=["provider", "number"], name="mail_provider_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.number}"


class Check(models.Model):
    """What the name service and the mail server said about one point. `found`: answers, `error`: instead."""

    name = models.CharField(max_length=40, unique=True)
    found = models.JSONField(default=list)
    error = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("look at the name service")

    def __str__(self) -> str:
        return self.name

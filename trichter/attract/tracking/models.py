"""Settings, the days' salts, how far the inbox is drained, and what became of the events."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrackingSettings(models.Model):
    """What is not counted; exactly one row (id 1). Own domains stand in the company's settings."""

    team_addresses = models.JSONField(_("addresses of the own team"), default=list, blank=True)
    excluded_pages = models.JSONField(_("pages that are not counted"), default=list, blank=True)

    other_banner = models.BooleanField(_("another consent banner asks on our pages"), default=False)

    class Meta:
        verbose_name = _("tracking settings")
        permissions = [("send_event", "Can send events by API")]
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="tracking_settings_single")]

    def __str__(self) -> str:
        return str(_("tracking settings"))


class DaySalt(models.Model):
    """The secret of one company day. Without it the visitor keys of that day cannot be computed again."""

    day = models.DateField(unique=True)
    value = models.BinaryField(max_length=64)

    class Meta:
        verbose_name = _("day's salt")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day}"


class InboxPosition(models.Model):
    """How far a segment of an inbox is in the journal; moves in the transaction that writes the events."""

    segment = models.CharField(max_length=80, unique=True)
    offset = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("position in the inbox")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.segment}: {self.offset}"


class Tally(models.Model):
    """How many events of a day (company zone) and site ended how: `accepted`, or a reason of the pipeline."""

    day = models.DateField()
    site = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=20)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("tally")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["day", "site", "outcome"], name="tracking_tally_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.site} {self.outcome}: {self.count}"


class Pulse(models.Model):
    """Events taken per minute, for the live view; kept for hours."""

    minute = models.DateTimeField(unique=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("pulse")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}: {self.count}"


class DropSample(models.Model):
    """A dropped event as an example, without anything personal: reason, site and what was wrong."""

    at = models.DateTimeField()
    reason = models.CharField(max_length=20)
    site = models.CharField(max_length=120, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("example of a dropped event")
        default_permissions = ()
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["reason", "-at"], name="tracking_sample_reason")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.reason}"

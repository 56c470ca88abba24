"""Goals, notes on days, and saved reports."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Goal(models.Model):
    """Something visits are for; `match` is the JSON form of `core.events.conditions.EventMatch`."""

    name = models.CharField(_("name"), max_length=80)
    match = models.JSONField(_("event"), default=dict)
    value = models.BigIntegerField(_("value"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)
    preset = models.CharField(max_length=30, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Annotation(models.Model):
    """A note on a day: a campaign began, a price changed. Shown as a marker in the charts."""

    day = models.DateField(_("day"))
    text = models.CharField(_("text"), max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL,
        related_name="+", verbose_name=_("written by"),
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("note on a day")
        verbose_name_plural = _("notes on days")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return self.text


class Report(models.Model):
    """A page of the web analytics under a name, perhaps sent by mail. The owner's rights decide at sending.

    `sent_for` is the last day that was reported; it is set when a mail is queued, so none goes out twice.
    """

    class Rhythm(models.TextChoices):
        NEVER = "", _("not by mail")
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every Monday")
        MONTHLY = "monthly", _("on the first of the month")

    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("filters"), max_length=2000, blank=True)
    rhythm = models.CharField(_("by mail"), max_length=10, choices=Rhythm, blank=True, default="")
    shared = models.BooleanField(_("shared with everyone"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, editable=False, on_delete=models.CASCADE, related_name="+",
        verbose_name=_("owner"),
    )  # fmt: skip
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("recipients")
    )
    sent_for = models.DateField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["name"]
        permissions = [("view_traffic", "Can see the web analytics")]

    def __str__(self) -> str:
        return self.name

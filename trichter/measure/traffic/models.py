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

    `page` is its path below that of the web analytics, "" the overview. `sent_for` is the day up to which
    nothing is to be sent any more: that of the last mail, and of the period before a report was made;
    `sent_at` is when mails were really queued.
    """

    class Rhythm(models.TextChoices):
        NEVER = "", _("not by mail")
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every Monday")
        MONTHLY = "monthly", _("on the first of the month")

    name = models.CharField(_("name"), max_length=80)
    page = models.CharField(_("page"), max_length=60, blank=True)
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
    sent_at = models.DateTimeField(_("last sent"), null=True, blank=True, editable=False)
    problem = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["name"]
        permissions = [("view_traffic", "Can see the web analytics")]

    def __str__(self) -> str:
        return self.name


class SearchFigure(models.Model):
    """What Google Search Console counted: an imported sum, no person behind it.

    One per site, kind of value, value and span of days; a figure of one day has `first_day` = `last_day`.
    `value` is empty for the whole site (`what` day). position: the average one, 1 is the top, None: not told.
    """

    class What(models.TextChoices):
        QUERY = "query", _("Search queries")
        PAGE = "page", _("Pages")
        DAY = "day", _("Days")
        COUNTRY = "country", _("Countries")
        DEVICE = "device", _("Devices")
        APPEARANCE = "appearance", _("Search appearance")

    site = models.CharField(_("website"), max_length=120, blank=True)
    what = models.CharField(_("kind"), max_length=12, choices=What)
    value = models.CharField(_("value"), max_length=500, blank=True)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    clicks = models.PositiveBigIntegerField(_("clicks"))
    impressions = models.PositiveBigIntegerField(_("impressions"))
    position = models.FloatField(_("position"), null=True, blank=True)

    class Meta:
        verbose_name = _("figure of Google Search")
        verbose_name_plural = _("figures of Google Search")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["what", "first_day", "last_day", "site", "value"], name="traffic_search_once"
            ),
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="traffic_search_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value or self.site} {self.first_day} – {self.last_day}"


class VisitFigure(models.Model):
    """What Google Analytics counted: an imported sum, no person behind it and never added to our visitors.

    One per property, split, value and span of days. `what`: what the report was split by, codes of
    `outside.SPLITS` joined by "+" in their order, "day" for the whole site; `value`: the values, joined by
    " · ". A figure the report does not have is None; users of several rows are unknown, for one person
    may be in each.
    """

    site = models.CharField(_("property"), max_length=120, blank=True)
    what = models.CharField(_("kind"), max_length=60)
    value = models.CharField(_("value"), max_length=500, blank=True)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    sessions = models.PositiveBigIntegerField(_("sessions"), null=True, blank=True)
    users = models.PositiveBigIntegerField(_("users"), null=True, blank=True)
    new_users = models.PositiveBigIntegerField(_("new users"), null=True, blank=True)
    engaged = models.PositiveBigIntegerField(_("engaged sessions"), null=True, blank=True)
    views = models.PositiveBigIntegerField(_("views"), null=True, blank=True)
    key_events = models.FloatField(_("key events"), null=True, blank=True)

    class Meta:
        verbose_name = _("figure of Google Analytics")
        verbose_name_plural = _("figures of Google Analytics")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["what", "first_day", "last_day", "site", "value"], name="traffic_visits_once"
            ),
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="traffic_visits_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value or self.site} {self.first_day} – {self.last_day}"

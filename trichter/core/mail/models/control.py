"""What steers the sending: settings, quotas, pauses, and who must not be written to."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.core.journal.models import Identity


class MailSettings(models.Model):
    """How this house sends; exactly one row (id 1). Zero means: no limit.

    `dkim_key` and `imap_password` are stored encrypted (secrets.py). `warmup_*`: `warmup_first` marketing
    mails on the day `warmup_start`, growing by `warmup_growth` per cent every day.
    """

    base_url = models.URLField(_("Address of this installation"), blank=True)
    from_name = models.CharField(_("sender's name"), max_length=120, blank=True)
    from_address = models.EmailField(_("sender's address"), blank=True)
    reply_to = models.EmailField(_("replies to"), blank=True)
    imprint = models.TextField(_("postal address of the company"), max_length=500, blank=True)
    bounce_address = models.EmailField(_("bounce address"), blank=True)
    imap_host = models.CharField(_("IMAP server"), max_length=200, blank=True)
    imap_port = models.PositiveIntegerField(_("IMAP port"), default=993)
    imap_tls = models.BooleanField(_("IMAP with TLS"), default=True)
    imap_user = models.CharField(_("IMAP user"), max_length=200, blank=True)
    imap_password = models.TextField(blank=True)
    per_minute = models.PositiveIntegerField(_("mails a minute"), default=0)
    per_hour = models.PositiveIntegerField(_("mails an hour"), default=0)
    per_domain_minute = models.PositiveIntegerField(_("mails a minute to one receiving domain"), default=0)
    warmup_start = models.DateField(_("warm-up begins"), null=True, blank=True)
    warmup_first = models.PositiveIntegerField(
        _("mails on the first day"), default=50, validators=[MinValueValidator(1)]
    )
    warmup_growth = models.PositiveSmallIntegerField(
        _("growth a day in per cent"), default=50, validators=[MinValueValidator(1), MaxValueValidator(400)]
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=time(21, 0))
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True, default=time(7, 0))
    per_person_day = models.PositiveSmallIntegerField(_("marketing mails a day to one contact"), default=2)
    per_person_week = models.PositiveSmallIntegerField(_("marketing mails a week to one contact"), default=5)
    dkim_selector = models.SlugField(_("DKIM selector"), max_length=60, default="trichter")
    dkim_key = models.TextField(blank=True)
    dkim_public = models.TextField(blank=True)
    mailbox_seen_at = models.DateTimeField(null=True, blank=True)
    mailbox_error = models.CharField(max_length=500, blank=True)
    proof_nonce = models.CharField(max_length=40, blank=True)
    proof_sent_at = models.DateTimeField(null=True, blank=True)
    proof_seen_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mail settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="mail_settings_single")]

    def __str__(self) -> str:
        return self.from_address


class Quota(models.Model):
    """How much of a limit is used: `scope` such as `minute` or `domain:gmx.de`, `slot` its period's start."""

    scope = models.CharField(max_length=270)
    slot = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("used quota")
        constraints = [models.UniqueConstraint(fields=["scope", "slot"], name="mail_quota_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.used}"


class Hold(models.Model):
    """A receiving domain that asked us to wait; the empty domain is our own mail server."""

    domain = models.CharField(_("receiving domain"), max_length=253, unique=True, blank=True)
    until = models.DateTimeField(_("until"))
    failures = models.PositiveSmallIntegerField(default=1)
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("pause of a domain")
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain


class Frequency(models.Model):
    """How often somebody wants advertising at most: one mail in `days`. No row: as it comes."""

    identity = models.OneToOneField(Identity, on_delete=models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField(_("at most one mail in days"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("wish how often to be written to")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.identity_id} {self.days}"


class Suppression(models.Model):
    """An address that is not written to. `digest` outlives an erasure, so it stays known as refused.

    A hard bounce stops every mail, a complaint or a colleague's entry stops marketing. `lifted_at`: undone.
    """

    class Why(models.TextChoices):
        HARD = "hard", _("does not exist")
        COMPLAINT = "complaint", _("complaint")
        MANUAL = "manual", _("entered by a colleague")

    address = models.EmailField(_("address"), blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    identity = models.ForeignKey(Identity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField(_("reason"), max_length=10, choices=Why.choices)
    detail = models.CharField(_("what was said"), max_length=500, blank=True)
    since = models.DateTimeField(_("since"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["-since", "-id"]
        permissions = [("export_suppression", "Can export the suppressed addresses")]

    def __str__(self) -> str:
        return self.address or "–"

"""Seed tests: a mail goes to own mailboxes at many providers, and somebody looks where it has arrived."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .ledger import Delivery


class SeedBox(models.Model):
    """A mailbox of the house's own at some provider. `active`: gets the next test."""

    address = models.EmailField(_("address"), unique=True)
    provider = models.CharField(_("provider"), max_length=60)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("test mailbox")
        verbose_name_plural = _("test mailboxes")
        ordering = ["provider", "address"]

    def __str__(self) -> str:
        return self.address


class SeedTest(models.Model):
    """One mail to all test mailboxes. `source`: which mail, as its feature names it."""

    name = models.CharField(_("mail"), max_length=160)
    source = models.CharField(max_length=80)
    advertising = models.BooleanField(default=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("seed test")
        verbose_name_plural = _("seed tests")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name


class SeedResult(models.Model):
    """Where the mail was found in one mailbox. What the ledger knows (bounced, failed) is read from there."""

    class Place(models.TextChoices):
        UNKNOWN = "", _("not looked yet")
        INBOX = "inbox", _("inbox")
        TAB = "tab", _("another tab (promotions, updates)")
        SPAM = "spam", _("spam folder")
        MISSING = "missing", _("did not arrive")

    test = models.ForeignKey(SeedTest, on_delete=models.CASCADE, related_name="results")
    address = models.EmailField(_("address"))
    provider = models.CharField(_("provider"), max_length=60)
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="+")
    place = models.CharField(_("where it arrived"), max_length=8, choices=Place.choices, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("result of a seed test")
        verbose_name_plural = _("results of a seed test")
        ordering = ["provider", "address"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["test", "address"], name="mail_seed_once")]

    def __str__(self) -> str:
        return f"{self.address} {self.place}"

"""Requests for a confirmation, and what holds for all of them."""

import uuid
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.attract.forms.models import Submission
from trichter.core.accounts.visibility import visible_people
from trichter.core.journal.models import Identity
from trichter.core.mail.models import Delivery
from trichter.core.people.models import Person


class OptinSettings(models.Model):
    """What holds for all confirmations; exactly one row (id 1)."""

    keep_days = models.PositiveSmallIntegerField(
        _("the link is valid for days"), default=14, validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Requests that nobody confirmed until then are deleted."),
    )  # fmt: skip
    remind_days = models.PositiveSmallIntegerField(
        _("remind once after days"), default=0,
        help_text=_("0: no reminder. A reminder is never sent a second time."),
    )  # fmt: skip
    per_address_day = models.PositiveSmallIntegerField(
        _("confirmation mails to one address a day"), default=2, validators=[MinValueValidator(1)]
    )
    per_network_hour = models.PositiveSmallIntegerField(
        _("confirmation mails for one network an hour"), default=10, validators=[MinValueValidator(1)],
        help_text=_("Anybody can type somebody else's address: beyond this nothing is sent."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("double opt-in settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="optin_settings_single")]

    def __str__(self) -> str:
        return str(_("double opt-in settings"))


class OptinQuerySet(models.QuerySet["OptinRequest"]):
    """Rows follow the visibility of the person they are about."""

    def visible_to(self, user: Any) -> "OptinQuerySet":
        """Rows about people this user may see, and those about nobody we know."""
        return self.filter(visible_people(user=user, path="person__"))


class OptinRequest(models.Model):
    """Somebody typed an address; its owner is asked, once, whether that was meant.

    `items`: [{"purpose", "channel", "wording"}] of the consents that wait; none: only the address is to be
    confirmed. `mail_text`: the confirmation mail as it was sent, the link as `{{ link }}`. `page`: address of
    the form's page. `network`: hash with the day's salt. `records`: numbers in the ledger. `limited`: no mail
    was sent, because too many had been asked for.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the confirmation")
        CONFIRMED = "confirmed", _("confirmed")
        LIMITED = "limited", _("not sent: too many")

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    submission = models.OneToOneField(Submission, null=True, on_delete=models.SET_NULL, related_name="+")
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, verbose_name=_("contact"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    address = models.EmailField(_("address"))
    language = models.CharField(max_length=5)
    form = models.CharField(_("form"), max_length=60)
    page = models.CharField(_("page"), max_length=1_000, blank=True)
    visitor = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=32, blank=True, db_index=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    ip_until = models.DateTimeField(null=True, blank=True)
    items = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    requested_at = models.DateTimeField(_("asked for"), db_index=True)
    mail_text = models.TextField(blank=True)
    mail_version = models.CharField(max_length=20, blank=True)
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="+")
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, blank=True)
    records = models.JSONField(default=list)

    objects = OptinQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a confirmation")
        verbose_name_plural = _("requests for a confirmation")
        ordering = ["-requested_at", "-id"]
        indexes = [models.Index(fields=["identity", "state"], name="optin_request_of")]
        permissions = [("export_optinrequest", "Can export requests for a confirmation")]

    def __str__(self) -> str:
        return self.address

"""Identities, events, and how far each follower has read."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

# Before every event: numbers of an earlier database server are moved below zero by a restore.
BEGINNING = -(2**62)


class CurrentTransaction(models.Func):
    """The writing transaction's number on PostgreSQL; 0 on SQLite, where one writer orders the ids."""

    template = "0"
    output_field = models.BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        return "(pg_current_xact_id()::text::bigint)", []


class Identity(models.Model):
    """What we saw: a visitor key, an e-mail address, a customer number. Never changed, never reassigned."""

    class Kind(models.TextChoices):
        VISITOR = "visitor", _("visitor")
        EMAIL = "email", _("e-mail address")
        KEY = "key", _("key of another system")

    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="journal_identity_unique")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class Event(models.Model):
    """One line of the journal.

    `id` is commit order on SQLite; on PostgreSQL followers read in the order (txid, id) up to a horizon
    below every running transaction, so that a row which commits late is never skipped.
    """

    uid = models.UUIDField(unique=True)
    txid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    kind = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    identity = models.ForeignKey(
        Identity, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    session = models.BigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)
    medium = models.CharField(max_length=60, blank=True)
    campaign = models.CharField(max_length=160, blank=True)
    content = models.CharField(max_length=160, blank=True)
    term = models.CharField(max_length=160, blank=True)
    page = models.CharField(max_length=500, blank=True)
    country = models.CharField(max_length=2, blank=True)
    device = models.CharField(max_length=10, blank=True)
    value = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    batch = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            # With the identity in it, who did something in a span is answered by the index alone.
            models.Index(fields=["kind", "at", "identity"], name="journal_kind_at_who"),
            models.Index(fields=["identity", "at"], name="journal_identity_at"),
            models.Index(fields=["txid", "id"], name="journal_commit"),
            models.Index(fields=["batch"], name="journal_batch", condition=models.Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"


class Cursor(models.Model):
    """How far one follower has come, and what it is waiting for when it is in trouble."""

    name = models.CharField(max_length=60, unique=True)
    txid = models.BigIntegerField(default=BEGINNING)
    position = models.BigIntegerField(default=0)
    handled = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    paused = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ParkedEvent(models.Model):
    """An event that a follower could not digest on its own; the follower went on without it."""

    follower = models.CharField(max_length=60)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    error = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=1)
    parked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("parked event")
        verbose_name_plural = _("parked events")
        ordering = ["-parked_at"]
        constraints = [models.UniqueConstraint(fields=["follower", "event"], name="journal_parked_once")]

    def __str__(self) -> str:
        return f"{self.follower}: {self.event_id}"

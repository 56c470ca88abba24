"""One row per colleague and occasion."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """`key`: the occasion; the same colleague hears of it once. `url`: a path of this server."""

    class Level(models.TextChoices):
        INFO = "info", _("information")
        WARNING = "warning", _("warning")
        URGENT = "urgent", _("urgent")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    title = models.CharField(_("title"), max_length=200)
    text = models.CharField(_("text"), max_length=1_000, blank=True)
    url = models.CharField(max_length=300, blank=True)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.INFO)
    created_at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notices_once")]
        indexes = [models.Index(fields=["user", "read_at", "created_at"], name="notices_unread")]

    def __str__(self) -> str:
        return self.title

"""What a playbook consists of in this house."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Piece(models.Model):
    """A part of a playbook and the record that stands for it; one for ever, so nothing is made twice.

    object_id: of the model the part is about (see `parts`); a record that was deleted is made anew. `made`:
    by the playbook; otherwise it was there before and is only used.
    """

    playbook = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    object_id = models.PositiveBigIntegerField()
    made = models.BooleanField(default=True)
    language = models.CharField(max_length=5)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("part of a playbook")
        verbose_name_plural = _("parts of playbooks")
        default_permissions = ("view", "add")
        constraints = [models.UniqueConstraint(fields=["playbook", "key"], name="playbooks_piece_once")]

    def __str__(self) -> str:
        return f"{self.playbook}: {self.key}"

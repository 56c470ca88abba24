"""What the check of a page found when it was last saved."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import ContentPage


class PageCheck(models.Model):
    """findings: [[rule, level, detail], …] of the newest revision; see `seo.rules`."""

    page = models.OneToOneField(ContentPage, on_delete=models.CASCADE, related_name="check_result")
    at = models.DateTimeField()
    errors = models.PositiveSmallIntegerField(default=0)
    warnings = models.PositiveSmallIntegerField(default=0)
    findings = models.JSONField(default=list)

    class Meta:
        verbose_name = _("page check")
        verbose_name_plural = _("page checks")

    def __str__(self) -> str:
        return f"{self.page_id}: {self.errors}/{self.warnings}"

"""What the company wants to reach."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.Model):
    """A goal for one KPI and calendar month; `value` in the KPI's own unit (money in minor units)."""

    kpi = models.CharField(_("KPI"), max_length=40)
    month = models.DateField(_("month"), help_text=_("first day of the month"))
    value = models.DecimalField(_("target"), max_digits=16, decimal_places=4)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [models.UniqueConstraint(fields=["kpi", "month"], name="kpis_target_once")]

    def __str__(self) -> str:
        return f"{self.kpi} {self.month:%Y-%m}"

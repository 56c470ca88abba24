"""Orders."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.core.accounts.visibility import visible_people
from trichter.core.people.models import Company, Person


class OrderQuerySet(models.QuerySet[Any]):
    """Orders are seen by whoever may see their person."""

    def visible_to(self, user: Any) -> "OrderQuerySet":
        """Orders of people this user may see, and orders of nobody in particular."""
        return self.filter(visible_people(user=user, path="person__"))


class Order(models.Model):
    """An order as it stands today; `total` is gross, in minor units."""

    class Status(models.TextChoices):
        PLACED = "placed", _("placed")
        PAID = "paid", _("paid")
        REFUNDED = "refunded", _("refunded")
        CANCELLED = "cancelled", pgettext_lazy("order", "cancelled")

    number = models.CharField(_("number"), max_length=80, unique=True)
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    company = models.ForeignKey(
        Company, verbose_name=_("company"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.PLACED)
    total = models.BigIntegerField(_("total"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    product = models.CharField(_("product"), max_length=200, blank=True)
    coupon = models.CharField(_("coupon"), max_length=60, blank=True)
    refunded = models.BigIntegerField(_("money returned"), default=0)
    placed_at = models.DateTimeField(_("placed"), db_index=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    refunded_at = models.DateTimeField(_("refunded"), null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-placed_at"]
        permissions = [("export_order", "Can export orders")]

    def __str__(self) -> str:
        return self.number

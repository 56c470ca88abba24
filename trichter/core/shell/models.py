"""The company's own settings, and what users keep of their lists."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The company this installation belongs to; exactly one row (id 1)."""

    name = models.CharField(_("company name"), max_length=120, default="Trichter")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Berlin")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    own_domains = models.JSONField(_("own domains"), default=list, blank=True)
    phone_region = models.CharField(_("phone region"), max_length=2, default="DE")
    privacy_url = models.CharField(_("privacy notice"), max_length=300, blank=True, default="")
    imprint_url = models.CharField(_("imprint"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("company settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="shell_installation_single")]

    def __str__(self) -> str:
        return self.name


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Views are private unless shared."""

    def open_to(self, user: Any) -> "SavedViewQuerySet":
        """The user's own views and the shared ones."""
        return self.filter(models.Q(owner=user) | models.Q(shared=True))


class SavedView(models.Model):
    """A list's filter, order and columns under a name; private, or shared with all who may see the list."""

    resource = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    columns = models.JSONField(default=list, blank=True)
    shared = models.BooleanField(_("shared with everyone"), default=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["resource", "owner", "name"], name="shell_savedview_unique")
        ]

    def __str__(self) -> str:
        return self.name


class ListPreference(models.Model):
    """Which columns a user sees in a list, and how many rows."""

    resource = models.CharField(max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list, blank=True)
    size = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("list preference")
        constraints = [
            models.UniqueConstraint(fields=["resource", "user"], name="shell_listpreference_unique")
        ]

    def __str__(self) -> str:
        return self.resource

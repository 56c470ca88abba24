"""Files that somebody gets for an answer, and who may fetch them."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.attract.forms.models import Form, Submission
from trichter.attract.pages.models import WhitepaperPage
from trichter.core.journal.models import Identity
from trichter.core.mail.models import Delivery
from trichter.core.people.models import Person


class Magnet(models.Model):
    """A file that is given to whoever sends the form: a document, or that of a whitepaper's page."""

    name = models.CharField(
        _("name"), max_length=120, unique=True, help_text=_("It stands in the mail and in the timeline.")
    )
    form = models.ForeignKey(Form, verbose_name=_("form"), on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        "wagtaildocs.Document", verbose_name=_("document"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", help_text=_("Uploaded under “Documents” in the CMS. It is never public."),
    )  # fmt: skip
    page = models.ForeignKey(
        WhitepaperPage, verbose_name=_("whitepaper"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", help_text=_("Instead of a document: the file of this page."),
    )  # fmt: skip
    active = models.BooleanField(_("is delivered"), default=True)
    link_days = models.PositiveSmallIntegerField(
        _("a link is valid for days"), default=7, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering = ["name"]
        permissions = [("export_magnet", "Can export the list of downloads")]

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """Somebody asked for a file. `released_at`: the address was confirmed, so links work from then on.

    `fetched`: on how many days the file was fetched; `fetched_on`: the last of them, of the company's zone.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    magnet = models.ForeignKey(Magnet, on_delete=models.CASCADE, related_name="grants")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.SET_NULL, related_name="+")
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    fetched = models.PositiveIntegerField(default=0)
    fetched_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("right to a download")
        verbose_name_plural = _("rights to downloads")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["magnet", "submission"], name="magnets_grant_once")]
        indexes = [models.Index(fields=["identity", "released_at"], name="magnets_grant_of")]

    def __str__(self) -> str:
        return f"{self.magnet_id} {self.identity_id}"

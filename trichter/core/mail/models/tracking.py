"""Opens and clicks: raw hits, the links they followed, and counts about nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .ledger import Delivery, Mailing


class TrackedLink(models.Model):
    """A target that stood in a mailing; redirects lead to these and nowhere else.

    mark: what the link stands for, as whoever wrote the text named it, such as `cta:5:0`.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="links")
    url = models.CharField(max_length=2_000)
    digest = models.CharField(max_length=64)
    mark = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("link in a mailing")
        constraints = [models.UniqueConstraint(fields=["mailing", "digest"], name="mail_link_once")]

    def __str__(self) -> str:
        return self.url


class Hit(models.Model):
    """A request for a pixel or a link, as it came; who asked is kept as a network's name, never an address.

    `machine`: None until it is judged, then the reason of a machine or "" for a person.
    """

    class Kind(models.TextChoices):
        OPEN = "open", _("opened")
        CLICK = "click", _("clicked")
        TRAP = "trap", _("hidden link")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="hits")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    link = models.ForeignKey(TrackedLink, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    method = models.CharField(max_length=4)
    agent = models.CharField(max_length=300, blank=True)
    network = models.CharField(max_length=30, blank=True)
    machine = models.CharField(max_length=20, null=True)

    class Meta:
        verbose_name = _("request of a mail's image or link")
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], name="mail_hit_new", condition=models.Q(machine__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"


class MailCount(models.Model):
    """Opens and clicks of recipients who agreed to no evaluation: sums per day, about nobody.

    mark: of the link; clicks on links with and without one are counted apart.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField()
    kind = models.CharField(max_length=5, choices=Hit.Kind.choices)
    machine = models.BooleanField(default=False)
    mark = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("count of opens and clicks")
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "day", "kind", "machine", "mark"], name="mail_count_once_per_mark"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.count}"

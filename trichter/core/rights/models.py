"""Requests of data subjects, which are also the log of what was done, and the rules of retention."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.core.people.models import Person


class Request(models.Model):
    """Somebody asked for something. After an erasure nothing in it names the person any more.

    `digests`: keyed digests of the erased identities: they tell that an address was erased when it comes
    back in an import or an older backup, but not which address it was. `result`: counts by model.
    `noted`: it arrived and waits for an answer; pressing export or erasure takes it on. `sender`: who wrote,
    in the words of the letter, while nobody is found. `outcome`, `answer`: what was done about it.
    """

    class Kind(models.TextChoices):
        EXPORT = "export", _("access and export")
        RECTIFICATION = "rectification", _("rectification")
        ERASURE = "erasure", _("erasure")
        RESTRICTION = "restriction", _("restriction")
        OBJECTION = "objection", _("objection")

    class AskedBy(models.TextChoices):
        SUBJECT = "subject", _("the person")
        AGENT = "agent", _("somebody on their behalf")
        AUTHORITY = "authority", _("an authority")
        RULE = "rule", _("retention rule")
        RESTORE = "restore", _("restored backup")

    class Outcome(models.TextChoices):
        INFORMED = "informed", _("information given")
        RECTIFIED = "rectified", _("rectified")
        ERASED = "erased", _("erased")
        RESTRICTED = "restricted", _("restricted")
        STOPPED = "stopped", _("no longer used for it")
        NOTHING = "nothing", _("nothing held")
        REFUSED = "refused", _("refused, with the reasons")

    class State(models.TextChoices):
        NOTED = "noted", _("waits for an answer")
        OPEN = "open", _("in progress")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("what"), max_length=13, choices=Kind.choices)
    asked_by = models.CharField(_("asked by"), max_length=9, choices=AskedBy.choices, default=AskedBy.SUBJECT)
    received_on = models.DateField(_("received on"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    sender = models.CharField(_("sent by"), max_length=200, blank=True)
    outcome = models.CharField(_("what was done"), max_length=10, choices=Outcome.choices, blank=True)
    answer = models.CharField(_("about the answer"), max_length=300, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)
    digests = models.JSONField(default=list)
    file = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request of a data subject")
        verbose_name_plural = _("requests of data subjects")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["received_on"], name="rights_waiting", condition=~models.Q(state="done"))
        ]
        permissions = [("handle_requests", "Can find, export and erase people")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Restriction(models.Model):
    """Somebody's data is stored and not used from `since` on (Art. 18 GDPR). `lifted_at` None: it holds.

    A merge hands it on to the survivor. Several may hold at once; processing is free when none does.
    """

    class Ground(models.TextChoices):
        ACCURACY = "accuracy", _("the person says the data is wrong, which is being checked")
        UNLAWFUL = "unlawful", _("unlawful, and the person does not want it erased")
        CLAIMS = "claims", _("no longer needed, but the person needs it for a legal claim")
        OBJECTION = "objection", _("the person has objected, which is being weighed")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ground = models.CharField(_("ground"), max_length=9, choices=Ground.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    since = models.DateTimeField(_("since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lift_note = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("restriction of processing")
        verbose_name_plural = _("restrictions of processing")
        ordering = ["-since", "-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["person"], name="rights_restricted", condition=models.Q(lifted_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since:%Y-%m-%d}"


class RetentionRule(models.Model):
    """How long one kind of data stays; the kinds are in retention.py. Off until somebody switches it on."""

    key = models.SlugField(max_length=40, unique=True)
    months = models.PositiveSmallIntegerField(_("months"))
    active = models.BooleanField(_("in use"), default=False)
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_count = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

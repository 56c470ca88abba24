"""Forms with their fields, and what came in: raw first, then what was made of it."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.visibility import visible_people
from trichter.core.consent.models import Channel, Purpose
from trichter.core.people.models import Person


def _words(label: Any, *, length: int = 200, blank: bool = True) -> Any:
    return models.CharField(label, max_length=length, blank=blank)


class FormSettings(models.Model):
    """What holds for all forms; exactly one row (id 1).

    `keep_ip_days`: for so long the visitor's address stays beside a submission; 0: it is never stored.
    """

    keep_ip_days = models.PositiveSmallIntegerField(
        _("keep IP addresses for days"), default=0,
        help_text=_("0: the address is not stored. It is never needed for the checks."),
    )  # fmt: skip
    per_hour = models.PositiveSmallIntegerField(
        _("submissions per network and hour"), default=20,
        help_text=_("What comes beyond goes into quarantine, not into the contacts."),
    )  # fmt: skip
    per_hour_unproven = models.PositiveSmallIntegerField(
        _("the same for browsers without scripts"), default=4,
        help_text=_("They cannot solve the small calculation that slows down programs."),
    )  # fmt: skip
    disposable = models.BooleanField(
        _("quarantine throw-away addresses"), default=True,
        help_text=_("Addresses of services whose mailboxes last for minutes."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("form settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="forms_settings_single")]

    def __str__(self) -> str:
        return str(_("form settings"))


class Form(models.Model):
    """A form. `slug` is part of its address and its name in events, so it does not change once it is used.

    `questions`: how many of the questions marked as progressive are asked at once. `seconds`: whoever is
    faster than that is a program.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        LIVE = "live", pgettext_lazy("form", "live")
        CLOSED = "closed", pgettext_lazy("form", "closed")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("short name"), max_length=60, unique=True,
        help_text=_("Part of the address: letters, digits and hyphens."),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.DRAFT)
    title_de = _words(_("heading in German"))
    title_en = _words(_("heading in English"))
    intro_de = models.TextField(_("introduction in German"), max_length=2_000, blank=True)
    intro_en = models.TextField(_("introduction in English"), max_length=2_000, blank=True)
    button_de = _words(_("button in German"), length=60)
    button_en = _words(_("button in English"), length=60)
    thanks_de = models.TextField(_("thanks in German"), max_length=2_000, blank=True)
    thanks_en = models.TextField(_("thanks in English"), max_length=2_000, blank=True)
    thanks_page = models.CharField(
        _("page after sending"), max_length=500, blank=True,
        help_text=_("A path such as /thank-you/, or an address of an own domain. Empty: the thanks."),
    )  # fmt: skip
    goal = models.CharField(
        _("goal"), max_length=80, blank=True,
        help_text=_("Counted with every submission, such as “demo” or “newsletter”."),
    )  # fmt: skip
    notify = models.JSONField(_("tell by e-mail"), default=list, blank=True)
    questions = models.PositiveSmallIntegerField(_("progressive questions at once"), default=2)
    seconds = models.PositiveSmallIntegerField(_("shortest time in seconds"), default=3)
    scripts_only = models.BooleanField(
        _("only browsers with scripts"), default=False,
        help_text=_("Without the calculation a submission goes into quarantine. Shuts out some people, too."),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def words(self, name: str, language: str = "") -> str:
        """A text in this language, else in the other one."""
        return in_language(self, name, language)


class FormField(models.Model):
    """A question, or a break between two steps (`kind` step), or a text between questions (`kind` note).

    `key` names the answer. `options`: [{"value", "de", "en"}]. `target`: where the answer goes, such as
    `person.first_name`, `company.name`, or nothing for an answer that stays with the submission. The field is
    shown when `show_field` (a key; empty: always) stands to `show_value` as `show_op` says.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        NUMBER = "number", pgettext_lazy("form", "number")
        CHOICE = "choice", _("choice of one")
        CHOICES = "choices", _("choice of several")
        DATE = "date", _("date")
        TEXTAREA = "textarea", _("long text")
        FILE = "file", _("file")
        RATING = "rating", _("rating")
        CONSENT = "consent", _("consent")
        HIDDEN = "hidden", _("hidden")
        STEP = "step", _("new step")
        NOTE = "note", _("text without answer")

    class Op(models.TextChoices):
        IS = "is", _("is")
        IS_NOT = "is_not", _("is not")
        CONTAINS = "contains", _("contains")
        FILLED = "filled", _("is filled in")
        EMPTY = "empty", _("is empty")
        MORE = "more", _("is more than")
        LESS = "less", _("is less than")

    class Mode(models.TextChoices):
        DOUBLE = "double", _("asked, confirmed by e-mail (double opt-in)")
        DIRECT = "direct", _("given with the form")

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField(default=0)
    key = models.SlugField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    label_de = _words(_("label in German"), length=300)
    label_en = _words(_("label in English"), length=300)
    help_de = _words(_("help in German"), length=300)
    help_en = _words(_("help in English"), length=300)
    placeholder_de = _words(_("placeholder in German"))
    placeholder_en = _words(_("placeholder in English"))
    required = models.BooleanField(_("required"), default=False)
    options = models.JSONField(_("choices"), default=list, blank=True)
    target = models.CharField(_("goes into"), max_length=40, blank=True)
    overwrite = models.BooleanField(_("replaces what is known"), default=False)
    prefill = models.BooleanField(_("may be filled from the address"), default=False)
    default = _words(_("preset value"))
    progressive = models.BooleanField(_("ask only while unknown"), default=False)
    show_field = models.CharField(_("show only if"), max_length=40, blank=True)
    show_op = models.CharField(_("comparison"), max_length=8, choices=Op.choices, default=Op.IS)
    show_value = _words(_("value"))
    purpose = models.ForeignKey(
        Purpose, verbose_name=_("purpose"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(
        _("channel"), max_length=8, choices=Channel.choices, default=Channel.EMAIL, blank=True
    )
    mode = models.CharField(_("how it is given"), max_length=6, choices=Mode.choices, default=Mode.DOUBLE)
    most_mb = models.PositiveSmallIntegerField(_("largest file in MB"), default=5)

    class Meta:
        verbose_name = _("form field")
        verbose_name_plural = _("form fields")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["form", "key"], name="forms_field_once")]

    def __str__(self) -> str:
        return self.words("label") or self.key

    def words(self, name: str, language: str = "") -> str:
        """A text in this language, else in the other one."""
        return in_language(self, name, language)

    @property
    def asks(self) -> bool:
        """Whether it takes an answer."""
        return self.kind not in (self.Kind.STEP, self.Kind.NOTE)


class SubmissionQuerySet(models.QuerySet[Any]):
    """What came in."""

    def visible_to(self, user: Any) -> "SubmissionQuerySet":
        """Those of people this user may see, and those of nobody."""
        return self.filter(visible_people(user=user, path="person__"))


class Submission(models.Model):
    """One sending of a form: what came (`payload`, `context`), then what became of it.

    `uid` was in the form that was sent, so a second click is the same submission. `payload`: name → values as
    they came. `context`: how the checks went and where the page says the visitor came from. `visitor`: value
    of the visitor identity. `network`: hash of the network, keyed with the day's salt, which goes soon.
    `touches`: {"first": {…}, "last": {…}}. `answers`: [{"key", "label", "value"}]. `changes`: what the
    answers did to the contact. `consents`: what was ticked.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        INVALID = "invalid", _("incomplete")
        QUARANTINED = "quarantined", _("in quarantine")
        FAILED = "failed", pgettext_lazy("submission", "failed")
        PROCESSED = "processed", _("processed")

    class Reason(models.TextChoices):
        NONE = "", "–"
        HONEYPOT = "honeypot", _("hidden field was filled in")
        TOKEN = "token", _("not sent from our form")
        FAST = "fast", _("faster than a person")
        PROOF = "proof", _("calculation wrong")
        NO_PROOF = "no_proof", _("calculation missing")
        RATE = "rate", _("too many from one network")
        DISPOSABLE = "disposable", _("throw-away address")

    form = models.ForeignKey(
        Form, on_delete=models.CASCADE, related_name="submissions", verbose_name=_("form")
    )
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    received_at = models.DateTimeField(_("received"), db_index=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    payload = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    language = models.CharField(max_length=5, blank=True)
    page = models.CharField(_("page"), max_length=500, blank=True)
    visitor = models.CharField(max_length=80, blank=True, db_index=True)
    network = models.CharField(max_length=32, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    ip_until = models.DateTimeField(null=True, blank=True)

    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, blank=True)
    error = models.TextField(_("error"), blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    person = models.ForeignKey(
        Person, verbose_name=_("contact"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    new_person = models.BooleanField(_("new contact"), default=False)
    touches = models.JSONField(default=dict)
    answers = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    consents = models.JSONField(default=list)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["network", "received_at"], name="forms_submission_network"),
            models.Index(fields=["state", "received_at"], name="forms_submission_state"),
        ]
        permissions = [
            ("release_submission", "Can release submissions from quarantine and process them again"),
            ("export_submission", "Can export submissions"),
        ]

    def __str__(self) -> str:
        return f"{self.form} #{self.pk}"


class Upload(models.Model):
    """A file that came with a submission; served to colleagues only, as a download."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="uploads")
    field = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    file = models.FileField(upload_to="submissions/%Y/%m/", max_length=200)

    class Meta:
        verbose_name = _("file of a submission")
        verbose_name_plural = _("files of submissions")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


def in_language(row: models.Model, name: str, language: str = "") -> str:
    """The text `name` of a row that has it in German and English."""
    wanted = "de" if (language or get_language() or "en").startswith("de") else "en"
    other = "en" if wanted == "de" else "de"
    return str(getattr(row, f"{name}_{wanted}") or getattr(row, f"{name}_{other}"))

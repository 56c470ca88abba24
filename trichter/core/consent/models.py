"""Purposes, their wordings, and the ledger: rows that stay for good, and the personal parts beside them."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trichter.core.journal.models import Identity

LANGUAGES = [("de", _("German")), ("en", _("English"))]


class Channel(models.TextChoices):
    """By which way the company uses what was allowed."""

    WEB = "web", _("website")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("telephone")
    POST = "post", _("letter")
    SMS = "sms", _("text message")


class Purpose(models.Model):
    """What something is allowed for. `key` is part of the ledger's seal and never changes.

    `months`: how long a consent lasts; empty: until it is withdrawn. `banner`: the banner asks for it.
    """

    class Basis(models.TextChoices):
        CONSENT = "consent", _("consent, Art. 6 (1) a GDPR")
        CONTRACT = "contract", _("contract, Art. 6 (1) b GDPR")
        DUTY = "duty", _("legal duty, Art. 6 (1) c GDPR")
        INTEREST = "interest", _("legitimate interest, Art. 6 (1) f GDPR")

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name_de = models.CharField(_("name in German"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    about_de = models.TextField(_("description in German"), max_length=2_000, blank=True)
    about_en = models.TextField(_("description in English"), max_length=2_000, blank=True)
    basis = models.CharField(_("legal basis"), max_length=10, choices=Basis.choices, default=Basis.CONSENT)
    months = models.PositiveSmallIntegerField(_("valid for months"), null=True, blank=True)
    banner = models.BooleanField(_("asked for in the banner"), default=False)
    active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """In German or English."""
        return self.name_de if language.startswith("de") else self.name_en

    @property
    def about(self) -> str:
        """In the reader's language."""
        return self.about_in(get_language() or "en")

    def about_in(self, language: str) -> str:
        """In German or English."""
        return self.about_de if language.startswith("de") else self.about_en


class Wording(models.Model):
    """The words somebody agreed to. Never edited: a change is a new version.

    `name`, `about`: what the first layer of the banner says of the purpose; empty where no banner asks.
    """

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="wordings")
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name in the banner"), max_length=80, blank=True)
    about = models.TextField(_("description in the banner"), max_length=2_000, blank=True)
    text = models.TextField(_("wording"), max_length=5_000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["purpose", "language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="consent_wording_once")
        ]

    def __str__(self) -> str:
        return f"{self.purpose.key} {self.language} v{self.version}"

    @property
    def shown(self) -> str:
        """All that was shown, the first layer of the banner before the text; covered by the ledger's seal."""
        return "\n".join(part for part in (self.name, self.about, self.text) if part)


class ConsentRecord(models.Model):
    """A row of the ledger. It holds nothing personal, is never changed and never deleted (see locks.py).

    `digests`: part name → salted digest of the personal part, which lives in ConsentPart and can go.
    `covers`: of an erasure, part name → numbers of the records whose part went with it.
    `hash` covers this row and the row before (`previous`); see chain.py.
    """

    class Decision(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REFUSED = "refused", _("refused")
        ERASED = "erased", _("erased")

    class How(models.TextChoices):
        BANNER = "banner", _("banner")
        FORM = "form", _("form")
        CONFIRMED = "confirmed", _("double opt-in")
        LINK = "link", _("link in a mail")
        IMPORT = "import", _("import")
        COLLEAGUE = "colleague", _("entered by a colleague")
        RULE = "rule", _("retention rule or request")

    number = models.BigIntegerField(_("number"), unique=True)
    purpose = models.ForeignKey(Purpose, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, blank=True)
    decision = models.CharField(_("decision"), max_length=9, choices=Decision.choices)
    wording = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"))
    expires_at = models.DateTimeField(_("valid until"), null=True)
    how = models.CharField(_("how"), max_length=10, choices=How.choices)
    covers = models.JSONField(default=dict)
    digests = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("consent record")
        verbose_name_plural = _("consent records")
        ordering = ["-number"]
        permissions = [
            ("record_consent", "Can record a consent given on paper or by telephone"),
            ("withdraw_consent", "Can record a withdrawal"),
            ("see_ledger", "Can see the whole ledger"),
            ("export_consentrecord", "Can export the ledger"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class ConsentPart(models.Model):
    """What is personal about a record, by name: `subject` (who), `proof`, `network` (IP, browser).

    A part is never changed, but it can be deleted: the record keeps its digest, and without the salt,
    which goes with the part, nothing can be guessed from that.
    """

    record = models.ForeignKey(ConsentRecord, on_delete=models.PROTECT, related_name="parts")
    name = models.CharField(max_length=10)
    identity = models.ForeignKey(Identity, null=True, on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=32)
    content = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("personal part of a consent")
        verbose_name_plural = _("personal parts of consents")
        constraints = [models.UniqueConstraint(fields=["record", "name"], name="consent_part_once")]

    def __str__(self) -> str:
        return f"#{self.record_id} {self.name}"


class ChainHead(models.Model):
    """The end of the ledger; one row (id 1). Whoever appends locks it, so numbers have no gaps."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("end of the ledger")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="consent_head_single")]

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class ChainCheck(models.Model):
    """A look over the whole ledger. `problems`: [number, code] of what does not fit; empty is well."""

    at = models.DateTimeField(auto_now_add=True)
    records = models.BigIntegerField(default=0)
    erased = models.BigIntegerField(default=0)
    problems = models.JSONField(default=list)
    hash = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("check of the ledger")
        verbose_name_plural = _("checks of the ledger")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

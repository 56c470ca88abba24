"""Import runs, what went wrong in them, what they changed, and remembered mappings."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .messages import message_of


class ImportRun(models.Model):
    """One file brought in, or tried out (dry run).

    rows_read = created + updated + unchanged + rejected for tables; for access logs created and unchanged
    count page views, and rows_read = created + unchanged + rejected + what `skipped` counts by reason.
    `position`: the last row that is committed; a run that was killed goes on behind it. `summary`: records
    made and changed by model, dates covered, and for logs visits and visitors.
    """

    class Kind(models.TextChoices):
        ACCESS_LOG = "access-log", _("access log")
        CONTACTS = "contacts", _("contacts")
        COMPANIES = "companies", _("companies")
        DEALS = "deals", _("deals")
        ORDERS = "orders", _("orders")
        AD_COSTS = "ad-costs", _("ad costs")
        SEARCH = "search", _("Google Search figures")
        ANALYTICS = "analytics", _("Google Analytics figures")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.UPLOADED)
    file_name = models.CharField(_("file"), max_length=255)
    file = models.FileField(upload_to="imports/", blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    preset = models.CharField(max_length=40, blank=True)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    dry_run = models.BooleanField(_("dry run"), default=False)
    rows_read = models.BigIntegerField(default=0)
    created = models.BigIntegerField(_("created"), default=0)
    updated = models.BigIntegerField(_("updated"), default=0)
    unchanged = models.BigIntegerField(_("unchanged"), default=0)
    rejected = models.BigIntegerField(_("rejected"), default=0)
    events = models.BigIntegerField(_("events"), default=0)
    skipped = models.JSONField(default=dict)
    position = models.BigIntegerField(default=0)
    summary = models.JSONField(default=dict)
    failure = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("Created on"), auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    job = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.file_name}"

    @property
    def message(self) -> str:
        """Why the run failed, in the reader's language; empty when it did not."""
        if not self.failure:
            return ""
        return message_of(self.failure.get("code", ""), self.failure.get("params", {}))


class ImportProblem(models.Model):
    """A row that was rejected, or (`rejects` false) a cell of it that was left out; the others went in.

    `row` is the line of the file, `column` the header. `raw`: the whole row, with its first problem only.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveBigIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=200, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    value = models.CharField(_("value"), max_length=200, blank=True)
    rejects = models.BooleanField(default=True)
    raw = models.JSONField(default=list)

    class Meta:
        verbose_name = _("import problem")
        verbose_name_plural = _("import problems")
        ordering = ["run", "row", "id"]
        indexes = [models.Index(fields=["run", "rejects", "code"], name="imports_problem_run")]

    def __str__(self) -> str:
        return f"{self.row}: {self.message}"

    @property
    def message(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        return message_of(self.code, self.params)


class ImportChange(models.Model):
    """A record that a run created, or the fields it changed with their values before: what undo needs.

    `model` is a label such as "people.person". `kept`: why undo left it as it is ("changed", "used");
    `held_by`: the other runs that did so, as far as imports did.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    created = models.BooleanField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)
    kept = models.CharField(max_length=12, blank=True)
    held_by = models.JSONField(default=list)

    class Meta:
        verbose_name = _("import change")
        indexes = [models.Index(fields=["run", "model"], name="imports_change_run")]

    def __str__(self) -> str:
        return f"{self.model}:{self.object_id}"


class RememberedMapping(models.Model):
    """Which column meant what the last time a file with these headers came in, and `match` of its options."""

    kind = models.CharField(max_length=12)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    match = models.CharField(max_length=8, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("remembered mapping")
        constraints = [models.UniqueConstraint(fields=["kind", "fingerprint"], name="imports_mapping_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.fingerprint[:8]}"


class VisitorSalt(models.Model):
    """The secret of the visitor keys in access logs; one row (id 1), made at the first import.

    It lies in the database, not in the settings, so that a restored backup or a new secret key still tells
    the visitors of an old log by the same keys, and importing it again adds nothing.
    """

    value = models.BinaryField()

    class Meta:
        verbose_name = _("visitor salt")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="imports_salt_single")]

    def __str__(self) -> str:
        return "salt"

"""Settings; counters of the heatmaps, which know no persons; recordings of visits with consent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.models import User
from trichter.core.accounts.visibility import visible_people
from trichter.core.journal.models import Identity

DEVICES = [("desktop", _("computer")), ("mobile", _("telephone")), ("tablet", _("tablet"))]


class ReplaySettings(models.Model):
    """What is counted and recorded; exactly one row (id 1). Patterns of paths; an empty list: all pages."""

    heat = models.BooleanField(_("count clicks and scrolling"), default=False)
    heat_pages = models.JSONField(_("pages with a heatmap"), default=list, blank=True)
    moves = models.BooleanField(_("count where the pointer rests"), default=False)
    record = models.BooleanField(_("record visits with consent"), default=False)
    record_pages = models.JSONField(_("pages that are recorded"), default=list, blank=True)
    sample = models.PositiveSmallIntegerField(_("share of the visitors, per cent"), default=10)
    per_day = models.PositiveIntegerField(_("recordings per day at most"), default=200)

    class Meta:
        verbose_name = _("settings of heatmaps and recordings")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="replay_settings_single")]

    def __str__(self) -> str:
        return str(_("settings of heatmaps and recordings"))


class Outcome(models.Model):
    """How many requests of a day (company zone) ended how. `door`: heat or recording."""

    day = models.DateField()
    door = models.CharField(max_length=10)
    outcome = models.CharField(max_length=20)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("outcome of requests")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["day", "door", "outcome"], name="replay_outcome_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.door} {self.outcome}: {self.count}"


class HeatPage(models.Model):
    """A page that has counters."""

    site = models.CharField(max_length=120)
    page = models.CharField(_("page"), max_length=500)

    class Meta:
        verbose_name = _("heatmap")
        verbose_name_plural = _("heatmaps")
        default_permissions = ("view",)
        ordering = ["site", "page"]
        constraints = [models.UniqueConstraint(fields=["site", "page"], name="replay_heat_page_once")]

    def __str__(self) -> str:
        return f"{self.site}{self.page}"


class HeatCount(models.Model):
    """A counter per page, day (company zone), device, width of the window and cell.

    kind: `v` views, `h` sum of the pages' heights in px, `f` sum of the windows' heights in px (both over
    the views), `s` views that reached y × 5 % of the page, `c` clicks, `r` rage clicks, `d` dead clicks, `m`
    samples of the pointer. Cells: x in fiftieths of the page's width, y in steps of 20 px. width: px, rounded
    down to 200.
    """

    page = models.ForeignKey(HeatPage, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    device = models.CharField(max_length=10, choices=DEVICES)
    width = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=1)
    x = models.PositiveSmallIntegerField(default=0)
    y = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("counter of a heatmap")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["page", "day", "device", "width", "kind", "x", "y"], name="replay_heat_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.day} {self.kind}"


class HeatElement(models.Model):
    """Clicks on an element by its path of tags, and where in it: x and y in tenths of its size."""

    page = models.ForeignKey(HeatPage, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    device = models.CharField(max_length=10, choices=DEVICES)
    width = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=200)
    x = models.PositiveSmallIntegerField(default=0)
    y = models.PositiveSmallIntegerField(default=0)
    clicks = models.PositiveBigIntegerField(default=0)
    rage = models.PositiveBigIntegerField(default=0)
    dead = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("clicked element")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["page", "day", "device", "width", "path", "x", "y"], name="replay_heat_element_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.day} {self.path}"


class HeatBatch(models.Model):
    """A batch that was counted; its random number says nothing about anybody. Kept for two days."""

    uid = models.UUIDField(unique=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("counted batch")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.uid)


class RecordingQuerySet(models.QuerySet["Recording"]):
    """Recordings."""

    def visible_to(self, user: User) -> "RecordingQuerySet":
        """Those of unknown visitors, and of the people this user may see."""
        return self.filter(visible_people(user=user, path="identity__link__person__"))


class Recording(models.Model):
    """A visit in one tab of a browser. `key` is made by the browser; `page` is the first one."""

    key = models.UUIDField(unique=True)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    site = models.CharField(_("website"), max_length=120)
    page = models.CharField(_("first page"), max_length=500)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    device = models.CharField(_("device"), max_length=10, choices=DEVICES, blank=True)
    browser = models.CharField(_("browser"), max_length=60, blank=True)
    os = models.CharField(_("system"), max_length=60, blank=True)
    started_at = models.DateTimeField(_("when"), db_index=True)
    ended_at = models.DateTimeField(_("until"))
    clicks = models.PositiveIntegerField(_("clicks"), default=0)
    rage = models.PositiveIntegerField(_("rage clicks"), default=0)
    chunks = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-started_at", "-id"]
        permissions = [("export_recording", "Can export the list of recordings")]
        indexes = [models.Index(fields=["identity", "started_at"], name="replay_recording_who")]

    def __str__(self) -> str:
        return f"{self.page}"

    @property
    def seconds(self) -> int:
        """Its length."""
        return max(0, round((self.ended_at - self.started_at).total_seconds()))


class RecordingChunk(models.Model):
    """Some seconds of a recording: a JSON list of rrweb's events, gzipped. `take`: one page of the visit."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="parts")
    take = models.UUIDField()
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    events = models.BinaryField()

    class Meta:
        verbose_name = _("part of a recording")
        verbose_name_plural = _("parts of recordings")
        default_permissions = ()
        ordering = ["at", "take", "number"]
        constraints = [
            models.UniqueConstraint(fields=["recording", "take", "number"], name="replay_chunk_once")
        ]

    def __str__(self) -> str:
        return f"{self.recording_id} {self.take} {self.number}"

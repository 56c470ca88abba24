"""Segments, who is in them, who joined and left, and whom the house has yet to look at."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trichter.core.people.models import Person


class Segment(models.Model):
    """People who fulfil `rule` (JSON form of `rules.model.Group`), or who were put in by hand.

    `revision` counts the changes of the rule, `filled` the last one under which everybody was looked at.
    `due_at`: when the passing of time can next change who is in. `size`: memberships, kept beside them.
    """

    class Kind(models.TextChoices):
        DYNAMIC = "dynamic", _("by rule")
        STATIC = "static", _("by hand")

    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), max_length=2_000, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.DYNAMIC)
    rule = models.JSONField(_("rule"), default=dict, blank=True)
    origin = models.CharField(_("origin"), max_length=300, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    filled = models.PositiveIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)
    size = models.PositiveIntegerField(_("members"), default=0, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("created by"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def dynamic(self) -> bool:
        """Whether a rule decides who is in."""
        return self.kind == self.Kind.DYNAMIC

    @property
    def ready(self) -> bool:
        """Whether everybody has been looked at under the rule as it is now."""
        return not self.dynamic or self.filled == self.revision


class Membership(models.Model):
    """A person is in a segment, since when."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("member of a segment")
        verbose_name_plural = _("members of segments")
        constraints = [models.UniqueConstraint(fields=["segment", "person"], name="segments_member_once")]

    def __str__(self) -> str:
        return f"{self.person_id} ∈ {self.segment_id}"


class Cause(models.TextChoices):
    """Why somebody joined or left."""

    EVENT = "event", _("something happened")
    PROFILE = "profile", _("profile changed")
    SEGMENT = "segment", _("another segment changed")
    RULE = "rule", _("rule changed")
    TIME = "time", _("time passed")
    HAND = "hand", _("by hand")
    CHECK = "check", _("put right by the nightly check")


class Change(models.Model):
    """A line of the log: somebody joined or left, when and why. `event`: the journal's line that did it."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="changes", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    joined = models.BooleanField(_("joined"))
    at = models.DateTimeField(_("when"))
    cause = models.CharField(_("why"), max_length=8, choices=Cause.choices)
    event = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = _("change of membership")
        verbose_name_plural = _("changes of membership")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["segment", "at"], name="segments_change_at")]

    def __str__(self) -> str:
        return f"{self.person_id} {'+' if self.joined else '-'}{self.segment_id}"


class Touched(models.Model):
    """A person whose profile changed and who must be looked at again; written by triggers (see touching.py).

    `person` is no foreign key: a line may outlive its person. `what`: the record is new, a field was edited,
    only the times of activity moved, which happens with nearly every event, or the fit of the score changed.
    """

    person = models.BigIntegerField()
    what = models.CharField(max_length=4, choices=[(one, one) for one in ("new", "edit", "seen", "fit")])

    class Meta:
        verbose_name = _("person to look at")
        verbose_name_plural = _("people to look at")

    def __str__(self) -> str:
        return str(self.person)


class DayCount(models.Model):
    """How many members a segment had at the end of a day (company's zone)."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    size = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("size of a segment")
        verbose_name_plural = _("sizes of segments")
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="segments_day_once")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.day} {self.size}"


class Check(models.Model):
    """A nightly look at everybody. `wrong`: memberships that were not what the rule says; 0 is well."""

    at = models.DateTimeField(auto_now_add=True)
    segments = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        verbose_name = _("check of segments")
        verbose_name_plural = _("checks of segments")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.wrong}"

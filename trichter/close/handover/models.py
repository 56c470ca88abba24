"""Handovers with their assignments, clocks and messages; rules, calendars, absences; the agreement."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.core.accounts.models import Team, User
from trichter.core.accounts.roles import sees_everything
from trichter.core.people.models import Person


def _colleague(**options: Any) -> Any:
    options.setdefault("on_delete", models.SET_NULL)
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, related_name="+", **options)


class HandoverSettings(models.Model):
    """The one row of settings. `active_from`: entries before it are history and hand nobody over."""

    active = models.BooleanField(_("hand over to sales"), default=True)
    active_from = models.DateTimeField(null=True, blank=True, editable=False)
    stage = models.CharField(_("stage that is handed over"), max_length=30, default="mql")
    back_stage = models.CharField(
        _("stage after a return"), max_length=30, default="lead", blank=True,
        help_text=_("Empty: a return leaves the stage as it is."),
    )  # fmt: skip
    max_age_hours = models.PositiveIntegerField(
        _("oldest entry, in hours"), default=72,
        help_text=_("Whoever reached the stage longer ago, such as in an imported file, is not handed over."),
    )  # fmt: skip
    keep_owner = models.BooleanField(_("the owner of the contact comes first"), default=True)
    fallback_team = models.ForeignKey(
        Team, verbose_name=_("pool for everything else"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    alarm_minutes = models.PositiveIntegerField(
        _("alarm when nobody has it, after minutes"), default=15,
        help_text=_("Real minutes: this alarm does not wait for business hours."),
    )  # fmt: skip
    by_mail = models.BooleanField(_("also tell by e-mail"), default=True)
    urgent = models.BooleanField(
        _("tell outside business hours too"), default=False,
        help_text=_("Otherwise e-mail and chat wait until the next business hour; the bell never waits."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("handover settings")
        verbose_name_plural = _("handover settings")

    def __str__(self) -> str:
        return self.stage


class BusinessCalendar(models.Model):
    """Business hours of a team; without a team those of everybody else.

    week: {"0": [["09:00", "17:00"]]}; exceptions: {"2026-12-24": [["09:00", "12:00"]]}, empty list: closed.
    """

    name = models.CharField(_("name"), max_length=80)
    team = models.OneToOneField(
        Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    leader = _colleague(verbose_name=_("leader, who hears of escalations"))
    zone = models.CharField(_("time zone"), max_length=60, default="Europe/Berlin")
    week = models.JSONField(_("week"), default=dict)
    country = models.CharField(_("country"), max_length=2, blank=True)
    subdivision = models.CharField(_("state or canton"), max_length=6, blank=True)
    exceptions = models.JSONField(_("exceptions"), default=dict, blank=True)

    class Meta:
        verbose_name = _("business hours")
        verbose_name_plural = _("business hours")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoutingRule(models.Model):
    """Conditions, all of which must hold, and who gets the handover. Lists are separated by commas."""

    class Method(models.TextChoices):
        LEAST = "least", _("lowest load")
        ROUND = "round", _("in turn")

    position = models.PositiveSmallIntegerField(_("position"), default=10)
    name = models.CharField(_("name"), max_length=80)
    active = models.BooleanField(_("active"), default=True)
    industries = models.CharField(_("industries"), max_length=300, blank=True)
    employees_min = models.PositiveIntegerField(_("employees from"), null=True, blank=True)
    employees_max = models.PositiveIntegerField(_("employees up to"), null=True, blank=True)
    countries = models.CharField(_("countries"), max_length=60, blank=True, help_text="DE, AT, CH")
    postcodes = models.CharField(_("postcodes"), max_length=300, blank=True, help_text="80-87, 93")
    languages = models.CharField(_("languages"), max_length=60, blank=True, help_text="de, fr")
    score_min = models.IntegerField(_("score from"), null=True, blank=True)
    score_max = models.IntegerField(_("score up to"), null=True, blank=True)
    sources = models.CharField(_("first sources"), max_length=300, blank=True, help_text="google, xing")
    tags = models.CharField(
        _("tags"), max_length=300, blank=True, help_text=_("One of them; for cantons and products, say.")
    )
    rep = _colleague(verbose_name=_("goes to"))
    team = models.ForeignKey(
        Team, verbose_name=_("or to the pool of"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    method = models.CharField(_("within the pool"), max_length=6, choices=Method.choices, default="least")

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """How much a colleague of sales gets; without a row: weight 1 and no limit."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("colleague"), on_delete=models.CASCADE, related_name="+"
    )
    active = models.BooleanField(_("gets handovers"), default=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, help_text=_("2 gets twice as many as 1.")
    )
    capacity = models.PositiveSmallIntegerField(
        _("most at a time"), null=True, blank=True, help_text=_("Open handovers; empty: no limit.")
    )

    class Meta:
        verbose_name = _("capacity")
        verbose_name_plural = _("capacities")

    def __str__(self) -> str:
        return str(self.user)


class Absence(models.Model):
    """Days, first and last included, in the company's zone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("colleague"), on_delete=models.CASCADE, related_name="+"
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    cover = _colleague(verbose_name=_("stands in"))

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-first"]
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="handover_absence")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.first}"


class SlaVersion(models.Model):
    """The agreement: `terms` are the numbers that text and timers are made of (see `clocks.Terms`).

    `effective_from` is empty until both sides have signed; `planned_for`: not before then.
    """

    number = models.PositiveSmallIntegerField(_("version"), unique=True)
    terms = models.JSONField(_("terms"), default=dict)
    note = models.TextField(_("further agreements"), blank=True)
    reason = models.CharField(_("reason for the change"), max_length=300, blank=True)
    planned_for = models.DateTimeField(_("not before"), null=True, blank=True)
    marketing_by = _colleague()
    marketing_at = models.DateTimeField(null=True, blank=True)
    sales_by = _colleague()
    sales_at = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateTimeField(_("effective from"), null=True, blank=True)
    created_by = _colleague()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("service level agreement")
        verbose_name_plural = _("service level agreements")
        ordering = ["-number"]
        permissions = [
            ("propose_sla", "Can propose a service level agreement"),
            ("sign_sla_marketing", "Can sign the agreement for marketing"),
            ("sign_sla_sales", "Can sign the agreement for sales"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class Entrance(models.Model):
    """A stage entry that was heard of, once for ever. `handled_at`: looked at; `skipped`: why in vain."""

    key = models.CharField(max_length=120, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    noted_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    skipped = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("entry into the agreed stage")
        verbose_name_plural = _("entries into the agreed stage")
        indexes = [
            models.Index(fields=["id"], name="handover_waiting", condition=models.Q(handled_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.key


class HandoverQuerySet(models.QuerySet[Any]):
    """Handovers as far as somebody may see them."""

    def visible_to(self, user: Any) -> "HandoverQuerySet":
        """Everything; or one's own, the team's, and those nobody has."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if sees_everything(user=user):
            return self.all()
        mine = models.Q(rep=user) | models.Q(rep=None)
        if user.team_id:
            mine |= models.Q(team=user.team_id) | models.Q(rep__team=user.team_id)
        return self.filter(mine)


class Handover(models.Model):
    """One person, handed over once. `summary`: facts at that moment (see `summary`).

    `assigned_at`: when the present colleague got it, where the clocks begin; `round` counts colleagues.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waits for acceptance")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")
        CLOSED = "closed", pgettext_lazy("handovers", "withdrawn")

    class Reason(models.TextChoices):
        NOT_READY = "not_ready", _("not ready yet")
        NO_FIT = "no_fit", _("does not fit")
        DUPLICATE = "duplicate", _("duplicate")
        WRONG_DATA = "wrong_data", _("wrong data")
        OTHER = "other", _("other reason")

    class Cause(models.TextChoices):
        """Why an open one was withdrawn."""

        BACK = "back", _("the contact was moved back")
        RULE = "rule", _("another rule holds for the stage")
        GONE = "gone", _("what led to the stage is gone")
        RESTRICTED = "restricted", _("the use of the data is restricted")

    person = models.ForeignKey(
        Person, verbose_name=_("contact"), on_delete=models.CASCADE, related_name="handovers"
    )
    entrance = models.OneToOneField(Entrance, null=True, on_delete=models.SET_NULL, related_name="+")
    stage = models.CharField(max_length=30)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    rep = _colleague(verbose_name=_("assigned to"))
    team = models.ForeignKey(
        Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sla = models.ForeignKey(SlaVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    entered_at = models.DateTimeField(_("reached the stage"))
    created_at = models.DateTimeField(_("handed over"), db_index=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    first_response_at = models.DateTimeField(_("first response"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reached = models.BooleanField(_("reached"), default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices, blank=True)
    withdrawn = models.CharField(_("withdrawn because"), max_length=10, choices=Cause.choices, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    fit = models.PositiveSmallIntegerField(_("fit (1 to 5)"), null=True, blank=True)
    recycle_on = models.DateField(_("look again on"), null=True, blank=True)
    recycled_at = models.DateTimeField(null=True, blank=True)
    clock = models.CharField(max_length=8, blank=True, editable=False)
    deadline = models.DateTimeField(_("next deadline"), null=True, blank=True, db_index=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    campaign = models.CharField(_("campaign"), max_length=160, blank=True)
    score = models.IntegerField(_("score"), default=0)
    summary = models.JSONField(default=dict)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("sales", "handover")
        verbose_name_plural = pgettext_lazy("sales", "handovers")
        ordering = [models.F("deadline").asc(nulls_last=True), "id"]
        indexes = [models.Index(fields=["state", "rep"], name="handover_state_rep")]
        permissions = [
            ("work_handover", "Can accept and return handovers"),
            ("assign_handover", "Can give a handover to another colleague"),
            ("view_attainment", "Can see how far the agreed times are kept"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Assignment(models.Model):
    """A routing decision, with its explanation. `micros`: how long it took to find."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="assignments")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    rep = _colleague()
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rule = models.ForeignKey(RoutingRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by = _colleague()
    cause = models.CharField(max_length=10, default="routed")
    why = models.JSONField(default=list)
    micros = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["round", "id"]
        constraints = [models.UniqueConstraint(fields=["handover", "round"], name="handover_round")]

    def __str__(self) -> str:
        return f"{self.handover_id}/{self.round}"


class Pause(models.Model):
    """The clocks stand still from `since` to `until` (None: still)."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(_("reason"), max_length=200)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = _colleague()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["handover"], condition=models.Q(until__isnull=True), name="handover_one_pause"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class ClockStep(models.Model):
    """A step that was taken: the row is what makes it happen once."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField()
    clock = models.CharField(max_length=8)
    step = models.CharField(max_length=8)
    at = models.DateTimeField()
    deadline = models.DateTimeField()
    rep = _colleague()

    class Meta:
        verbose_name = _("step of a clock")
        verbose_name_plural = _("steps of clocks")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "round", "clock", "step"], name="handover_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.step}"


class ChatChannel(models.Model):
    """Where chat messages go. The address holds the key to the channel, so it is stored sealed."""

    name = models.CharField(_("name"), max_length=80)
    sealed = models.TextField(editable=False)
    team = models.ForeignKey(
        Team, verbose_name=_("only for the team"), null=True, blank=True, on_delete=models.CASCADE,
        related_name="+",
    )  # fmt: skip
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("chat channel")
        verbose_name_plural = _("chat channels")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ChatMessage(models.Model):
    """One message to one channel: the sole permission to send it. `unclear`: the worker died meanwhile."""

    class State(models.TextChoices):
        DUE = "due", _("due")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNCLEAR = "unclear", _("unclear")

    channel = models.ForeignKey(ChatChannel, on_delete=models.CASCADE, related_name="+")
    handover = models.ForeignKey(Handover, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    text = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    next_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="handover_chat_once")]

    def __str__(self) -> str:
        return self.title

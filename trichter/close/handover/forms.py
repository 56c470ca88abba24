"""Every input about handovers, rules, hours, absences, channels and the agreement."""

from datetime import date, time
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.models import User
from trichter.core.people.forms import WhoForm, colleagues
from trichter.core.shell.fields import DayInput, MomentInput

from . import calendars, chat
from .clocks import CLOCKS, LIMITS, Terms
from .errors import Unsafe
from .models import (
    Absence,
    BusinessCalendar,
    ChatChannel,
    Handover,
    HandoverSettings,
    RoutingRule,
    Seat,
)
from .routing import parse_postcodes
from .wording import clock_name

WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip


class ReturnForm(forms.Form):
    """Why a handover is returned."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Handover.Reason.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Comment"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    fit = forms.TypedChoiceField(
        label=_("How well does the company fit? (1: not at all, 5: very well)"), coerce=int, required=False,
        empty_value=None, choices=[("", "–"), *((n, str(n)) for n in range(1, 6))],
    )  # fmt: skip
    recycle_on = forms.DateField(label=_("Look again on"), required=False, widget=DayInput())


class ContactForm(forms.Form):
    """A contact that no other record tells of."""

    channel = forms.ChoiceField(
        label=_("Contacted"),
        choices=[
            ("mail", _("by e-mail")), ("phone", _("by phone")), ("message", _("by message")),
            ("other", _("in another way")),
        ],
    )  # fmt: skip


class PauseForm(forms.Form):
    """Why the clocks stand still."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class AssignForm(forms.Form):
    """Another colleague."""

    user = forms.ModelChoiceField(label=_("Give to"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from .queries import colleagues as reps

        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = reps()  # type: ignore[attr-defined]


class ListForm(forms.Form):
    """Filters of the list; what is not understood is ignored."""

    tab = forms.ChoiceField(choices=[(key, key) for key in ("mine", "team", "free", "all")], required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *Handover.State.choices], required=False
    )
    month = forms.DateField(input_formats=["%Y-%m"], required=False)
    rep = forms.IntegerField(required=False, max_value=2**31)
    source = forms.CharField(required=False, max_length=120)
    campaign = forms.CharField(required=False, max_length=160)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("All")), *Handover.Reason.choices], required=False
    )
    breach = forms.ChoiceField(
        label=_("Time exceeded"), required=False,
        choices=lambda: [("", _now("All")), *((key, clock_name(key)) for key in CLOCKS)],
    )  # fmt: skip
    band = forms.IntegerField(required=False, min_value=0, max_value=9)
    late = forms.BooleanField(label=_("Deadline over"), required=False)

    def values(self) -> dict[str, Any]:
        """What was understood."""
        self.is_valid()
        found = self.cleaned_data.items()
        return {name: value for name, value in found if value not in ("", None) and value is not False}


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The settings."""

    class Meta:
        model = HandoverSettings
        fields = (
            "active", "stage", "back_stage", "max_age_hours", "keep_owner", "fallback_team", "alarm_minutes",
            "by_mail", "urgent",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from trichter.core.lifecycle.queries import stages

        super().__init__(*args, **kwargs)
        choices = [(stage.key, stage.name) for stage in stages()]
        for name, first in (("stage", []), ("back_stage", [("", "–")])):
            old = self.fields[name]
            self.fields[name] = forms.ChoiceField(
                label=old.label, choices=[*first, *choices], required=old.required, help_text=old.help_text
            )


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A routing rule."""

    class Meta:
        model = RoutingRule
        fields = (
            "position", "name", "active", "industries", "employees_min", "employees_max", "countries",
            "postcodes", "languages", "score_min", "score_max", "sources", "tags", "rep", "team", "method",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rep"].queryset = colleagues()  # type: ignore[attr-defined]

    def clean_postcodes(self) -> str:
        """Ranges that can be read."""
        text = str(self.cleaned_data["postcodes"])
        try:
            parse_postcodes(text)
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(part)s” is no postcode or range. Write 80-87 or 93."), params={"part": error}
            ) from None
        return text

    def clean(self) -> dict[str, Any]:
        """One target."""
        data = super().clean() or {}
        if bool(data.get("rep")) == bool(data.get("team")):
            self.add_error("rep", _("Choose a colleague or a team."))
        return data


class AbsenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Days off."""

    class Meta:
        model = Absence
        fields = ("user", "first", "last", "cover")
        widgets = {"first": DayInput(), "last": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("user", "cover"):
            self.fields[name].queryset = colleagues()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """In their order, and covered by somebody else."""
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day is before the first."))
        if data.get("cover") and data.get("cover") == data.get("user"):
            self.add_error("cover", _("Choose somebody else."))
        return data


class SeatForm(forms.ModelForm):  # type: ignore[type-arg]
    """How much somebody gets."""

    class Meta:
        model = Seat
        fields = ("user", "active", "weight", "capacity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues()  # type: ignore[attr-defined]


def read_windows(text: str) -> list[list[str]]:
    """“09:00-12:00, 13:00-17:00” as stored; empty for closed. Raises ValidationError."""
    found = []
    for part in text.replace("–", "-").split(","):
        if not part.strip():
            continue
        try:
            first, last = (time.fromisoformat(one.strip().zfill(5)) for one in part.split("-"))
        except ValueError:
            raise forms.ValidationError(_("Write times such as 09:00-12:00, 13:00-17:00.")) from None
        if last <= first and last != time(0):
            raise forms.ValidationError(_("The end is before the beginning."))
        found.append([first.isoformat("minutes"), last.isoformat("minutes")])
    found.sort()
    if any(one[1] > two[0] or one[1] == "00:00" for one, two in pairwise(found)):
        raise forms.ValidationError(_("These times overlap."))
    return found


def windows_text(data: Any) -> str:
    """Stored windows as text."""
    return ", ".join(f"{first}-{last}" for first, last in data or [])


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]
    """Business hours: seven days, holidays of a place, exceptions one a line."""

    exceptions_text = forms.CharField(
        label=_("Exceptions"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One day a line: 2026-12-24 09:00-12:00; without times the day is closed."),
    )  # fmt: skip
    country = forms.ChoiceField(
        label=_("Public holidays of"), required=False,
        choices=[("", "–"), ("DE", _("Germany")), ("AT", _("Austria")), ("CH", _("Switzerland"))],
    )  # fmt: skip
    subdivision = forms.CharField(
        label=_("State or canton"), required=False, max_length=6,
        help_text=_("Its short form, such as BY, NW or ZH; empty: national holidays only."),
    )  # fmt: skip

    class Meta:
        model = BusinessCalendar
        fields = ("name", "team", "leader", "zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].queryset = colleagues()  # type: ignore[attr-defined]
        row, new = self.instance, self.instance.pk is None
        for day, name in enumerate(WEEKDAYS):
            stored = [["09:00", "17:00"]] if new and day < 5 else row.week.get(str(day))
            self.fields[f"day_{day}"] = forms.CharField(
                label=name, required=False, max_length=60, initial=windows_text(stored)
            )
        self.fields["exceptions_text"].initial = "\n".join(
            f"{day} {windows_text(windows)}".strip()
            for day, windows in sorted((row.exceptions or {}).items())
        )
        self.fields["country"].initial = "DE" if new else row.country
        self.fields["subdivision"].initial = row.subdivision
        self.order_fields(
            ["name", "team", "leader", "zone", "country", "subdivision", *(f"day_{n}" for n in range(7)),
             "exceptions_text"]
        )  # fmt: skip

    def clean_zone(self) -> str:
        """A zone that exists."""
        zone = str(self.cleaned_data["zone"])
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone. Write Europe/Berlin, say."))
        return zone

    def clean(self) -> dict[str, Any]:
        """The texts as windows."""
        data = super().clean() or {}
        week: dict[str, Any] = {}
        for day in range(7):
            try:
                week[str(day)] = read_windows(data.get(f"day_{day}", ""))
            except forms.ValidationError as error:
                self.add_error(f"day_{day}", error)
        if not any(week.values()) and not self.errors:
            self.add_error("day_0", _("Enter business hours for at least one day."))
        subdivision = (data.get("subdivision") or "").strip().upper()
        if subdivision and subdivision not in calendars.subdivisions(data.get("country") or ""):
            self.add_error("subdivision", _("This country has no such part."))
        same = BusinessCalendar.objects.filter(team=data.get("team")).exclude(pk=self.instance.pk)
        if data.get("team") is None and same.exists():
            self.add_error("team", _("There are hours for everybody else already."))
        self.instance.week, self.instance.country = week, data.get("country") or ""
        self.instance.subdivision, self.instance.exceptions = subdivision, self._exceptions(data)
        return data

    def _exceptions(self, data: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for line in (data.get("exceptions_text") or "").splitlines():
            day, _space, times = line.strip().partition(" ")
            if not day:
                continue
            try:
                found[date.fromisoformat(day).isoformat()] = read_windows(times)
            except ValueError:
                self.add_error("exceptions_text", _("Write days such as 2026-12-24."))
            except forms.ValidationError as error:
                self.add_error("exceptions_text", error)
        return found


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A chat channel. The address is never shown again."""

    url = forms.CharField(
        label=_("Address"), max_length=1_000, required=False, widget=forms.PasswordInput(render_value=False),
        help_text=_(
            "The webhook of Slack, Teams or Google Chat (https://…), or an address such as "
            "mmosts://host/key for Mattermost. Kept encrypted; leave empty to keep it."
        ),
    )  # fmt: skip

    class Meta:
        model = ChatChannel
        fields = ("name", "team", "active")

    def clean_url(self) -> str:
        """An address that may be used."""
        url = str(self.cleaned_data.get("url") or "").strip()
        if not url and not self.instance.sealed:
            raise forms.ValidationError(_("Enter the address."))
        if url:
            try:
                chat.checked(url)
            except Unsafe:
                raise forms.ValidationError(
                    _(
                        "This address cannot be used: it is of an unknown kind, does not exist, or leads "
                        "into your own network. The operator can allow hosts of the own network."
                    )
                ) from None
        return url


class TermsForm(forms.Form):
    """A proposal of the agreement: the numbers, further text, from when on."""

    mql_per_month = forms.IntegerField(label=_("Handovers a month, at least"))
    accepted_percent = forms.IntegerField(label=_("Of these accepted by sales, at least (%)"))
    accept_minutes = forms.IntegerField(label=_("Accept or return within (business minutes)"))
    response_minutes = forms.IntegerField(label=_("First response within (business minutes)"))
    attempts = forms.IntegerField(label=_("Contact attempts, at least (0: none agreed)"))
    attempts_days = forms.IntegerField(label=_("These within (business days)"))
    warn_percent = forms.IntegerField(label=_("Warn after (% of the time)"))
    escalate_minutes = forms.IntegerField(label=_("Tell the leader so long after (minutes, 0: never)"))
    reassign_minutes = forms.IntegerField(label=_("Give to somebody else so long after (minutes, 0: never)"))
    note = forms.CharField(
        label=_("Further agreements"), required=False, max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason for the change"), max_length=300, required=False)
    planned_for = forms.DateTimeField(label=_("Not before"), required=False, widget=MomentInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (low, high) in LIMITS.items():
            field = self.fields[name]
            assert isinstance(field, forms.IntegerField)
            self.fields[name] = forms.IntegerField(label=field.label, min_value=low, max_value=high)

    def terms(self) -> Terms:
        """The numbers."""
        return Terms(**{name: self.cleaned_data[name] for name in LIMITS})


class TryForm(WhoForm):
    """Whom to try the rules on."""

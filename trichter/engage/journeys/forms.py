"""Every input about journeys."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.core.accounts.models import User
from trichter.core.consent.models import Purpose
from trichter.core.events.conditions import BARE_OPS, EventMatch, read_match
from trichter.core.lifecycle import builder as event_rows
from trichter.core.lifecycle.models import Stage
from trichter.core.people.forms import WhoForm
from trichter.core.segments.models import Segment

from . import queries
from .labels import DATES, WEEKDAYS
from .models import Journey
from .rules.reading import ADVERTISING, SERVICE, TEMPLATE

Json = dict[str, Any]
UNITS = {"1": _("minutes"), "60": _("hours"), "1440": _("days")}


class JourneyForm(forms.Form):
    """What a journey is called."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("Description"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class StepForm(forms.Form):
    """Settings of one kind of step, from JSON and back to it."""

    @classmethod
    def initial_of(cls, raw: Json) -> Json:
        """What the fields show for a step."""
        return {name: raw.get(name) for name in cls.base_fields}

    def settings(self) -> Json:
        """The settings as JSON data."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


def _minutes(data: Json) -> int:
    return int(data["amount"]) * int(data["unit"])


def _amount(raw: Json) -> Json:
    minutes = raw.get("minutes")
    if not isinstance(minutes, int) or minutes < 1:
        return {"amount": 1, "unit": "1440"}
    unit = next(one for one in (1_440, 60, 1) if minutes % one == 0)
    return {"amount": minutes // unit, "unit": str(unit)}


class WaitForm(StepForm):
    """For how long."""

    amount = forms.IntegerField(label=_("How long"), min_value=1, max_value=100_000, initial=1)
    unit = forms.ChoiceField(label=_("Unit"), choices=list(UNITS.items()), initial="1440")

    @classmethod
    def initial_of(cls, raw: Json) -> Json:
        return _amount(raw)

    def settings(self) -> Json:
        return {"minutes": _minutes(self.cleaned_data)}


class WaitTimeForm(StepForm):
    """Until when."""

    weekdays = forms.MultipleChoiceField(
        label=_("Weekdays"), required=False, choices=[(str(n), day) for n, day in enumerate(WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: any day."),
    )  # fmt: skip
    time = forms.TimeField(
        label=pgettext_lazy("clock", "Time"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("On the clock of the contact's country."),
    )  # fmt: skip

    @classmethod
    def initial_of(cls, raw: Json) -> Json:
        clock = f"{raw.get('hour', 9):02d}:{raw.get('minute', 0):02d}"
        return {"weekdays": [str(one) for one in raw.get("weekdays", [])], "time": clock}

    def settings(self) -> Json:
        at = self.cleaned_data["time"]
        days = [int(one) for one in self.cleaned_data["weekdays"]]
        return {"weekdays": days, "hour": at.hour, "minute": at.minute}


def _needs_value(form: forms.Form, data: Json) -> None:
    """A condition that compares with something needs it."""
    if data.get("field") and not data.get("value") and (data.get("op") or "is") not in BARE_OPS:
        form.add_error("value", _("Enter a value to compare with."))


class MatchFields(event_rows.RowForm):
    """An event and one condition."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].required = True

    def clean(self) -> Json:
        data: Json = super().clean() or {}
        _needs_value(self, data)
        return data

    @staticmethod
    def row_of(raw: Any) -> Json:
        """Initial values for a matcher."""
        match: EventMatch | None = read_match(raw, path="", found=[])
        return event_rows.match_row(match) if match is not None else {"op": "is"}


class WaitEventForm(MatchFields, StepForm):
    """What is waited for, and for how long at most."""

    amount = forms.IntegerField(label=_("At most"), min_value=1, max_value=100_000, initial=7)
    unit = forms.ChoiceField(label=_("Unit"), choices=list(UNITS.items()), initial="1440")

    @classmethod
    def initial_of(cls, raw: Json) -> Json:
        return cls.row_of(raw.get("event")) | _amount(raw)

    def settings(self) -> Json:
        return {"event": self.match(), "minutes": _minutes(self.cleaned_data)}


class GoalForm(MatchFields, StepForm):
    """What pulls people here."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    otherwise = forms.ChoiceField(
        label=_("Who comes here without it"),
        choices=[("end", _("ends here")), ("continue", _("goes on"))], initial="end",
    )  # fmt: skip
    field_order = ("name",)

    @classmethod
    def initial_of(cls, raw: Json) -> Json:
        return cls.row_of(raw.get("event")) | {
            "name": raw.get("name"),
            "otherwise": raw.get("otherwise", "end"),
        }

    def settings(self) -> Json:
        data = self.cleaned_data
        return {"event": self.match(), "name": data["name"], "otherwise": data["otherwise"]}


class SplitForm(StepForm):
    """Shares of two to five ways."""

    shares = forms.CharField(
        label=_("Shares in per cent"),
        max_length=40,
        initial="50, 50",
        help_text=_("Two to five, such as 50, 50."),
    )

    @classmethod
    def initial_of(cls, raw: Json) -> Json:
        shares = [str(one.get("share", "")) for one in raw.get("ways") or []]
        return {"shares": ", ".join(shares) or "50, 50"}

    def clean_shares(self) -> list[int]:
        parts = [
            one.strip() for one in self.cleaned_data["shares"].replace(";", ",").split(",") if one.strip()
        ]
        fits = all(one.isascii() and one.isdigit() and len(one) < 3 for one in parts) and 2 <= len(parts) <= 5
        if not fits or sum(int(one) for one in parts) != 100 or "0" in parts:
            raise forms.ValidationError(_("Enter two to five whole numbers that add up to 100."))
        return [int(one) for one in parts]


class MailForm(StepForm):
    """What the mail is for; a template, or subject and text."""

    message_class = forms.ChoiceField(
        label=_("What this mail is for"), widget=forms.RadioSelect, initial=ADVERTISING,
        choices=[
            (ADVERTISING, _("Advertising: it wins somebody over, reminds, recommends, invites")),
            (SERVICE, _("Service: it does what this contact has asked for")),
        ],
        help_text=_(
            "Advertising needs the consent below, counts among the mails that a contact gets a week, keeps "
            "quiet hours and carries the way to unsubscribe. A service mail needs no consent and goes at "
            "once: the file somebody asked for, the date of an appointment, a change to an order. Any word "
            "that promotes something makes it advertising (§ 7 UWG), however useful the rest is."
        ),
    )  # fmt: skip
    template = forms.ChoiceField(
        label=_("Mail template"), required=False,
        help_text=_("Designed mails are made under Mail templates. Without one the text below is sent."),
    )  # fmt: skip
    template_de = forms.ChoiceField(label=_("Another one for contacts who read German"), required=False)
    template_en = forms.ChoiceField(label=_("Another one for contacts who read English"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=250, required=False)
    text = forms.CharField(
        label=_("Text"), max_length=50_000, required=False, widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Empty lines make paragraphs; an address on a line of its own becomes a link. "
                    "Advertising also gets the way to unsubscribe and the imprint."),
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label=_("Consent needed"), required=False, help_text=_("For advertising; a service mail needs none.")
    )

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None and "message_class" not in data:
            # What says nothing is advertising, which is the stricter of the two.
            data = {name: data.get(name) for name in data} | {"message_class": ADVERTISING}
        super().__init__(data, *args, **kwargs)
        field = self.fields["purpose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.key, one.name) for one in Purpose.objects.filter(active=True)]
        offered = queries.template_choices()
        nothing = {"template": _("none: the text below"), "template_de": "–", "template_en": "–"}
        for name, label in nothing.items():
            template = self.fields[name]
            assert isinstance(template, forms.ChoiceField)
            template.choices = [("", label), *offered]

    @classmethod
    def initial_of(cls, raw: Json) -> Json:
        source = raw.get("source") or {}
        return {
            "template": queries.template_key(source), "template_de": queries.other_template(source, "de"),
            "template_en": queries.other_template(source, "en"), "subject": source.get("subject"),
            "text": source.get("text"), "purpose": raw.get("purpose") or "newsletter",
            "message_class": raw.get("class") or ADVERTISING,
        }  # fmt: skip

    def clean(self) -> Json:
        data: Json = super().clean() or {}
        for name in ("subject", "text") if not data.get("template") else ():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Enter something here, or choose a template."))
        advertising = data.get("message_class") == ADVERTISING
        if advertising and not data.get("purpose") and "purpose" not in self.errors:
            self.add_error("purpose", _("Advertising needs a consent."))
        for name in ("template", "template_de", "template_en"):
            if data.get(name) and queries.is_advertising(data[name]) != advertising:
                self.add_error(
                    name,
                    _("This template is made for service mails.") if advertising
                    else _("This template is made for advertising."),
                )  # fmt: skip
        return data

    def settings(self) -> Json:
        data = self.cleaned_data
        # Advertising is what a step is that says nothing, as all were before there was a choice.
        service = data["message_class"] == SERVICE
        kind: Json = {"class": SERVICE} if service else {"purpose": data["purpose"]}
        if data["template"]:
            names = ("template", "template_de", "template_en")
            variables = {name: data[name] for name in names if data[name]}
            return {"source": {"kind": "renderer", "key": TEMPLATE, "variables": variables}} | kind
        text = data["text"].replace("\r\n", "\n")
        return {"source": {"kind": "stored", "subject": data["subject"], "text": text}} | kind


class TagForm(StepForm):
    """Which tag."""

    tag = forms.CharField(label=pgettext_lazy("contact", "Tag"), max_length=60)
    remove = forms.BooleanField(label=_("Take off instead"), required=False)


class ScoreForm(StepForm):
    """Under which name."""

    label = forms.CharField(
        label=_("Name"), max_length=120,
        help_text=_("The score model counts the event “Journey noted …” with this name."),
    )  # fmt: skip


class _ColleagueForm(StepForm):
    to = forms.ModelChoiceField(
        label=_("For"), queryset=User.objects.none(), required=False, empty_label=_("the contact's owner")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(is_active=True)

    def settings(self) -> Json:
        found = super().settings()
        return found | ({"to": found["to"].pk} if "to" in found else {})


class TaskForm(_ColleagueForm):
    """What is to be done, by whom, until when."""

    title = forms.CharField(label=_("Task"), max_length=200)
    days = forms.IntegerField(label=_("Due in days"), min_value=0, max_value=365, initial=1)
    field_order = ("title", "days", "to")


class NotifyForm(_ColleagueForm):
    """What the colleague reads."""

    text = forms.CharField(label=_("Message"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))
    field_order = ("text", "to")


class WebhookForm(StepForm):
    """Where to."""

    url = forms.URLField(
        label=_("Address"), max_length=500, assume_scheme="https",
        help_text=_("Only https, and no address in the own network."),
    )  # fmt: skip


class StageForm(StepForm):
    """Which stage."""

    stage = forms.ChoiceField(label=_("Stage"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stage"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.key, one.name) for one in Stage.objects.order_by("position")]


class SegmentForm(StepForm):
    """Which segment kept by hand."""

    segment = forms.ModelChoiceField(label=_("Segment"), queryset=Segment.objects.none())
    remove = forms.BooleanField(label=_("Take out instead"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["segment"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Segment.objects.filter(archived_at=None, kind=Segment.Kind.STATIC)

    def settings(self) -> Json:
        return super().settings() | {"segment": self.cleaned_data["segment"].pk}


STEP_FORMS: dict[str, type[forms.Form]] = {
    "wait": WaitForm, "wait_time": WaitTimeForm, "wait_event": WaitEventForm, "split": SplitForm,
    "goal": GoalForm, "mail": MailForm, "tag": TagForm, "score": ScoreForm, "task": TaskForm,
    "notify": NotifyForm, "webhook": WebhookForm, "stage": StageForm, "segment": SegmentForm,
}  # fmt: skip
"""All kinds but the question, which is edited with the rows of segments."""


class TriggerForm(event_rows.RowForm):
    """What makes people enter."""

    what = forms.ChoiceField(
        label=_("People enter when"),
        choices=[("event", _("something happens")), ("segment", _("they join a segment")),
                 ("stage", _("they enter a stage")), ("date", _("a date is so many days ago"))],
    )  # fmt: skip
    segment = forms.ModelChoiceField(label=_("Segment"), queryset=Segment.objects.none(), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    date = forms.ChoiceField(label=_("Date"), required=False, choices=list(DATES.items()))
    days = forms.IntegerField(label=_("Days after it"), min_value=0, max_value=3_650, required=False)
    field_order = ("what",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, stage = self.fields["segment"], self.fields["stage"]
        assert isinstance(field, forms.ModelChoiceField) and isinstance(stage, forms.ChoiceField)
        field.queryset = Segment.objects.filter(archived_at=None)
        stage.choices = [(one.key, one.name) for one in Stage.objects.order_by("position")]

    def clean(self) -> Json:
        data: Json = super().clean() or {}
        needed = {"event": "kind", "segment": "segment", "stage": "stage", "date": "date"}
        name = needed.get(data.get("what") or "", "")
        if name and not data.get(name):
            self.add_error(name, _("Choose one."))
        if name == "kind":
            _needs_value(self, data)
        return data

    def trigger(self) -> Json:
        """The trigger as JSON data."""
        data = self.cleaned_data
        match data["what"]:
            case "segment":
                return {"segment": data["segment"].pk}
            case "stage":
                return {"stage": data["stage"]}
            case "date":
                return {"date": data["date"], "days": data.get("days") or 0}
        return {"event": self.match()}


class ExitForm(event_rows.RowForm):
    """What makes people leave."""

    what = forms.ChoiceField(
        label=_("People leave when"),
        choices=[("event", _("something happens")), ("segment", _("they leave a segment")),
                 ("consent", _("they withdraw a consent"))],
    )  # fmt: skip
    segment = forms.ModelChoiceField(label=_("Segment"), queryset=Segment.objects.none(), required=False)
    consent = forms.ChoiceField(label=_("Consent"), required=False)
    field_order = ("what",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, consent = self.fields["segment"], self.fields["consent"]
        assert isinstance(field, forms.ModelChoiceField) and isinstance(consent, forms.ChoiceField)
        field.queryset = Segment.objects.filter(archived_at=None)
        consent.choices = [(one.key, one.name) for one in Purpose.objects.all()]

    def clean(self) -> Json:
        data: Json = super().clean() or {}
        name = {"event": "kind", "segment": "segment", "consent": "consent"}.get(data.get("what") or "", "")
        if name and not data.get(name):
            self.add_error(name, _("Choose one."))
        if name == "kind":
            _needs_value(self, data)
        return data

    def exit(self) -> Json:
        """The exit as JSON data."""
        data = self.cleaned_data
        match data["what"]:
            case "segment":
                return {"segment_left": data["segment"].pk}
            case "consent":
                return {"consent": data["consent"]}
        return {"event": self.match()}


class ReentryForm(forms.Form):
    """Whether people may enter again, and whether colleagues may put them in without a trigger."""

    after = forms.ChoiceField(
        label=_("Entering again"),
        choices=[("never", _("only once")), ("ended", _("again, once it has ended")),
                 ("days", _("again after so many days"))],
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Days after the last start"), min_value=0, max_value=3_650, required=False, initial=0
    )
    by_hand = forms.BooleanField(label=_("May run without a trigger, only by hand"), required=False)


class PersonForm(WhoForm):
    """Whom it is about."""


class EnrolForm(forms.Form):
    """Into which journey."""

    journey = forms.ModelChoiceField(
        label=_("Journey"), queryset=Journey.objects.filter(state=Journey.State.RUNNING)
    )

"""Every input of newsletters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.consent.queries import purposes
from trichter.core.segments import queries as segments
from trichter.core.shell.fields import DayInput

from ..mailtemplates import queries as templates
from ..mailtemplates.blocks import check_tags
from .models import Newsletter


class NewsletterForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is sent to whom, and when."""

    purpose = forms.ChoiceField(
        label=_("Topic"), help_text=_("Only contacts who agreed to this topic by e-mail get it.")
    )
    companions = {"timing": ("day", "clock"), "day": ("timing", "clock"), "clock": ("timing", "day")}

    class Meta:
        model = Newsletter
        fields = (
            "name", "template", "subject", "preheader", "purpose", "include", "exclude", "timing", "day",
            "clock", "from_name", "from_address", "reply_to",
        )  # fmt: skip
        widgets = {
            "include": forms.CheckboxSelectMultiple,
            "exclude": forms.CheckboxSelectMultiple,
            "timing": forms.RadioSelect,
            "day": DayInput,
            "clock": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }
        help_texts = {
            "subject": _("Empty: that of the template. Merge tags are allowed."),
            "preheader": _("Empty: that of the template."),
            "from_name": _("Empty: that of the mail settings."),
            "exclude": _("Members of these segments do not get it."),
            "day": _("Only for a time; on the company's or on each contact's clock."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.instance.template_id
        fields: Any = self.fields
        fields["purpose"].choices = [(one.key, one.name) for one in purposes().filter(active=True)]
        fields["template"].queryset = templates.usable() | templates.templates().filter(pk=chosen)
        fields["template"].help_text = _("Published templates. Write one under “Mail templates”.")
        for name in ("include", "exclude"):
            fields[name].queryset = segments.segments().order_by("name")
        for name in ("subject", "preheader"):
            fields[name].validators.append(check_tags)

    def clean(self) -> dict[str, Any]:
        """A time needs a day and a clock."""
        data = super().clean() or {}
        timing = data.get("timing")
        if timing in (Newsletter.Timing.COMPANY, Newsletter.Timing.LOCAL):
            for name in ("day", "clock"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Enter the day and the time."))
        elif timing == Newsletter.Timing.NOW:
            data["day"] = data["clock"] = None
        include, exclude = data.get("include"), data.get("exclude")
        if include and exclude and set(include) & set(exclude):
            self.add_error("exclude", _("A segment cannot be chosen and left out at once."))
        return data


class TestForm(forms.Form):
    """To whom a test goes."""

    addresses = forms.CharField(
        label=_("Send to"), max_length=500, help_text=_("Addresses of colleagues, separated by commas.")
    )
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_addresses(self) -> list[str]:
        """At most ten, each an address."""
        found = [one.strip() for one in self.cleaned_data["addresses"].replace(";", ",").split(",")]
        found = [one for one in found if one]
        if len(found) > 10:
            raise forms.ValidationError(_("At most ten addresses."))
        for one in found:
            forms.EmailField().clean(one)
        return found

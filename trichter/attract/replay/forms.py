"""What is counted and what is recorded."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.shell.queries import company_today

from .models import DEVICES, HeatPage, ReplaySettings

_MOST = 100
PERIODS = (("7", _("7 days")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("12 months")))
KINDS = (("c", _("Clicks")), ("r", _("Rage clicks")), ("d", _("Dead clicks")), ("m", _("Pointer")))


class ReplayForm(forms.ModelForm):  # type: ignore[type-arg]
    """Patterns of pages stand one per line."""

    heat = forms.BooleanField(
        label=_("Count clicks and scrolling"),
        required=False,
        help_text=_(
            "Numbers per page, without persons and without anything on the device: no consent needed."
        ),
    )
    heat_pages = forms.CharField(
        label=_("Pages with a heatmap"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Paths, such as /prices or /blog/*; an asterisk stands for anything. Empty: every page."),
    )
    moves = forms.BooleanField(
        label=_("Count where the pointer rests"),
        required=False,
        help_text=_("Four times a second, on computers. More to send; switch it on for some weeks."),
    )
    record = forms.BooleanField(
        label=_("Record visits with consent"),
        required=False,
        help_text=_(
            "The banner then asks for it as a purpose of its own. Texts, input and pictures are made "
            "unreadable in the browser."
        ),
    )
    record_pages = forms.CharField(
        label=_("Pages that are recorded"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Paths as above. Empty: every page."),
    )
    sample = forms.IntegerField(
        label=_("Share of the visitors, per cent"),
        min_value=1,
        max_value=100,
        help_text=_("Of those who agreed, drawn anew every day."),
    )
    per_day = forms.IntegerField(
        label=_("Recordings per day at most"), min_value=1, max_value=5_000,
        help_text=_("A recording takes up to 6 MB, usually less than 1 MB."),
    )  # fmt: skip

    class Meta:
        model = ReplaySettings
        fields = ("heat", "heat_pages", "moves", "record", "record_pages", "sample", "per_day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("heat_pages", "record_pages"):
            self.initial[name] = "\n".join(getattr(self.instance, name))

    def clean_heat_pages(self) -> list[str]:
        """Paths that begin with a slash."""
        return _paths(self.cleaned_data["heat_pages"])

    def clean_record_pages(self) -> list[str]:
        """Paths that begin with a slash."""
        return _paths(self.cleaned_data["record_pages"])


def _paths(text: str) -> list[str]:
    found = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(found) > _MOST:
        raise forms.ValidationError(_("At most %(most)d lines."), params={"most": _MOST})
    for line in found:
        if not line.startswith("/") or len(line) > 200:
            raise forms.ValidationError(_("“%(path)s” does not begin with /."), params={"path": line[:80]})
        if any(sign in line for sign in "?#[]"):
            raise forms.ValidationError(
                _("“%(path)s” is more than a path: leave out what begins with ? or #."),
                params={"path": line[:80]},
            )
    return found


class HeatQuestion(forms.Form):
    """Which heatmap: page, device, period, what is drawn. What cannot be understood is the default."""

    page = forms.ModelChoiceField(queryset=HeatPage.objects.none(), required=False)
    device = forms.ChoiceField(choices=DEVICES, required=False)
    period = forms.ChoiceField(choices=PERIODS, required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["page"].queryset = HeatPage.objects.all()  # type: ignore[attr-defined]
        self.is_valid()

    def answer(self, name: str, default: str) -> str:
        """The chosen value of a list, or the default."""
        return str(self.cleaned_data.get(name) or default)

    @property
    def first_day(self) -> Any:
        """The first day that is counted."""
        return company_today() - timedelta(days=int(self.answer("period", "30")) - 1)

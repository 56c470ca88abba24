"""What somebody chooses before a playbook is made."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from trichter.close.handover.queries import colleagues
from trichter.close.handover.routing import parse_postcodes
from trichter.core.accounts.models import Team, User

from .making import Choices

MOST_MB = 20


class ChoicesForm(forms.Form):
    """Language, who gets the leads, the file."""

    language = forms.ChoiceField(
        label=_("Language of the pages"), choices=settings.LANGUAGES,
        help_text=_("The mails are made in German and English in any case."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Your whitepaper (PDF)"), required=False,
        help_text=_("Without a file you get a sample that says what belongs into it."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )  # fmt: skip
    rep = forms.ModelChoiceField(
        label=_("Leads go to"), queryset=User.objects.none(), required=False, empty_label="–"
    )
    team = forms.ModelChoiceField(
        label=_("or to the team"), queryset=Team.objects.all(), required=False, empty_label="–"
    )
    postcodes = forms.CharField(
        label=_("only from these postcodes"), max_length=300, required=False,
        help_text=_("Such as 80-87, 93. Empty: from everywhere."),
    )  # fmt: skip

    def __init__(self, *args: Any, routing: bool = True, **kwargs: Any) -> None:
        """routing: whether to ask where leads go."""
        super().__init__(*args, **kwargs)
        if routing:
            self.fields["rep"].queryset = colleagues()  # type: ignore[attr-defined]
        else:
            for name in ("rep", "team", "postcodes"):
                del self.fields[name]

    def clean_file(self) -> Any:
        """A PDF of a bearable size."""
        file = self.cleaned_data.get("file")
        if file:
            head = file.read(5)
            file.seek(0)
            if head != b"%PDF-":
                raise forms.ValidationError(_("This is not a PDF."))
            if file.size > MOST_MB * 2**20:
                raise forms.ValidationError(_("The file is larger than %(n)s MB."), params={"n": MOST_MB})
        return file

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
        """One target at most."""
        data = super().clean() or {}
        if data.get("rep") and data.get("team"):
            self.add_error("team", _("Choose a colleague or a team, not both."))
        return data

    def choices(self) -> Choices:
        """What was chosen."""
        data = self.cleaned_data
        return Choices(
            language=data["language"], rep=data.get("rep"), team=data.get("team"),
            postcodes=data.get("postcodes", ""), file=data.get("file"),
        )  # fmt: skip

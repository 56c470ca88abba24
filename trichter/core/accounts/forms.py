"""Forms of the account page, users, teams and tokens."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.forms import ChangePasswordForm
from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.kit.clock import EARLIEST_DAY, LATEST_DAY

from .models import Team, User
from .roles import CHOICES
from .tokens import READ, SCOPES


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """A one-time password that is “changed” into itself stays known to whoever handed it out."""

    def clean(self) -> Any:
        """The new password must differ."""
        cleaned = super().clean()
        new = cleaned.get("password1")
        if new and new == cleaned.get("oldpassword"):
            self.add_error("password1", _("Please choose a password other than the current one."))
        return cleaned


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What users may change about themselves."""

    language = forms.ChoiceField(label=_("Language"), required=False)

    class Meta:
        model = User
        fields = ["first_name", "last_name", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = _language_field()


def _language_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser says")), *settings.LANGUAGES]
    )


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """A user's master data, team and roles."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a role, a user can log in but sees nothing."),
    )

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "team", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = _language_field()
        self.fields["team"].empty_label = _("no team")  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        """Lower case, unique whatever the case."""
        email: str = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a user with this e-mail address already."))
        return email


class NewUserForm(UserForm):
    """How the new colleague comes in: by a password to hand over, or by a link in an e-mail."""

    entrance = forms.ChoiceField(
        label=_("First log-in"),
        choices=[
            ("password", _("Show me a one-time password to hand over")),
            ("invite", _("Send an e-mail with a link to choose a password")),
        ],
        initial="password",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.MAIL_SERVER:
            self.fields["entrance"].help_text = _(
                "No mail server is set up: an e-mail only goes to the server's log. Give a one-time password."
            )


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    """A team and who is in it."""

    members = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Colleagues of a team see each other's records. Somebody belongs to one team at most."),
    )

    class Meta:
        model = Team
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = User.objects.filter(is_active=True)
        if self.instance.pk:
            choices = choices | User.objects.filter(team=self.instance)
            self.initial["members"] = [user.pk for user in User.objects.filter(team=self.instance)]
        self.fields["members"].queryset = choices.distinct()  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Which program will use it, for example “Website form”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Allowed to"), choices=SCOPES, initial=[READ], widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("one year")), (0, _("no end"))],
        initial=90,
    )

    def expires_at(self) -> datetime | None:
        """When the token ends; None for never. After validation."""
        days: int = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None


class UserFilterForm(forms.Form):
    """The filter above the list of users."""

    q = forms.CharField(label=_("Search"), required=False, max_length=120)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("all roles")), *CHOICES])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), ("active", _("active")), ("inactive", _("deactivated"))],
    )


_YEARS = [MinValueValidator(EARLIEST_DAY), MaxValueValidator(LATEST_DAY)]


class AuditFilterForm(forms.Form):
    """The filter above the audit log."""

    q = forms.CharField(label=_("Search"), required=False, max_length=120)
    actor = forms.ModelChoiceField(
        label=_("Who"), required=False, queryset=User.objects.all(), empty_label=_("everybody")
    )
    action = forms.ChoiceField(label=_("What"), required=False)
    model = forms.ChoiceField(label=_("Kind of record"), required=False)
    object = forms.IntegerField(label=_("Number of the record"), required=False, min_value=1, max_value=2**62)
    since = forms.DateField(
        label=_("From"),
        required=False,
        validators=_YEARS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        validators=_YEARS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: Any, actions: list[tuple[str, Any]], models: list[tuple[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = actions  # type: ignore[attr-defined]
        self.fields["model"].choices = models  # type: ignore[attr-defined]

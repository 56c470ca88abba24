"""Every input about people, companies, tasks and notes."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from babel import Locale
from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.models import User
from trichter.core.shell.fields import DayInput, MomentInput
from trichter.core.shell.picker import PickField
from trichter.kit.text import clean, normalise_email

from .headlines import OUTCOMES
from .models import Company, Note, Person, Phone, Tag, Task

_LANGUAGES = [("", "–"), ("de", _("German")), ("en", _("English"))]
_FIRST = ("DE", "AT", "CH")


def countries() -> list[tuple[str, str]]:
    """Countries in the reader's language, the company's neighbours first."""
    names = Locale.parse((get_language() or "en").replace("-", "_")).territories
    known = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code != "ZZ"}
    rest = sorted((code for code in known if code not in _FIRST), key=lambda code: known[code])
    return [("", "–"), *((code, known[code]) for code in (*_FIRST, *rest) if code in known)]


def colleagues() -> Any:
    """Users who can be made responsible."""
    return User.objects.filter(is_active=True)


class PersonField(PickField):
    """A contact found by a search among those whom the user may see; merged records cannot be chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            model=Person, search=("first_name", "last_name", "email"), hint=lambda row: row.email,
            living=lambda rows: rows.filter(merged_into=None), **{"label": _("Contact")} | kwargs,
        )  # fmt: skip


class WhoForm(forms.Form):
    """One contact. `for_user` must be called before it is used."""

    person = PersonField()

    def for_user(self, user: User) -> None:
        """Only people whom the user may see can be chosen."""
        field = self.fields["person"]
        assert isinstance(field, PersonField)
        field.for_user(user=user)


class CompanyNameInput(forms.TextInput):
    """Offers the names of existing companies while typing."""

    template_name = "people/company_input.html"


class CompanyNameField(forms.CharField):
    """A company by name: cleans to a `Company`, which is not saved yet when nobody has that name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", CompanyNameInput(attrs={"list": "company-names", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        name = clean(str(super().clean(value)))
        return Company(name=name) if name else None


class TagNamesField(forms.CharField):
    """Labels separated by commas; cleans to their names."""

    def clean(self, value: Any) -> Any:
        names = [clean(name) for name in str(super().clean(value)).split(",")]
        if any(len(name) > 60 for name in names):
            raise forms.ValidationError(_("A label has at most 60 letters."))
        return list(dict.fromkeys(name for name in names if name))


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A contact. `company` and `tags` are names; both are made when they are new."""

    company = CompanyNameField(label=_("Company"), required=False)
    tags = TagNamesField(label=_("Tags"), required=False, max_length=600, help_text=_("Separated by commas"))
    country = forms.ChoiceField(label=_("Country"), required=False, choices=countries)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=_LANGUAGES)

    class Meta:
        model = Person
        fields = (
            "salutation", "title", "first_name", "last_name", "address_form", "email", "phone", "mobile",
            "company", "job_title", "buying_role", "owner", "tags", "street", "postcode", "city", "country",
            "language",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["company"] = str(self.instance.company or "")
            self.initial["tags"] = ", ".join(tag.name for tag in self.instance.tags.all())

    def clean_email(self) -> str:
        """An address in its normal form."""
        text = self.cleaned_data["email"]
        if not text:
            return ""
        value = normalise_email(text).value
        if value is None:
            raise forms.ValidationError(_("This is not a valid e-mail address."))
        return value

    def clean(self) -> dict[str, Any]:
        """Somebody without any name, address or number cannot be found again."""
        data: dict[str, Any] = super().clean() or {}
        asked = {"first_name", "last_name", "email", "phone", "mobile"}
        if asked <= set(self.fields) and not self.errors and not any(data.get(name) for name in asked):
            raise forms.ValidationError(_("Enter a name, an e-mail address or a phone number."))
        return data

    def _post_clean(self) -> None:
        """The action writes, not the form: the record in hand stays as it is."""


class CompanyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A company. `parent` is the name or domain of one that exists; `Companies.save` finds it."""

    parent = CompanyNameField(
        label=_("Parent company"), required=False, help_text=_("Name or domain of a company that is here")
    )
    country = forms.ChoiceField(label=_("Country"), required=False, choices=countries)
    tags = TagNamesField(label=_("Tags"), required=False, max_length=600, help_text=_("Separated by commas"))

    class Meta:
        model = Company
        fields = (
            "name", "domain", "industry", "employees", "phone", "owner", "tags", "street", "postcode", "city",
            "country",
        )  # fmt: skip

    field_order = ("name", "domain", "parent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]
        if "employees" in self.fields:
            self.fields["employees"].max_value = 10_000_000  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["tags"] = ", ".join(tag.name for tag in self.instance.tags.all())

        if self.instance.pk and "parent" in self.fields:
            self.initial["parent"] = str(self.instance.parent or "")

    def clean_domain(self) -> str:
        """A bare domain, whatever was pasted."""
        text = clean(self.cleaned_data["domain"]).lower()
        text = text.removeprefix("https://").removeprefix("http://").removeprefix("www.")
        return text.split("/")[0]


class TaskForm(forms.ModelForm):  # type: ignore[type-arg]
    """A task; `person` is given by the page it is made on."""

    class Meta:
        model = Task
        fields = ("title", "due", "assignee")
        widgets = {"due": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = colleagues()  # type: ignore[attr-defined]


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    """A note."""

    class Meta:
        model = Note
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class NewNoteForm(forms.ModelForm):  # type: ignore[type-arg]
    """A note in the composer."""

    class Meta:
        model = Note
        fields = ("text", "pinned")


class PastMomentField(forms.DateTimeField):
    """When something took place, in the company's zone; empty means now. Refuses the future."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=MomentInput(), **kwargs)

    def clean(self, value: Any) -> Any:
        at = super().clean(value)
        now = timezone.now()
        if at is not None and at > now + timedelta(minutes=5):
            raise forms.ValidationError(_("This lies in the future. Plan a task instead."))
        return at or now


class CallForm(forms.Form):
    """A call that took place or was tried."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=lambda: [(key, _(text)) for key, text in OUTCOMES.items()]
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=600)
    at = PastMomentField(label=_("When"))
    summary = forms.CharField(
        label=_("Summary"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class MeetingForm(forms.Form):
    """A meeting that took place."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    at = PastMomentField(label=_("When"))
    summary = forms.CharField(
        label=_("Summary"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class EmailForm(forms.Form):
    """One more address of a person."""

    email = forms.EmailField(label=_("Further e-mail address"))


class PhoneForm(forms.ModelForm):  # type: ignore[type-arg]
    """One more number of a person."""

    class Meta:
        model = Phone
        fields = ("kind", "number", "note")


class OwnerForm(forms.Form):
    """For many at once: who is responsible."""

    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]


class TagNamesForm(forms.Form):
    """For many at once: labels to add."""

    tags = TagNamesField(label=_("Tags"), max_length=600, help_text=_("Separated by commas"))


class TagsForm(forms.Form):
    """For many at once: labels to take off."""

    tags = forms.ModelMultipleChoiceField(
        label=_("Tags"), queryset=Tag.objects.all(), widget=forms.CheckboxSelectMultiple
    )


class MergeForm(forms.Form):
    """Whose value is kept, field by field: `pick_<field>` is the id of the record."""

    survivor = forms.IntegerField()
    reason = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, fields: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.picks = tuple(fields)
        for name in self.picks:
            self.fields[f"pick_{name}"] = forms.IntegerField(required=False)

    def choices(self) -> dict[str, str]:
        """As the action takes them."""
        survivor = self.cleaned_data["survivor"]
        return {
            name: "survivor" if picked == survivor else "absorbed"
            for name in self.picks
            if (picked := self.cleaned_data[f"pick_{name}"]) is not None
        }

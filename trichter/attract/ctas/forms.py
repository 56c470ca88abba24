"""Forms of calls to action, variants, conditions, and of the preview."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from trichter.attract.links.forms import TARGET_ERRORS
from trichter.attract.links.rules import BadTarget, checked_target
from trichter.attract.tracking.rules_source import own_domains
from trichter.core.accounts.visibility import visible_people
from trichter.core.lifecycle.queries import stages
from trichter.core.people.models import Person
from trichter.core.people.queries import find_by_email
from trichter.core.segments.queries import segments
from trichter.kit.text import clean

from .models import Condition, Cta, Variant

_OFFER = ("text_de", "text_en", "line_de", "line_en", "target", "look")
_MOST_NAMES = 50


class _OfferForm(forms.ModelForm):  # type: ignore[type-arg]
    """Something to say, and somewhere to go."""

    companions = {"text_de": ("text_en",), "text_en": ("text_de",)}

    def clean_target(self) -> str:
        """A path of this site, a place on the page, or an address of the web."""
        target = str(self.cleaned_data["target"]).strip()
        if target.startswith("#") and target[1:].replace("-", "").isalnum() and target.isascii():
            return target
        try:
            return checked_target(target, own_domains=own_domains())
        except BadTarget as error:
            raise ValidationError(TARGET_ERRORS[str(error)]) from None

    def clean(self) -> dict[str, Any]:
        """Texts without what cannot be seen; one of both languages at least."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("name", "text_de", "text_en", "line_de", "line_en"):
            if name in data:
                data[name] = clean(str(data[name]))
        if "text_de" in data and "text_en" in data and not (data["text_de"] or data["text_en"]):
            self.add_error("text_de", _("Enter what stands on the button, in German or English."))
        if "name" in self.fields and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Enter a name."))
        return data


class CtaForm(_OfferForm):
    """A call to action with its default."""

    class Meta:
        model = Cta
        fields = ("name", *_OFFER, "active")
        help_texts = {
            "name": _("For the team, such as “Book a demo, end of article”."),
            "target": _("A path of this site such as /prices/, # with an anchor, or https://."),
        }


class VariantForm(_OfferForm):
    """What is said instead."""

    class Meta:
        model = Variant
        fields = ("cta", "name", "condition", "position", *_OFFER, "active")
        help_texts = {"position": _("The first variant whose condition holds is shown.")}


class ConditionForm(forms.ModelForm):  # type: ignore[type-arg]
    """When something is shown."""

    stages = forms.MultipleChoiceField(
        label=_("Lifecycle stages"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Of the contact. Known only of browsers that consented and are linked to a contact."),
    )  # fmt: skip

    class Meta:
        model = Condition
        fields = (
            "name", "language", "sources", "media", "campaigns", "visit", "page", "days", "stages", "segment",
        )  # fmt: skip
        help_texts = {
            "sources": _("Names separated by commas, such as linkedin, google. * stands for anything."),
            "visit": _("Known only of browsers that consented to be recognised."),
            "page": _("A path such as /prices/ or /blog/*. Known only of browsers that consented."),
            "segment": _("Of the contact. Known only of browsers that consented and are linked to one."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "stages" in self.fields:
            chosen: Any = self.fields["stages"]
            chosen.choices = [(one.key, str(one)) for one in stages()]
        if "segment" in self.fields:
            picked: Any = self.fields["segment"]
            picked.queryset = segments()

    def _names(self, field: str) -> str:
        names = [one for part in str(self.cleaned_data[field]).split(",") if (one := clean(part).lower())]
        if len(names) > _MOST_NAMES:
            raise ValidationError(_("At most %(most)d names."), params={"most": _MOST_NAMES})
        return ", ".join(names)

    def clean_sources(self) -> str:
        """Small letters, as the visits have them."""
        return self._names("sources")

    def clean_media(self) -> str:
        """Small letters."""
        return self._names("media")

    def clean_campaigns(self) -> str:
        """Small letters; compared regardless of case."""
        return self._names("campaigns")

    def clean_page(self) -> str:
        """A path."""
        page = clean(str(self.cleaned_data["page"]))
        if page and not page.startswith(("/", "*")):
            raise ValidationError(_("A path begins with a slash, such as /blog/*."))
        return page

    def clean_days(self) -> int:
        """One day to a year."""
        days = int(self.cleaned_data["days"])
        if not 1 <= days <= 366:
            raise ValidationError(_("Between 1 and 366 days."))
        return days

    def clean(self) -> dict[str, Any]:
        """At least one part: without, it would be the default."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        parts = ("language", "sources", "media", "campaigns", "visit", "page", "stages", "segment")
        have = [data.get(one) if one in self.fields else getattr(self.instance, one) for one in parts]
        if not any(have) and not self.errors:
            self.add_error(None, _("Enter at least one part. What is shown to everybody is the default."))
        return data


class PreviewForm(forms.Form):
    """Whom the preview supposes."""

    language = forms.ChoiceField(label=_("Language of the page"), choices=settings.LANGUAGES, required=False)
    source = forms.CharField(label=_("Source"), max_length=120, required=False)
    medium = forms.CharField(label=_("Medium"), max_length=60, required=False)
    campaign = forms.CharField(label=_("Campaign"), max_length=160, required=False)
    visit = forms.ChoiceField(
        label=_("Visit"), required=False,
        choices=[("", _("unknown, no consent")), *Condition.Visit.choices],
    )  # fmt: skip
    person = forms.CharField(
        label=_("As this person"), max_length=254, required=False,
        help_text=_("E-mail address or number of a contact. Empty: an unknown visitor."),
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        if not user.has_perm("people.view_person"):
            del self.fields["person"]

    def clean_person(self) -> Person | None:
        """A contact that the user may see; whether another one exists is not told."""
        text = clean(str(self.cleaned_data["person"])).lstrip("#")
        if not text:
            return None
        found = find_by_email(text) if "@" in text else None
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
        rows = Person.objects.filter(visible_people(user=self._user), merged_into=None)
        person: Person | None = rows.filter(pk=found.pk if found is not None else number).first()
        if person is None:
            raise ValidationError(_("There is no such contact among those you may see."))
        return person

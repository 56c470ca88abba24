"""Forms of the back office: a form's properties, its fields, the settings."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from trichter.attract.tracking.rules_source import own_domains
from trichter.core.consent.models import Purpose
from trichter.kit.text import clean
from trichter.kit.text import slug as plain_slug
from trichter.kit.traffic import host_of, is_own

from . import queries
from .models import Form, FormField, FormSettings
from .rendering import HONEYPOT
from .targets import TARGETS

MOST_ADDRESSES, MOST_OPTIONS = 20, 200
_RESERVED = {HONEYPOT, "action", "method", "elements", "submit", "reset", "length", "name_", "id"}
_WORDS = ("label_de", "label_en", "help_de", "help_en")
_CONDITION = ("show_field", "show_op", "show_value")
_PLACED = ("placeholder_de", "placeholder_en")
_KNOWN = ("prefill", "progressive", "target", "overwrite")
_BY_KIND: dict[str, tuple[str, ...]] = {
    "text": (*_WORDS, *_PLACED, "required", *_KNOWN, *_CONDITION, "key"),
    "email": (*_WORDS, *_PLACED, "required", "prefill", "target", *_CONDITION, "key"),
    "phone": (*_WORDS, *_PLACED, "required", *_KNOWN, *_CONDITION, "key"),
    "number": (*_WORDS, *_PLACED, "required", *_KNOWN, *_CONDITION, "key"),
    "choice": (*_WORDS, "options", "required", *_KNOWN, *_CONDITION, "key"),
    "choices": (*_WORDS, "options", "required", "prefill", "progressive", *_CONDITION, "key"),
    "date": (*_WORDS, "required", "prefill", "progressive", *_CONDITION, "key"),
    "textarea": (*_WORDS, *_PLACED, "required", "prefill", *_CONDITION, "key"),
    "file": (*_WORDS, "most_mb", "required", *_CONDITION, "key"),
    "rating": (*_WORDS, "required", "progressive", *_CONDITION, "key"),
    "consent": ("purpose", "channel", "mode", "help_de", "help_en", "required", *_CONDITION, "key"),
    "hidden": ("key", "default", "prefill", "target"),
    "step": ("label_de", "label_en"),
    "note": ("label_de", "label_en"),
}


class FormForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, texts and rules of a form."""

    slug = forms.SlugField(
        label=_("Short name"), max_length=60, required=False,
        help_text=_("Part of the address. Empty: made from the name. It stays once something was sent."),
    )  # fmt: skip
    notify = forms.CharField(
        label=_("Tell by e-mail"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Colleagues who get every submission; one address per line."),
    )  # fmt: skip

    class Meta:
        model = Form
        fields = (
            "name", "slug", "state", "title_de", "title_en", "intro_de", "intro_en", "button_de", "button_en",
            "thanks_de", "thanks_en", "thanks_page", "goal", "notify", "questions", "seconds", "scripts_only",
        )  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 2})
            for name in ("intro_de", "intro_en", "thanks_de", "thanks_en")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["notify"] = "\n".join(self.instance.notify)

    def clean_slug(self) -> str:
        """Free, and unchanged once it stands in events."""
        wanted = str(self.cleaned_data["slug"] or plain_slug(self.cleaned_data.get("name", "")) or "form")[
            :60
        ]
        wanted = slugify(wanted) or "form"
        if self.instance.pk and wanted != self.instance.slug and self.instance.submissions.exists():
            raise ValidationError(_("Something was sent with this form, so its short name stays."))
        if Form.objects.filter(slug=wanted).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another form has this short name."))
        return wanted

    def clean_thanks_page(self) -> str:
        """A path, or an address of an own domain: no form leads visitors elsewhere."""
        page = clean(str(self.cleaned_data["thanks_page"]))
        if not page or (page.startswith("/") and not page.startswith(("//", "/\\"))):
            return page
        try:
            scheme = urlsplit(page).scheme
        except ValueError:
            scheme = ""
        if scheme not in ("http", "https") or not is_own(host_of(page), own_domains()):
            raise ValidationError(_("Enter a path such as /thank-you/, or an address of an own domain."))
        return page

    def clean_notify(self) -> list[str]:
        """One address per line."""
        found: list[str] = []
        for line in self.cleaned_data["notify"].splitlines():
            if address := clean(line):
                validate_email(address)
                found.append(address)
        if len(found) > MOST_ADDRESSES:
            raise ValidationError(_("At most %(most)d addresses."), params={"most": MOST_ADDRESSES})
        return list(dict.fromkeys(found))


class FieldForm(forms.ModelForm):  # type: ignore[type-arg]
    """One field; it asks for what its kind needs."""

    options = forms.CharField(
        label=_("Choices"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One per line: value | German | English. A line without bars is all three."),
    )  # fmt: skip
    target = forms.ChoiceField(
        label=_("Goes into"), required=False,
        choices=[("", _("stays with the submission")), *TARGETS.items()],
    )  # fmt: skip
    show_field = forms.ChoiceField(label=_("Show only if"), required=False)

    class Meta:
        model = FormField
        fields = (
            "label_de", "label_en", "help_de", "help_en", "placeholder_de", "placeholder_en", "purpose",
            "channel", "mode", "options", "required", "target", "overwrite", "default", "prefill",
            "progressive", "most_mb", "show_field", "show_op", "show_value", "key",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: FormField = self.instance
        wanted = _BY_KIND[row.kind]
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        self.order_fields(wanted)
        if "options" in self.fields:
            self.initial["options"] = "\n".join(
                f"{one['value']} | {one.get('de', '')} | {one.get('en', '')}" for one in row.options
            )
        if "key" in self.fields:
            self.fields["key"].required = False
            self.fields["key"].help_text = _(
                "Name of the answer, also in the address. Empty: from the label."
            )
        if "show_field" in self.fields:
            before: Any = self.fields["show_field"]
            before.choices = [("", _("always")), *self._before()]
        if "purpose" in self.fields:
            purposes: Any = self.fields["purpose"]
            purposes.queryset = Purpose.objects.filter(active=True)
            purposes.required = True
            purposes.empty_label = None

    def _before(self) -> list[tuple[str, str]]:
        """Questions further up: a condition looks back, so that no circle can arise."""
        found: list[tuple[str, str]] = []
        for one in queries.fields_of(self.instance.form):
            if one.pk == self.instance.pk:
                break
            if one.asks and one.kind != FormField.Kind.FILE:
                found.append((one.key, str(one)))
        return found

    def clean_options(self) -> list[dict[str, str]]:
        """Lines into choices."""
        found: list[dict[str, str]] = []
        for line in self.cleaned_data["options"].splitlines():
            parts = [clean(part)[:200] for part in line.split("|")]
            if not parts[0]:
                continue
            german = parts[1] if len(parts) > 1 and parts[1] else parts[0]
            english = parts[2] if len(parts) > 2 and parts[2] else german
            if all(one["value"] != parts[0] for one in found):
                found.append({"value": parts[0], "de": german, "en": english})
        if not found:
            raise ValidationError(_("Enter at least one choice."))
        if len(found) > MOST_OPTIONS:
            raise ValidationError(_("At most %(most)d choices."), params={"most": MOST_OPTIONS})
        return found

    def clean(self) -> dict[str, Any]:
        """A label, a free key, files in the last step."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        row: FormField = self.instance
        label = data.get("label_de") or data.get("label_en") or ""
        if "label_de" in self.fields and not label and row.kind != "step":
            self.add_error("label_de", _("Enter a label in at least one language."))
        fallback = getattr(data.get("purpose"), "key", "") or row.kind
        key = data.get("key") or plain_slug(label).replace("-", "_")[:40] or fallback
        key = re.sub(r"[^A-Za-z0-9_-]", "", key)[:40] or row.kind
        taken = set(row.form.fields.exclude(pk=row.pk).values_list("key", flat=True)) | _RESERVED
        if data.get("key") and key in taken:
            self.add_error("key", _("This key is taken."))
        number = 2
        base = key
        while key in taken:
            key, number = f"{base[:36]}_{number}", number + 1
        row.key = data["key"] = key
        if row.kind == "file" and self._steps_follow():
            raise ValidationError(_("A file can only be asked for in the last step."))
        if row.kind == "step" and self._files_before():
            raise ValidationError(_("A step cannot follow a question for a file."))
        return data

    def _steps_follow(self) -> bool:
        if self.instance.pk is None:
            return False
        rows = queries.fields_of(self.instance.form)
        here = next(index for index, one in enumerate(rows) if one.pk == self.instance.pk)
        return any(one.kind == FormField.Kind.STEP for one in rows[here:])

    def _files_before(self) -> bool:
        if self.instance.pk is not None:
            return False
        return any(one.kind == FormField.Kind.FILE for one in queries.fields_of(self.instance.form))


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What holds for all forms."""

    class Meta:
        model = FormSettings
        fields = ("keep_ip_days", "per_hour", "per_hour_unproven", "disposable")

    def clean_keep_ip_days(self) -> int:
        """Not longer than a month: nothing needs it."""
        days = int(self.cleaned_data["keep_ip_days"])
        if days > 31:
            raise ValidationError(_("At most 31 days."))
        return days

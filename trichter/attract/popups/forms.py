"""The form of a pop-up."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from trichter.attract.forms.models import Form
from trichter.core.shell.fields import MomentInput
from trichter.kit.text import clean

from .models import Popup

_MOST_PATTERNS = 50


def _patterns(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=4_000, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class PopupForm(forms.ModelForm):  # type: ignore[type-arg]
    """What it says, when it shows, how often."""

    pages = _patterns(
        _("Only on pages"), _("Paths, one per line; * stands for anything: /blog/*. Empty: all.")
    )
    except_pages = _patterns(
        _("Not on pages"), _("For instance the checkout and the page with the same form.")
    )

    devices = forms.MultipleChoiceField(
        label=_("Only on devices"), required=False, choices=Popup.Device.choices,
        widget=forms.CheckboxSelectMultiple, help_text=_("As the browser names itself. None chosen: all."),
    )  # fmt: skip

    class Meta:
        model = Popup
        fields = (
            "name", "active", "kind", "title_de", "title_en", "text_de", "text_en", "form", "cta", "link",
            "button_de", "button_en", "trigger", "value", "pages", "except_pages", "condition",
            "devices", "cap", "days",
            "starts_at", "ends_at",
            "priority",
        )  # fmt: skip
        widgets = {
            "text_de": forms.Textarea(attrs={"rows": 2}), "text_en": forms.Textarea(attrs={"rows": 2}),
            "starts_at": MomentInput, "ends_at": MomentInput,
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("pages", "except_pages"):
            self.initial[name] = "\n".join(getattr(self.instance, name))
        chosen: Any = self.fields.get("form")
        if chosen is not None:
            chosen.queryset = Form.objects.exclude(state=Form.State.CLOSED)

    def _lines(self, name: str) -> list[str]:
        found = [clean(line)[:200] for line in self.cleaned_data[name].splitlines() if clean(line)]
        if any(not line.startswith(("/", "*")) for line in found):
            raise ValidationError(_("A path begins with a slash, such as /blog/*."))
        if len(found) > _MOST_PATTERNS:
            raise ValidationError(_("At most %(most)d paths."), params={"most": _MOST_PATTERNS})
        return found

    def clean_pages(self) -> list[str]:
        """One path per line."""
        return self._lines("pages")

    def clean_except_pages(self) -> list[str]:
        """One path per line."""
        return self._lines("except_pages")

    def clean_link(self) -> str:
        """A path, or an address of the web."""
        link = clean(str(self.cleaned_data["link"]))
        if not link or (link.startswith("/") and not link.startswith(("//", "/\\"))):
            return link
        try:
            parts = urlsplit(link)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValidationError(_("Enter a path such as /prices/, or an address with https://."))
        return link

    def clean(self) -> dict[str, Any]:
        """Something to say, something to do, and an end after the beginning."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "title_de" in self.fields and not (data.get("title_de") or data.get("title_en")):
            self.add_error("title_de", _("Enter a heading: it is also its name for screen readers."))
        if data.get("cta") and data.get("link"):
            self.add_error("link", _("Choose a call to action or enter a link, one of both."))
        if data.get("trigger") == Popup.Trigger.SCROLL and (data.get("value") or 0) > 100:
            self.add_error("value", _("At most 100 per cent."))
        start, end = data.get("starts_at"), data.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("The end lies before the beginning."))
        return data

"""The form of a short link, and of many at once."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.attract.campaigns.naming import KINDS, LONGEST, Kind, judge
from trichter.attract.campaigns.queries import listed
from trichter.attract.tracking.rules_source import own_domains
from trichter.core.shell.fields import MomentInput
from trichter.kit.text import clean
from trichter.kit.traffic import known_names

from . import rules
from .models import ShortLink
from .queries import taken

TARGET_ERRORS: Final = {
    "long": _("The address has more than 2,000 characters."),
    "shape": _("Enter a path such as /prices/, or an address with https://, without spaces."),
    "scheme": _("Only addresses with http:// or https:// can be reached by a link."),
    "host": _("The address has no host."),
    "login": _("An address with a user name or password in it is not accepted."),
    "inner": _("This address is for the back office, or leads in a circle. Visitors cannot go there."),
}
_FIELD: Final = {
    "utm_source": "source", "utm_medium": "medium", "utm_campaign": "campaign", "utm_content": "content",
    "utm_term": "term",
}  # fmt: skip
MOST_LINES: Final = 500


class Suggest(forms.TextInput):
    """A text with suggestions of the browser. `offered` is filled by the form."""

    template_name = "links/suggest.html"
    offered: tuple[str, ...] = ()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the suggestions."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["offered"] = self.offered
        return context


def names_of(kind: Kind) -> tuple[str, ...]:
    """Names to suggest: the house's first."""
    own = listed(kind=kind)
    return (*sorted(own), *sorted(known_names(kind) - own if kind != "campaign" else ()))


def name_problem(*, kind: Kind, text: str) -> tuple[str, str]:
    """(name in the house's spelling, what is wrong with it in words)."""
    found = judge(kind, text, added=listed(kind=kind))
    if found.known:
        return found.name, ""
    if found.near:
        said = _now("“%(name)s” is not in the list. Did you mean %(near)s? Otherwise tick “New names”.")
        return found.name, said % {"name": found.name, "near": ", ".join(f"“{one}”" for one in found.near)}
    said = _now("“%(name)s” is not in the list of names. Tick “New names” to add it.")
    return found.name, said % {"name": found.name}


def target_problem(text: str) -> tuple[str, str]:
    """(target, what is wrong with it in words)."""
    try:
        return rules.checked_target(text, own_domains=own_domains()), ""
    except rules.BadTarget as error:
        return text, str(TARGET_ERRORS[str(error)])


class ShortLinkForm(forms.ModelForm):  # type: ignore[type-arg]
    """A link."""

    companions = dict.fromkeys(KINDS, ("new_names",)) | {"target": ("new_names",)}
    slug = forms.CharField(
        label=_("Short name"), required=False, max_length=60,
        help_text=_("What stands behind /l/. Empty: one is made. A printed name cannot be given away again."),
    )  # fmt: skip
    new_names = forms.BooleanField(
        label=_("New names"), required=False,
        help_text=_("Put source, medium or campaign on the list if they are not there yet."),
    )  # fmt: skip

    class Meta:
        model = ShortLink
        fields = (
            "name", "target", "slug", "source", "medium", "campaign", "content", "term", "active",
            "expires_at", "note",
        )  # fmt: skip
        widgets = {
            "expires_at": MomentInput, "source": Suggest, "medium": Suggest, "campaign": Suggest,
            "target": forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        }  # fmt: skip
        help_texts = {
            "target": _("A path of this site such as /prices/, or an address with https://."),
            "content": _("What distinguishes two links of one campaign, such as “banner-top”."),
            "expires_at": _("Afterwards visitors are told politely that the offer has ended."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*self.Meta.fields[:8], "new_names", *self.Meta.fields[8:]])
        for kind in KINDS:
            widget: Any = self.fields[kind].widget
            widget.offered = names_of(kind)
        self.names: dict[Kind, str] = {}

    def clean_name(self) -> str:
        """Without what cannot be seen."""
        name = clean(str(self.cleaned_data["name"]))
        if not name:
            raise ValidationError(_("Enter a name."))
        return name

    def clean_slug(self) -> str:
        """Small letters, digits and hyphens; free."""
        slug = str(self.cleaned_data["slug"]).strip().lower().removeprefix("/l/").strip("/")
        if not slug:
            return str(self.instance.slug)
        if not rules.SLUG.fullmatch(slug):
            raise ValidationError(_("Use small letters, digits and hyphens."))
        if taken(slug, but=self.instance.pk):
            raise ValidationError(_("Another link has this name, and it may be printed somewhere."))
        return slug

    def clean_target(self) -> str:
        """Where it may lead."""
        target, problem = target_problem(str(self.cleaned_data["target"]))
        if problem:
            raise ValidationError(problem)
        return target

    def clean(self) -> dict[str, Any]:
        """Campaign parameters move from the address into their fields; names are in the list."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "target" in data:
            self._take_tags(data)
        for kind in KINDS:
            text = str(data.get(kind) or "") if kind in self.fields else ""
            if not text:
                continue
            name, problem = name_problem(kind=kind, text=text)
            data[kind] = name
            if problem and data.get("new_names"):
                self.names[kind] = name
            elif problem:
                self.add_error(kind, problem)
        for field in ("content", "term"):
            if field in data:
                data[field] = clean(str(data[field]))
        return data

    def _take_tags(self, data: dict[str, Any]) -> None:
        target, tags = rules.split_tags(str(data["target"]))
        for tag, value in tags.items():
            field = _FIELD[tag]
            have = str((data.get(field) if field in self.fields else getattr(self.instance, field)) or "")
            value = clean(value)[: LONGEST.get(field, 160)]
            if have and have != value:
                said = _("Take %(tag)s out of the address: it differs from the field below.")
                self.add_error("target", ValidationError(said, params={"tag": tag}))
            elif field in self.fields:
                data[field] = value
            else:
                setattr(self.instance, field, value)
        data["target"] = target


class PasteForm(forms.Form):
    """Many links, one per line: target, name, short name, separated by tabs or semicolons."""

    lines = forms.CharField(
        label=_("Links"), max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_("One per line: address; name; short name. Name and short name may be left out."),
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), max_length=120, required=False, widget=Suggest)
    medium = forms.CharField(label=_("Medium"), max_length=60, required=False, widget=Suggest)
    campaign = forms.CharField(label=_("Campaign"), max_length=160, required=False, widget=Suggest)
    new_names = ShortLinkForm.base_fields["new_names"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            widget: Any = self.fields[kind].widget
            widget.offered = names_of(kind)
        self.links: list[ShortLinkForm] = []
        self.names: dict[Kind, str] = {}

    def clean(self) -> dict[str, Any]:
        """Every line is judged as its own form would be; all of them or none."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        lines = [line for line in str(data.get("lines", "")).splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise ValidationError(_("At most %(most)d links at once."), params={"most": MOST_LINES})
        slugs: set[str] = set()
        for number, line in enumerate(lines, start=1):
            form = self._form(line, data)
            wanted = str(form.data["slug"]).strip().lower()
            said = [] if form.is_valid() else [str(text) for texts in form.errors.values() for text in texts]
            if wanted and wanted in slugs:
                said.append(_now("The short name stands in an earlier line, too."))
            slugs.add(wanted)
            for text in said[:1]:
                self.add_error(
                    "lines", _now("Line %(number)d: %(problem)s") % {"number": number, "problem": text}
                )
            self.names |= form.names
            self.links.append(form)
        return data

    def _form(self, line: str, data: dict[str, Any]) -> ShortLinkForm:
        parts = [part.strip() for part in line.split("\t" if "\t" in line else ";")]
        target, name, slug = [*parts, "", "", ""][:3]
        sent: dict[str, Any] = {kind: data.get(kind, "") for kind in KINDS}
        sent |= {"target": target, "name": name or target[:160], "slug": slug, "active": "on"}
        return ShortLinkForm(sent | ({"new_names": "on"} if data.get("new_names") else {}))

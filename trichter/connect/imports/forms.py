"""Forms of the imports: the upload, and how a file is to be read."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.models import User
from trichter.core.consent.queries import purposes
from trichter.core.shell.fields import CurrencyField

from .messages import message_of
from .models import ImportRun
from .options import MATCHES, Options
from .parsing.bundles import BUNDLES
from .uploads import LOG_BYTES, TABLE_BYTES

_ACCEPT = ".csv,.tsv,.txt,.xlsx,.zip,.log,.gz,text/csv,text/plain"


_MATCHES: dict[str, tuple[Any, dict[str, Any]]] = {
    "contacts": (
        _("Contacts are recognised by"),
        {
            "auto": _("ID, then e-mail"),
            "email": _("e-mail only"),
            "key": _("ID only"),
            "phone": _("phone number only"),
        },
    ),
    "companies": (
        _("Companies are recognised by"),
        {
            "auto": _("ID, then web domain, then name"),
            "key": _("ID or customer number only"),
            "domain": _("web domain only"),
            "name": _("name only"),
        },
    ),
    "deals": (
        _("Deals are recognised by"),
        {
            "auto": _("ID; without one by everything that does not change"),
            "key": _("ID only"),
            "name": _("name and company"),
        },
    ),
    "orders": (_("Orders are recognised by"), {"auto": _("order number")}),
}


class UploadForm(forms.Form):
    """A file and what it holds."""

    kind = forms.ChoiceField(
        label=_("What the file holds"),
        required=False,
        choices=lambda: [("", _("Find out")), *ImportRun.Kind.choices],
        help_text=_("Usually the headings tell."),
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": _ACCEPT}),
        help_text=_(
            "CSV or XLSX up to 50 MB, also the ZIP of Search Console; access log (also .gz) up to 200 MB."
        ),
    )

    def clean_file(self) -> Any:
        """Bounded; everything else is judged by the content."""
        file = self.cleaned_data["file"]
        size = file.size or 0
        kind = self.cleaned_data.get("kind", "")
        limit = LOG_BYTES if kind in ("", ImportRun.Kind.ACCESS_LOG) else TABLE_BYTES
        if size > limit:
            raise forms.ValidationError(message_of("too_large", {"limit": limit}))
        return file


class OptionsForm(forms.Form):
    """How cells are to be understood, and what to do with records that exist."""

    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[
            ("", _("as found")),
            ("utf-8", "UTF-8"),
            ("windows-1252", "Windows-1252"),
            ("utf-16", "UTF-16"),
            ("iso-8859-15", "ISO-8859-15"),
            ("mac-roman", "Mac Roman"),
            ("cp850", "DOS (CP850)"),
        ],
    )
    delimiter = forms.ChoiceField(
        label=_("Delimiter"),
        required=False,
        choices=[
            ("", _("as found")),
            (";", _("semicolon (;)")),
            (",", _("comma (,)")),
            ("\t", _("tab")),
            ("|", "|"),
        ],
    )
    sheet = forms.ChoiceField(label=_("Worksheet"), required=False)
    date_order = forms.ChoiceField(
        label=_("Date order"),
        required=False,
        choices=[("", _("as found")), ("dmy", _("day/month/year")), ("mdy", _("month/day/year"))],
    )
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        required=False,
        choices=[("", _("as found")), (",", _("comma: 1.234,56")), (".", _("point: 1,234.56"))],
    )
    currency = CurrencyField(
        label=_("Currency"), required=False, help_text=_("Of amounts that name none; empty: the company's.")
    )
    existing = forms.ChoiceField(
        label=_("Records that exist"),
        choices=[
            ("update", _("take over filled cells")),
            ("fill", _("only fill gaps")),
            ("skip", _("leave as they are")),
        ],
    )
    match = forms.ChoiceField(label=_("Contacts are recognised by"))
    system = forms.CharField(
        label=_("Other system"),
        required=False,
        max_length=40,
        help_text=_("Whose the IDs are; the same ID of two systems is two records."),
    )
    consent_purpose = forms.ChoiceField(
        label=_("Purpose of consent"),
        required=False,
        choices=lambda: [(one.key, one.name) for one in purposes().filter(active=True)],
        help_text=_("What a plain “yes” in a consent column means, and what an unsubscription ends."),
    )
    consent_proof = forms.CharField(
        label=_("Proof of the consents"),
        required=False,
        max_length=300,
        help_text=_(
            "Where they come from and how that can be shown, for rows that do not say so. "
            "A consent without date and proof is not taken over."
        ),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner of new records"),
        required=False,
        queryset=User.objects.filter(is_active=True),
        empty_label=_("nobody"),
        help_text=_("Where the file names none."),
    )
    pipeline = forms.CharField(
        label=_("Pipeline"), required=False, max_length=80, help_text=_("Where the file names none.")
    )
    stages = forms.BooleanField(label=_("Take over the lifecycle stage of new contacts"), required=False)
    assume_paid = forms.BooleanField(label=_("Orders without a status count as paid"), required=False)
    source = forms.CharField(
        label=_("Source"), required=False, max_length=120, help_text=_("Where the file names none.")
    )
    medium = forms.CharField(
        label=_("Medium"), required=False, max_length=60, help_text=_("Where the file names none.")
    )

    first_day = forms.DateField(
        label=_("First day of the figures"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Where the file names none."),
    )
    last_day = forms.DateField(
        label=_("Last day of the figures"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Where the file names none."),
    )

    _ONLY: ClassVar[dict[str, set[str]]] = {
        "match": set(MATCHES),
        "consent_purpose": {"contacts"},
        "consent_proof": {"contacts"},
        "stages": {"contacts"},
        "system": {"contacts", "companies", "deals"},
        "owner": {"contacts", "companies", "deals", "orders"},
        "pipeline": {"deals"},
        "assume_paid": {"orders"},
        "source": {"ad-costs", *BUNDLES},
        "first_day": set(BUNDLES),
        "last_day": set(BUNDLES),
        "medium": {"ad-costs"},
        "currency": {"deals", "orders", "ad-costs"},
        "decimal": {"deals", "orders", "ad-costs", "companies", *BUNDLES},
    }
    READING = ("encoding", "delimiter", "sheet", "date_order", "decimal", "currency")

    def __init__(
        self, *args: Any, kind: str, sheets: tuple[str, ...] = (), text: bool = True, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        for name, kinds in self._ONLY.items():
            if kind not in kinds:
                del self.fields[name]
        if kind in MATCHES:
            label, names = _MATCHES[kind]
            self.fields["match"].label = label
            by: Any = self.fields["match"]
            by.choices = [(name, names[name]) for name in MATCHES[kind]]
        if len(sheets) > 1:
            field = self.fields["sheet"]
            assert isinstance(field, forms.ChoiceField)
            every = _("all") if kind in BUNDLES else _("the first")
            field.choices = [("", every), *((name, name) for name in sheets)]
        else:
            del self.fields["sheet"]
        if kind in BUNDLES:
            self.fields["source"].label = _("Website")
        if not text:
            del self.fields["encoding"], self.fields["delimiter"]

    @classmethod
    def initial_of(cls, options: Options) -> dict[str, Any]:
        """What the form shows for options chosen before."""
        names = (field for field in cls.base_fields)
        return {name: getattr(options, name) for name in names}

    def clean(self) -> dict[str, Any]:
        """A span of days is whole and does not end before it begins."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if bool(first) != bool(last):
            self.add_error("last_day" if first else "first_day", _("State the first and the last day."))
        elif first and last and last < first:
            self.add_error("last_day", message_of("bad_span", {}))
        return data

    def options(self) -> Options:
        """The choices of a valid form; what a kind does not ask for keeps its default."""
        values: dict[str, Any] = dict(self.cleaned_data)
        if "owner" in values:
            values["owner"] = values["owner"].pk if values["owner"] else None
        if "currency" in values:
            values["currency"] = values["currency"] or ""
        for name in ("first_day", "last_day"):
            if name in values:
                values[name] = values[name].isoformat() if values[name] else ""
        if not values.get("consent_purpose"):
            values.pop("consent_purpose", None)
        return Options(**values)

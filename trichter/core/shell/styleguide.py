"""The style guide: every component with example data, for everyone who builds a screen."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from .views.base import ShellView


class ExampleForm(forms.Form):
    """One field of every common kind; the posted example has two errors."""

    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("Used to recognise the contact."))
    source = forms.ChoiceField(
        label=_("Source"),
        required=False,
        choices=[("", "–"), ("ads", "Google Ads"), ("fair", "Hannover Messe")],
    )
    value = forms.DecimalField(label=_("Value"), required=False, initial="1250.00")
    due = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[("mail", _("E-mail")), ("phone", _("Phone"))],
        widget=forms.RadioSelect,
        initial="mail",
    )
    consent = forms.BooleanField(label=_("May be contacted by e-mail"), required=False)


def _people() -> list[dict[str, Any]]:
    rows = [
        ("Sofia Lüdenscheidt-Hagenbeck", "Taunus Logistik GmbH", "SQL", "bofu", 87, 4_200_000),
        ("Lukas Fischer", "Neckar Handels GmbH & Co. KG", "MQL", "mofu", 62, 960_000),
        ("Noah Weber", "Elbe Medizintechnik AG", _("Customer"), "after", 75, 1_850_000),
        ("Leonie Hoffmann", "Isar Software GmbH", "Lead", "tofu", 18, 0),
        ("Änne Öztürk", "Alpen Logistik GmbH", "Lead", "tofu", 31, 49_000),
    ]
    return [
        {
            "id": number,
            "name": name,
            "email": f"{name.split()[0].lower()}@example.org",
            "company": company,
            "stage": stage,
            "band": band,
            "score": score,
            "value": f"{cents / 100:,.0f} €".replace(",", "."),
        }
        for number, (name, company, stage, band, score, cents) in enumerate(rows, 1)
    ]


def examples() -> dict[str, Any]:
    """Context of the page: data that real screens would read."""
    form = ExampleForm({"name": "", "email": "sofia@", "channel": "mail", "value": "1250.00"})
    return {
        "at": datetime(2026, 11, 23, 14, 50, tzinfo=UTC),
        "form": form,
        "people": _people(),
        "page": Paginator(range(1234), 25).page(7),
        "tabs": [
            {"label": _("All"), "url": "#tabs", "active": True, "count": 2000},
            {"label": _("Mine"), "url": "#tabs", "count": 627},
            {"label": _("Without contact for 30 days"), "url": "#tabs", "count": 0},
        ],
        "periods": [
            {"label": _("7 days"), "url": "#tabs"},
            {"label": _("30 days"), "url": "#tabs", "active": True},
            {"label": _("90 days"), "url": "#tabs"},
        ],
        "steps": [
            {"label": _("Visitor"), "state": "done", "hint": "04.11."},
            {"label": "Lead", "state": "done", "hint": "06.11."},
            {"label": "MQL", "state": "implied", "hint": "12.11."},
            {"label": "SQL", "state": "current", "hint": "12.11."},
            {"label": _("Customer"), "state": "todo"},
            {"label": _("Repeat customer"), "state": "todo"},
        ],
        "changes": [
            {"label": _("Stage"), "old": "Lead", "new": "MQL"},
            {"label": _("Owner"), "old": "", "new": "Jonas Keller"},
            {"label": _("Phone"), "old": "+49 30 825356", "new": ""},
        ],
        "bands": ["tofu", "mofu", "bofu", "after"],
        "colors": [
            "gray",
            "blue",
            "azure",
            "indigo",
            "purple",
            "pink",
            "red",
            "orange",
            "yellow",
            "lime",
            "green",
            "teal",
            "cyan",
        ],
        "icons": [
            "home",
            "users",
            "building",
            "chart-funnel",
            "filter",
            "calendar",
            "phone",
            "mail",
            "note",
            "shield-check",
            "git-merge",
            "target",
            "bolt",
        ],
        "levels": ["info", "success", "warning", "error"],
    }


class StyleGuideView(ShellView):
    """Show every component; for the administration."""

    permission_required = ("shell.change_installation",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "shell/styleguide.html", examples())

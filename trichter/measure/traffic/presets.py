"""Goals a new installation starts with."""

from django.utils.translation import gettext_lazy as _

from .models import Goal

PRESETS = (
    ("form", _("Form submitted"), "form.submitted"),
    ("order", _("Order paid"), "order.paid"),
    ("download", _("File downloaded"), "file.downloaded"),
    ("deal", _("Deal won"), "deal.won"),
)


def ensure_presets() -> None:
    """Create each preset that is missing; downloads are there, but do not count until somebody says so."""
    for key, name, kind in PRESETS:
        defaults = {"name": str(name), "match": {"kind": kind, "where": []}, "active": key != "download"}
        Goal.objects.get_or_create(preset=key, defaults=defaults)

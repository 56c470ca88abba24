"""Goals a new installation starts with."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from .models import Goal

PRESETS = (
    ("form", _("Form submitted"), "form.submitted"),
    ("order", _("Order paid"), "order.paid"),
    ("download", _("File downloaded"), "file.downloaded"),
    ("deal", _("Deal won"), "deal.won"),
)


def ensure_presets() -> None:
    """Create each preset that is missing, named in the installation's language; downloads are there, but do
    not count until somebody says so.
    """
    with translation.override(settings.LANGUAGE_CODE):  # migrations run in none
        for key, name, kind in PRESETS:
            defaults = {"name": str(name), "match": {"kind": kind, "where": []}, "active": key != "download"}
            Goal.objects.get_or_create(preset=key, defaults=defaults)

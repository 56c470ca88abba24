"""Inputs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import Magnet


class MagnetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A file and the form that leads to it."""

    class Meta:
        model = Magnet
        fields = ("name", "form", "document", "page", "link_days", "active")

    def clean(self) -> dict[str, Any]:
        """Exactly one source, and it has a file."""
        data = super().clean() or {}
        document, page = data.get("document"), data.get("page")
        if bool(document) == bool(page):
            raise ValidationError(_("Choose either a document or a whitepaper."))
        if page and page.file is None:
            self.add_error("page", _("This page has no file yet. Add one in the CMS."))
        return data

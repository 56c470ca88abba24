"""A field that chooses one record out of many: type, and the browser offers what the server finds.

The text ends with the record's number (“Anna Huber · anna@example.com #12”). Without JavaScript the text is
searched when the form is sent and must fit exactly one record.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .filters import LONGEST_SEARCH, matching

_NUMBER = re.compile(r"#(\d{1,18})\s*$")
OFFERED = 12


@dataclass(frozen=True, kw_only=True)
class Picker:
    """What can be picked: a model, where its names are searched, and a hint beside the name."""

    model: type[Model]
    search: tuple[str, ...]
    hint: Callable[[Any], str]
    living: Callable[[QuerySet[Any]], QuerySet[Any]]

    def rows(self, *, user: Any) -> QuerySet[Any]:
        """The records this user may choose."""
        manager: Any = self.model._default_manager
        rows = manager.visible_to(user) if hasattr(manager, "visible_to") else manager.all()
        return self.living(rows)

    def label(self, row: Any) -> str:
        """What stands in the field."""
        hint = self.hint(row)
        return f"{row} · {hint} #{row.pk}" if hint and hint != str(row) else f"{row} #{row.pk}"


registry: dict[str, Picker] = {}


class PickInput(forms.TextInput):
    """A text box with the server's suggestions."""

    template_name = "shell/resource/pick.html"
    key = ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["pick_url"] = reverse("shell:pick", args=[self.key])
        return context


class PickField(forms.Field):
    """Cleans to a record or None. The form must call `for_user` before it is used."""

    widget = PickInput
    default_error_messages = {
        "unknown": _("Nothing fits “%(text)s”. Choose from the suggestions."),
        "several": _("Several entries fit “%(text)s”. Choose one from the suggestions."),
    }

    def __init__(
        self,
        *,
        model: type[Model],
        search: tuple[str, ...],
        hint: Callable[[Any], str] = lambda row: "",
        living: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.picker = Picker(model=model, search=search, hint=hint, living=living)
        self.user: Any = None
        self.kept: Any = None
        self.widget.key = model._meta.label_lower
        registry[model._meta.label_lower] = self.picker

    def for_user(self, *, user: Any, kept: Any = None) -> None:
        """Whose records may be chosen; `kept` is the present one, which may stay even when invisible."""
        self.user, self.kept = user, kept

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Model):
            return self.picker.label(value)
        if isinstance(value, int) or (isinstance(value, str) and value.isdigit() and len(value) < 19):
            if self.kept is not None and self.kept.pk == int(value):
                return self.picker.label(self.kept)
            found = self.picker.rows(user=self.user).filter(pk=int(value)).first()
            return self.picker.label(found) if found is not None else value
        return value

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        shown = {"text": text[:60].replace("\x00", "")}
        if "\x00" in text or len(text) > LONGEST_SEARCH * 2:
            raise forms.ValidationError(self.error_messages["unknown"], params=shown)
        number = _NUMBER.search(text)
        rows = self.picker.rows(user=self.user)
        if number:
            if self.kept is not None and self.kept.pk == int(number[1]):
                return self.kept
            found = list(rows.filter(pk=int(number[1])))
        else:
            found = list(rows.filter(matching(text=text, fields=self.picker.search))[:2])
        if len(found) != 1:
            problem = "several" if found else "unknown"
            raise forms.ValidationError(self.error_messages[problem], params=shown)
        return found[0]

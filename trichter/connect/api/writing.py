"""Writing through the same forms and actions as the back office: one judgement of what is valid."""

from collections.abc import Mapping
from html import unescape
from typing import Any, NoReturn

from django import forms
from django.db import transaction
from django.utils.html import strip_tags

from trichter.core.accounts.models import User
from trichter.core.shell.resource import Resource
from trichter.core.shell.views.form import build_form


class RefusedError(Exception):
    """What was sent cannot be taken over. `errors`: where and what."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("refused")
        self.errors = errors


def refuse(where: str, what: str) -> NoReturn:
    """Raises RefusedError about one field."""
    raise RefusedError([{"where": f"body.{where}" if where else "body", "what": what}])


@transaction.atomic
def save(
    *,
    resource: Resource,
    user: User,
    values: Mapping[str, Any],
    obj: Any = None,
    cleaned: Mapping[str, Any] | None = None,
) -> Any:
    """Create a record, or change those of its fields that are in `values`.

    `values`: as a form would send them; `cleaned`: records that are found already and replace what the form
    makes of its text. Raises RefusedError.
    """
    ready = cleaned or {}
    data = {name: "" if value is None else value for name, value in values.items()}
    form = build_form(resource=resource, user=user, obj=obj, data=data)
    if obj is not None:
        for name in [name for name in form.fields if name not in values and name not in ready]:
            del form.fields[name]
    for name in [name for name in values if name not in form.fields]:
        refuse(name, "This field cannot be changed now.")
    if not form.is_valid():
        raise RefusedError(
            [
                {"where": "body" if name == "__all__" else f"body.{name}", "what": str(text)}
                for name, texts in form.errors.items()
                for text in texts
            ]
        )
    form.cleaned_data.update(ready)
    try:
        return resource.save(form=form, user=user)
    except forms.ValidationError as error:
        # Some of these sentences carry a link for the browser.
        texts = [unescape(strip_tags(text)) for text in error.messages]
        raise RefusedError([{"where": "body", "what": text} for text in texts]) from None


def labels(values: dict[str, Any]) -> None:
    """Tags as the form knows them: one text."""
    if "tags" in values:
        values["tags"] = ", ".join(values["tags"] or [])

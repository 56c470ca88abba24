"""Plain input fields, drawn without a template: a record's page has dozens, and that was a tenth of its time.

What comes out is what the templates of Django's form library give (a test compares them); every other
widget, and whoever brings a template of its own, is drawn from it as ever.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape

_FOLDER = "django/forms/widgets/"


class Renderer(TemplatesSetting):
    """The setting `FORM_RENDERER`."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """The text of a form, a field or a widget."""
        draw = _DRAWN.get(template_name)
        return (
            draw(context["widget"]) if draw is not None else super().render(template_name, context, request)
        )


def _written(value: object) -> str:
    """As the filter `stringformat:"s"` and the escaping behind it."""
    return conditional_escape(value if isinstance(value, str) else str(value))


def _attributes(attrs: Mapping[str, object]) -> str:
    return "".join(
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{_written(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{_written(value)}"'
    name, attrs = _written(widget["name"]), _attributes(widget["attrs"])
    return f'<input type="{widget["type"]}" name="{name}"{given}{attrs}>'


def _select(widget: Mapping[str, Any]) -> str:
    parts = [f'<select name="{_written(widget["name"])}"{_attributes(widget["attrs"])}>']
    for title, options, _index in widget["optgroups"]:
        if title:
            parts.append(f'\n  <optgroup label="{_written(title)}">')
        parts += [f"\n  {_option(one)}\n" for one in options]
        if title:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>"])


def _option(option: Mapping[str, Any]) -> str:
    attrs = _attributes(option["attrs"])
    return f'<option value="{_written(option["value"])}"{attrs}>{_written(option["label"])}</option>'


def _textarea(widget: Mapping[str, Any]) -> str:
    text = _written(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_written(widget["name"])}"{_attributes(widget["attrs"])}>\n{text}</textarea>'


_INPUTS = (
    "input",
    "text",
    "number",
    "email",
    "url",
    "password",
    "hidden",
    "date",
    "datetime",
    "time",
    "checkbox",
)
_DRAWN: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    **{f"{_FOLDER}{name}.html": _input for name in _INPUTS},
    f"{_FOLDER}select.html": _select,
    f"{_FOLDER}textarea.html": _textarea,
}

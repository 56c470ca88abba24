"""Two tabs, or two colleagues, with the same record: nobody's change is undone without a word.

A form carries along what it showed when it was opened. When the record has changed since, a field that was
left alone keeps the newer value, and a field that both have changed asks once more before it is overwritten.
"""

import json
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

SEEN: Final = "_seen"
_LONGEST = 200_000

Values = dict[str, list[str]]


def shown(form: forms.BaseForm) -> Values:
    """What the fields of an unbound form show, by name, as a browser would send it."""
    return {name: _plain(_value(form, name)) for name in form.fields if _simple(form, name)}


def to_text(values: Values) -> str:
    """For the hidden input."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def reconcile(*, form: forms.BaseForm, data: QueryDict) -> tuple[QueryDict, Values]:
    """What to bind, and the fields that both sides have changed, with what they hold now.

    form: unbound, of the record as it is now. data: what was sent.
    """
    seen, now = _read(data.get(SEEN, "")), shown(form)
    merged, clashes = data.copy(), Values()
    for name, before in seen.items():
        if name not in now or now[name] == before:
            continue
        mine = _sent(form, merged, name)
        if mine == now[name]:
            continue
        if mine == before:
            merged.setlist(form.add_prefix(name), now[name])
            if _sent(form, merged, name) == now[name]:
                continue
            merged.setlist(form.add_prefix(name), data.getlist(form.add_prefix(name)))
        clashes[name] = now[name]
    return merged, clashes


def question(form: forms.BaseForm, name: str, value: list[str]) -> str:
    """The sentence at a field that both have changed."""
    labels = {str(key): str(label) for key, label in getattr(form.fields[name].widget, "choices", ())}
    text = ", ".join(labels.get(one, one) for one in value)
    if not text:
        return _("This was emptied meanwhile. Save again to overwrite it.")
    return _("This was changed to “%(value)s” meanwhile. Save again to overwrite it.") % {"value": text[:200]}


def _simple(form: forms.BaseForm, name: str) -> bool:
    """Files cannot be shown again, and a widget of several inputs sends them under other names."""
    widget = form.fields[name].widget
    return not (widget.needs_multipart_form or isinstance(widget, forms.MultiWidget))


def _value(form: forms.BaseForm, name: str) -> Any:
    widget, value = form.fields[name].widget, form[name].value()
    return bool(value) if isinstance(widget, forms.CheckboxInput) else widget.format_value(value)


def _sent(form: forms.BaseForm, data: QueryDict, name: str) -> list[str]:
    return _plain(form.fields[name].widget.value_from_datadict(data, {}, form.add_prefix(name)))


def _plain(value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return ["on"]
    if isinstance(value, list | tuple | set):
        return sorted(str(one) for one in value if one not in ("", None))
    text = str(value).replace("\r\n", "\n").strip()
    return [text] if text else []


def _read(text: str) -> Values:
    """What a page sent along; nothing when it is none of ours."""
    try:
        found = json.loads(text) if len(text) <= _LONGEST else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, list) and all(isinstance(one, str) for one in value)
    }

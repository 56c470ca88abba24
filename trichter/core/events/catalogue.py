"""The catalogue of events as Markdown, written from the classes themselves: docs/events.md.

`python -m trichter.core.events.catalogue > docs/events.md` renews it; a test tells when it is stale.
"""

import inspect
import sys
from dataclasses import MISSING, Field, fields
from typing import Any, get_args

from .base import DERIVED, Area, Event, registry

_AREAS: dict[str, str] = {
    "web": "Web",
    "mail": "E-mail",
    "people": "People",
    "sales": "Sales",
    "orders": "Orders",
    "lifecycle": "Lifecycle",
    "system": "System",
}
_HEAD = """\
# Events

Every kind of event the journal knows. This file is generated from `trichter/core/events`
(`python -m trichter.core.events.catalogue > docs/events.md`); do not edit it.

A kind is public: other programs read it over the API and in exports. It is never edited. A change adds a
new version beside the old one, and both stay readable.

Beside the fields below, every event has the journal's envelope: `uid`, `kind`, `version`, `at` (UTC, when
it happened), `recorded_at`, `identity` (who), `session`, `source`, `medium`, `campaign`, `content`, `term`,
`page`, `country`, `device`, `value` (minor units) with `currency`, and `batch` (the import it came with).

*Behaviour* says whether the event is something the person did and so counts as a touch; the others are
book-keeping. *Personal* fields are erased together with the person.
"""


def render() -> str:
    """The whole catalogue."""
    parts = [_HEAD, _overview()]
    for area in get_args(Area):
        kinds = _kinds(area=area)
        if kinds:
            parts.append(f"## {_AREAS[area]}\n")
            parts += [_section(kind) for kind in kinds]
    return "\n".join(parts)


def _kinds(*, area: str) -> list[type[Event]]:
    return [registry[name] for name in sorted(registry) if registry[name].area == area]


def _overview() -> str:
    lines = ["| kind | version | area | behaviour | when it is recorded |", "|---|---|---|---|---|"]
    for name in sorted(registry):
        kind = registry[name]
        summary = (inspect.getdoc(kind) or "").splitlines()[0]
        cells = [f"[`{name}`](#{_anchor(name)})", str(kind.version), kind.area, _yes(kind.behaviour), summary]
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _section(kind: type[Event]) -> str:
    lines = [f"### {kind.kind}", "", inspect.getdoc(kind) or "", ""]
    stored = "derived from the journal, never stored in it" if kind.kind in DERIVED else "stored"
    lines += [f"Version {kind.version} · behaviour: {_yes(kind.behaviour)} · {stored}", ""]
    own = fields(kind)
    if not own:
        return "\n".join([*lines, "No fields.", ""])
    lines += ["| field | type | required | personal |", "|---|---|---|---|"]
    for field in own:
        cells = [
            f"`{field.name}`",
            f"`{_type(field)}`",
            _yes(_required(field)),
            _yes(field.name in kind.personal),
        ]
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join([*lines, ""])


def _type(field: Field[Any]) -> str:
    kind = field.type
    if isinstance(kind, type) and not get_args(kind):
        return kind.__name__
    return str(kind)


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _anchor(name: str) -> str:
    return name.replace(".", "")


if __name__ == "__main__":
    import trichter.core.events  # noqa: F401  (fills the register)

    sys.stdout.write(render())

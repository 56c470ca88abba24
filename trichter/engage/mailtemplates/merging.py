"""Merge tags: a small part of Liquid, with limits, so that whoever edits a text can break nothing.

Allowed are `{{ person.first_name | default: "…" }}` and `{% if %}…{% endif %}`; no loops, no assignments.
"""

import html as html_entities
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

_TAGS = {"content", "output", "illegal", "if", "unless", "case"}
_FILTERS = {"default", "upcase", "downcase", "capitalize", "strip", "truncate", "escape"}
LONGEST = 500_000

KNOWN: dict[str, frozenset[str]] = {
    "salutation": frozenset(),
    "person": frozenset({"first_name", "last_name", "name", "title", "email", "job_title", "city"}),
    "company": frozenset({"name", "city", "industry"}),
    "owner": frozenset({"name", "email"}),
    "house": frozenset({"name", "imprint"}),
    "links": frozenset({"unsubscribe", "preferences", "website", "confirm"}),
}
"""What a tag may name. `vars` takes anything: what the sender of a mail hands over."""

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


class _Limited(Environment):
    output_stream_limit = LONGEST
    loop_iteration_limit = 100
    local_namespace_limit = 10_000
    context_depth_limit = 10


@cache
def _environment(autoescape: bool) -> Environment:
    found = _Limited(autoescape=autoescape)
    found.tags = {name: tag for name, tag in found.tags.items() if name in _TAGS}
    found.filters = {name: one for name, one in found.filters.items() if name in _FILTERS}
    return found


class BadTag(ValueError):
    """A text cannot be used; the message says which tag is wrong and where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """`place`: the line and the words around, as people find them again."""

    message: str
    place: str

    def __str__(self) -> str:
        return _("%(message)s (%(place)s)") % {"message": self.message, "place": self.place}


def problem_of(text: str) -> Problem | None:
    """The first thing that is wrong with the tags of a text, or of stored rich text."""
    source = plain_tags(text)
    try:
        template = _environment(False).from_string(source)
        found = template.analyze()
    except (LiquidError, RecursionError) as error:
        index = getattr(getattr(error, "token", None), "start_index", 0) or 0
        said = str(getattr(error, "message", "") or error).splitlines()[0]
        return Problem(
            message=_("This merge tag is not right: %(said)s") % {"said": said}, place=_place(source, index)
        )
    for name, spans in found.filters.items():
        if name not in _FILTERS:
            message = _("There is no filter “%(name)s”.") % {"name": name}
            return Problem(message=message, place=_place(source, spans[0].index))
    for variables in found.globals.values():
        for one in variables:
            wrong = _unknown(list(one.segments))
            if wrong:
                message = _("There is no merge tag “%(name)s”.") % {"name": wrong}
                return Problem(message=message, place=_place(source, one.span.index))
    return None


def _unknown(segments: list[Any]) -> str:
    name = ".".join(str(one) for one in segments)
    root = str(segments[0])
    if root == "vars":
        return "" if len(segments) == 2 and isinstance(segments[1], str) else name
    if root not in KNOWN:
        return name
    if not KNOWN[root]:
        return "" if len(segments) == 1 else name
    return "" if len(segments) == 2 and segments[1] in KNOWN[root] else name


def _place(source: str, index: int) -> str:
    index = max(0, min(index, len(source)))
    line = source.count("\n", 0, index) + 1
    around = re.sub(r"<[^>]*>|\s+", " ", source[max(0, index - 15) : index + 35]).strip()
    return _("line %(line)s, near “%(around)s”") % {"line": line, "around": around}


def plain_tags(text: str) -> str:
    """Editors of rich text write `&quot;` inside of tags, too: take that back, in tags only."""
    return TAG.sub(lambda match: html_entities.unescape(match[0]).replace("\xa0", " "), text)


def compiled(text: str, *, html: bool) -> BoundTemplate:
    """A text ready to be filled for many people. Raises BadTag."""
    try:
        return _environment(html).from_string(text)
    except (LiquidError, RecursionError) as error:
        raise BadTag(str(error).splitlines()[0]) from None


def filled(template: BoundTemplate, values: Mapping[str, Any]) -> str:
    """The text for one person. Raises BadTag when a limit is reached or a filter cannot work."""
    try:
        return str(template.render(**values))
    except LiquidError as error:
        raise BadTag(str(error).splitlines()[0]) from None

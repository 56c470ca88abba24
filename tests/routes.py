"""Every address of the application, from the resolver, with what it declares about access."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

UNDECLARED = object()


@dataclass(frozen=True, kw_only=True)
class Route:
    """`name` with its namespaces; `parameters` with their converters; `declared`: see accounts.access."""

    name: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    declared: Any

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions needed, beside being logged in."""
        return (self.declared,) if isinstance(self.declared, str) else tuple(self.declared)

    def url(self, **known: Any) -> str:
        """An address of this route; parameters that are not known are made up."""
        values = {name: known.get(name, _made_up(kind=kind)) for name, kind in self.parameters}
        return reverse(self.name, kwargs=values)


def _made_up(*, kind: str) -> str:
    """A value that the pattern takes. `kind` is a converter, or the choices of a regular expression."""
    by_kind = {"int": "1", "uuid": "00000000-0000-0000-0000-000000000001", "regex": "1"}
    by_kind |= {"str": "x", "slug": "x", "path": "x"}
    return by_kind.get(kind) or kind.partition("|")[0]


def routes() -> list[Route]:
    """All named routes, in order."""
    return list(_walk(resolver=get_resolver(), path="", names=()))


def _walk(
    *, resolver: URLResolver, path: str, names: tuple[str, ...], outer: tuple[tuple[str, str], ...] = ()
) -> Iterator[Route]:
    for one in resolver.url_patterns:
        here, parameters = path + str(one.pattern), (*outer, *_parameters(pattern=one.pattern))
        if isinstance(one, URLResolver):
            inner = (*names, one.namespace) if one.namespace else names
            yield from _walk(resolver=one, path=here, names=inner, outer=parameters)
        elif isinstance(one, URLPattern):
            holder = getattr(one.callback, "view_class", one.callback)
            yield Route(
                name=":".join((*names, one.name or "")),
                path=here,
                parameters=parameters,
                declared=getattr(holder, "permission_required", UNDECLARED),
            )


def _parameters(*, pattern: Any) -> tuple[tuple[str, str], ...]:
    named = getattr(getattr(pattern, "regex", None), "groupindex", {})
    return tuple((name, _kind(name=name, pattern=pattern)) for name in named)


def _kind(*, name: str, pattern: Any) -> str:
    """The converter's name; the choices where a converter or an expression lists them; else `regex`."""
    one = pattern.converters.get(name)
    if one is None:
        words = re.search(rf"\(\?P<{name}>([a-z]+\|[a-z|]+)", str(pattern))
        return words[1] if words else "regex"
    if re.fullmatch(r"[a-z]+\|[a-z|]+", one.regex):
        return str(one.regex)
    return type(one).__name__.removesuffix("Converter").replace("String", "str").lower()

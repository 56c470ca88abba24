"""What an event kind is, and the register of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

Area = Literal["web", "mail", "people", "sales", "orders", "lifecycle", "system"]


class UnknownKind(LookupError):
    """The journal holds a kind or version that this release does not know."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact. Who, when, where and how much it was worth stand in the journal's envelope, not here.

    Subclasses declare `kind` (dotted name), `area` (timeline filter), `icon` (name in the sprite),
    `title` (msgid of the timeline's line; may use the fields as %(name)s), `personal` (the fields that
    hold personal data and are erased with the person) and `behaviour` (False for book-keeping such as
    links and imports, which never counts as a touch).
    """

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1
    area: ClassVar[Area] = "system"
    icon: ClassVar[str] = "activity"
    title: ClassVar[str] = ""
    personal: ClassVar[tuple[str, ...]] = ()
    behaviour: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.kind:
            known = registry.get(cls.kind)
            if known is not None and known.version >= cls.version:
                raise TypeError(f"{cls.kind} version {cls.version} is registered twice")
            registry[cls.kind] = cls
            _versions[cls.kind, cls.version] = cls

    def data(self) -> dict[str, Any]:
        """The fields as the journal stores them: JSON values, empty ones left out."""
        values = ((name, getattr(self, name)) for name in _names(type(self)))
        return {name: value for name, value in values if value not in ("", None, [], ())}


_field_names: dict[type[Event], tuple[str, ...]] = {}


def _names(kind: type[Event]) -> tuple[str, ...]:
    """Looked up once per kind: hundreds of thousands of events ask for it in an import."""
    if kind not in _field_names:
        _field_names[kind] = tuple(field.name for field in fields(kind))
    return _field_names[kind]


registry: dict[str, type[Event]] = {}
_versions: dict[tuple[str, int], type[Event]] = {}

# Kinds that are computed from the journal and never written to it.
DERIVED = frozenset({"lifecycle.entered"})


def load(*, kind: str, version: int, data: Mapping[str, Any]) -> Event:
    """Rebuild an event from its stored form; fields that a later release dropped are ignored.

    Raises UnknownKind when the kind or version is not registered.
    """
    try:
        cls = _versions[kind, version]
    except KeyError:
        raise UnknownKind(f"{kind} version {version}") from None
    names = _names(cls)
    return cls(**{name: value for name, value in data.items() if name in names})

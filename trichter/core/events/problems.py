"""What is wrong with data somebody wrote: problems with a stable code, a place and a sentence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MAX_TEXT: Final = 500

SHAPE_MESSAGES: Final[dict[str, str]] = {
    "not_an_object": "An object with named fields is expected here.",
    "not_a_list": "A list is expected here.",
    "unknown_key": "“%(key)s” is not known here.",
    "text_too_long": "A text may have at most %(limit)s characters.",
    "text_unprintable": "The text contains characters that cannot be stored.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to change: a stable `code`, the `path` in the JSON (`steps.2.match.kind`), a human `message`.

    `template` and `params` are the message before filling: `gettext(template) % dict(params)` translates.
    """

    code: str
    path: str
    message: str
    template: str = field(default="", compare=False)
    params: tuple[tuple[str, str | int], ...] = field(default=(), compare=False)


class Malformed(ValueError):
    """Data that is no valid matcher or definition; `problems` says what to change, and is never empty."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path or '.'}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


def problem(
    code: str, path: str, *, messages: Mapping[str, str] = SHAPE_MESSAGES, **params: str | int
) -> Problem:
    """A problem whose message is the template of `code` filled with `params` (texts cut at 60 characters)."""
    shown = {name: value[:60] if isinstance(value, str) else value for name, value in params.items()}
    template = messages[code]
    return Problem(
        code=code, path=path, message=template % shown, template=template, params=tuple(shown.items())
    )


def text_problems(value: str, path: str, *, limit: int = MAX_TEXT) -> list[Problem]:
    """What forbids storing `value`: too many characters, control characters, half a surrogate pair."""
    if len(value) > limit:
        return [problem("text_too_long", path, limit=limit)]
    if any(char < " " or "\ud800" <= char <= "\udfff" for char in value):
        return [problem("text_unprintable", path)]
    return []


def at(path: str, *parts: str | int) -> str:
    """The path of something inside `path`: `at("steps", 2, "key")` is `steps.2.key`."""
    return ".".join(str(part) for part in (path, *parts) if part != "")


def read_object(
    data: object, *, path: str, known: Collection[str], found: list[Problem]
) -> dict[str, Any] | None:
    """`data` as an object that has no keys but the `known` ones, or None."""
    if not isinstance(data, dict):
        found.append(problem("not_an_object", path))
        return None
    unknown = [str(key) for key in data if key not in known]
    if unknown:
        found += [problem("unknown_key", path, key=key) for key in unknown[:10]]
        return None
    return data

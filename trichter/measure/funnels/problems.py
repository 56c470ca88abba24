"""What is wrong with a definition, in the reader's language."""

from collections.abc import Iterable

from django.utils.translation import gettext

from trichter.core.events.conditions import Problem


def said(problem: Problem) -> str:
    """The sentence of one problem. The texts themselves are marked for translation in `texts`."""
    template = problem.template or problem.message
    return gettext(template) % dict(problem.params) if problem.params else gettext(template)


def by_place(problems: Iterable[Problem]) -> dict[str, list[str]]:
    """Sentences by the place in the definition they belong to."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.path, []).append(said(problem))
    return found

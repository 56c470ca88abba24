"""The mail of a step as one person would get it now; nothing is queued."""

from dataclasses import replace

from trichter.core.mail.html import without_marks
from trichter.core.mail.rendering import CannotRender, Rendered, RenderRequest, renderers
from trichter.core.people.models import Person

from .effects import html_of, mailing_key
from .rules.model import Action


def mail_of(*, step: Action, person: Person, journey: int) -> Rendered:
    """Subject, HTML and plain text; links to unsubscribe lead nowhere. Raises CannotRender."""
    source = step.settings["source"]
    if source["kind"] == "stored":
        text = str(source["text"])
        return Rendered(subject=source["subject"], html=source.get("html") or html_of(text), text=text)
    renderer = renderers().get(source["key"])
    if renderer is None:
        raise CannotRender(f"no renderer {source['key']!r}")
    found = renderer.render(
        RenderRequest(
            person=person, address=person.email, mailing=mailing_key(journey=journey, step=step),
            key="trial", variables=source.get("variables") or {}, unsubscribe_url="#", preferences_url="#",
        )
    )  # fmt: skip
    return replace(found, html=without_marks(found.html))

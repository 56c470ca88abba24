"""A small site for tests."""

from typing import Any

from trichter.attract.pages.actions import put
from trichter.attract.pages.models import ContentPage, HomePage, StandardPage


def home() -> HomePage:
    """The start page the migration made, published."""
    page = HomePage.objects.get(depth=2)
    if not page.live:
        page.title, page.language = "Start", "de"
        page.save_revision().publish()
        page.refresh_from_db()
    return page


def page(
    title: str,
    *,
    parent: Any = None,
    kind: type[ContentPage] = StandardPage,
    live: bool = True,
    **values: Any,
) -> Any:
    """A German page below the start page."""
    values.setdefault("language", "de")
    values.setdefault("slug", title.lower().replace(" ", "-"))
    made = kind(title=title, **values)
    return put(
        parent=(parent or home()).__class__.objects.get(pk=(parent or home()).pk), page=made, live=live
    )


def hero(heading: str = "Große Worte") -> tuple[str, dict[str, Any]]:
    """A hero block."""
    return (
        "hero",
        {"heading": heading, "kicker": "", "text": "", "buttons": [], "points": [], "image": None},
    )

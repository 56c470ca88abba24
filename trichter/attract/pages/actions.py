"""Verbs: put pages into the tree, begin a landing page, translate, publish what is due."""

from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from trichter.core.accounts.models import User

from .models import ContentPage, Goal, HomePage, LandingPage, Persona
from .templates_for import starter


class NoPlace(Exception):
    """There is no start page to put a page under, or the user may not add pages there."""


def put(*, parent: Page, page: ContentPage, live: bool = True, user: User | None = None) -> ContentPage:
    """Add a page below another one with a first revision; published when `live`."""
    page.live = False
    page.has_unpublished_changes = True
    if page.locale_id is None:
        page.locale = Locale.get_default()
    parent.add_child(instance=page)
    revision = page.save_revision(user=user)
    if live:
        revision.publish(user=user)
        page.refresh_from_db()
    return page


def free_slug(*, parent: Page, wanted: str) -> str:
    """The slug, with a number behind it where it is taken below `parent`."""
    taken = set(parent.get_children().values_list("slug", flat=True))
    base = slugify(wanted)[:50] or "seite"
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)


def landing_parent(*, language: str) -> Page | None:
    """Where landing pages go: below the page with the address `lp` if there is one, else the start page."""
    homes = HomePage.objects.filter(language=language).order_by("depth", "path")
    home: Page | None = homes.first()
    if home is None:
        site = Site.objects.filter(is_default_site=True).first()
        home = site.root_page if site is not None else None
    if home is None:
        return None
    return home.get_children().filter(slug="lp").first() or home


@transaction.atomic
def begin_landing_page(
    *, goal: Goal, title: str, language: str, user: User, phase: str = "", persona: Persona | None = None
) -> LandingPage:
    """A draft with the goal's blocks and starting texts. Raises NoPlace."""
    parent = landing_parent(language=language)
    if parent is None or not parent.permissions_for_user(user).can_add_subpage():
        raise NoPlace
    start = starter(goal=goal, language=language, title=title)
    page = LandingPage(
        title=title, slug=free_slug(parent=parent, wanted=title), goal=goal, language=language,
        phase=phase or start.phase, persona=persona, summary=start.summary, seo_title=start.seo_title,
        search_description=start.description, owner=user,
    )  # fmt: skip
    page.body = start.body
    put(parent=parent, page=page, live=False, user=user)
    return page


@transaction.atomic
def begin_translation(*, page: ContentPage, language: str, user: User) -> ContentPage:
    """A draft copy in another language below that language's start page. Raises NoPlace.

    Without such a start page the copy goes below the page's own parent.
    """
    origin = page.translation_of or page
    home = HomePage.objects.filter(language=language).order_by("depth", "path").first()
    parent: Any = home or page.get_parent()
    if parent is None or not parent.permissions_for_user(user).can_add_subpage():
        raise NoPlace
    # The start page of a language hangs below the first one: /en/.
    home_itself = page.list_kind == "home"
    to = page.specific if home_itself else parent
    slug = free_slug(parent=to, wanted=language if home_itself else page.slug)
    copied: ContentPage = page.specific.copy(
        to=to, user=user, keep_live=False, copy_revisions=False,
        update_attrs={"language": language, "translation_of": origin, "owner": user, "slug": slug},
    )  # fmt: skip
    return copied


def publish_due() -> None:
    """Publish what is scheduled for now or earlier, take down what has expired; Wagtail's own rules."""
    call_command("publish_scheduled", verbosity=0)

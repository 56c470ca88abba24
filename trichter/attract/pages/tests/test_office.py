"""The content in the back office."""

from typing import Any

import pytest
from wagtail.models import Page, Workflow

from trichter.attract.pages import figures
from trichter.attract.pages.actions import put
from trichter.attract.pages.models import (
    ArticlePage,
    ContentPage,
    LandingPage,
    PageCheck,
    Persona,
    Topic,
    WhitepaperPage,
)
from trichter.attract.pages.queries import gaps, with_state
from trichter.attract.pages.seo.actions import check

from .making import home, page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> None:
    figures.forget()


def states() -> dict[str, str]:
    return {one.slug: one.state for one in with_state(ContentPage.objects.filter(depth__gt=2))}


def test_the_state_follows_draft_review_schedule_and_publication(make_user: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    draft = page("Entwurf", live=False)
    page("Live")
    changed = ContentPage.objects.get(pk=page("Geaendert").pk).specific
    changed.title = "Anders"
    changed.save_revision()
    planned = page("Geplant", live=False)
    planned.go_live_at = timezone.now() + timedelta(days=1)
    planned.save_revision().publish()
    review = page("Pruefung", live=False)
    workflow = Workflow.objects.first()
    assert workflow is not None
    workflow.start(review, make_user("marketing"))
    assert states() == {
        "entwurf": "draft", "live": "published", "geaendert": "changed", "geplant": "scheduled",
        "pruefung": "review",
    }  # fmt: skip
    assert not ContentPage.objects.get(pk=draft.pk).live


def test_marketing_can_approve_a_review() -> None:
    names = {group.name for task in Workflow.objects.get().tasks for group in task.specific.groups.all()}
    assert {"marketing", "admin"} <= names


def test_the_list_shows_state_type_and_filters(login: Any) -> None:
    client = login("marketing")
    persona = Persona.objects.create(name="Leitung")
    page("Fund", kind=ArticlePage, phase="tofu", persona=persona)
    page("Anderes", live=False)
    html = client.get("/app/content/").content.decode()
    assert "Fund" in html and "Anderes" in html
    for query in (f"persona={persona.pk}", "phase=tofu", "state=published&type=articlepage"):
        html = client.get(f"/app/content/?{query}").content.decode()
        assert "Fund" in html and "Anderes" not in html, query
    assert client.get("/app/content/?sort=state&state=nonsense").status_code == 200
    assert client.get("/app/content/export/?format=csv").status_code in (200, 403)


def test_papers_stand_in_the_list_by_what_they_are(login: Any) -> None:
    client = login("marketing")
    put(parent=home(), page=WhitepaperPage(title="Papier", slug="papier", language="de"))
    put(parent=home(), page=WhitepaperPage(title="Handbuch", slug="buch", language="de", kind="ebook"))
    for kind, there, not_there in (
        ("ebook", "Handbuch", "Papier<"),
        ("whitepaperpage", "Papier", "Handbuch"),
    ):
        html = client.get(f"/app/content/?type={kind}&sort=content_type__model").content.decode()
        assert there in html and not_there not in html
    assert "E-Book" in client.get("/app/content/").content.decode()


def test_gaps_are_cells_without_a_published_item(login: Any) -> None:
    one = Persona.objects.create(name="Leitung")
    page("Da", phase="tofu", persona=one)
    page("Entwurf", phase="bofu", persona=one, live=False)
    row = next(row for row in gaps() if row.persona == one)
    assert dict(row.counts) == {"tofu": 1, "mofu": 0, "bofu": 0, "after": 0}
    html = login("marketing").get("/app/content/gaps/").content.decode()
    assert html.count('class="pg-gap"') == 3 and f"persona={one.pk}" in html
    login("management")


def test_personas_and_topics_stand_in_the_menu_and_count_what_there_is_for_them(login: Any) -> None:
    one, empty = Persona.objects.create(name="Leitung"), Persona.objects.create(name="Einkauf")
    topic = Topic.objects.create(name="Wartung", slug="wartung")
    page("Da", phase="tofu", persona=one, topic=topic)
    page("Entwurf", phase="mofu", persona=one, topic=topic, live=False)
    client = login("marketing")
    menu = client.get("/app/content/").content.decode()
    assert 'href="/app/personas/"' in menu and 'href="/app/topics/"' in menu
    for kind, pk in (("personas", one.pk), ("topics", topic.pk)):
        row = next(row for row in client.get(f"/app/{kind}/").context["page"].object_list if row.pk == pk)
        assert (row.items, row.published) == (2, 1)
        opened = f"/app/content/?{kind[:-1]}={pk}"
        assert f'href="{opened}"' in client.get(f"/app/{kind}/").content.decode()
        behind = client.get(opened).content.decode()
        assert "Da" in behind and "Entwurf" in behind
        assert opened in client.get(f"/app/{kind}/{pk}/").content.decode()
    record = client.get(f"/app/personas/{one.pk}/").content.decode()
    assert "MOFU" in record and f"persona={one.pk}&amp;phase=mofu" in record, (
        "the first phase that is missing"
    )
    assert client.get(f"/app/personas/{empty.pk}/").status_code == 200


def test_where_there_are_none_the_list_says_what_to_do(login: Any) -> None:
    client = login("marketing")
    assert "Lücken" in client.get("/app/personas/").content.decode()
    assert "drei bis sechs" in client.get("/app/topics/").content.decode()
    client.post("/app/personas/new/", {"name": "Leitung", "description": "", "position": "1"})
    client.post("/app/topics/new/", {"name": "Wartung", "slug": "wartung"})
    assert Persona.objects.get().name == "Leitung" and Topic.objects.get().slug == "wartung"


@pytest.mark.parametrize("who", ["management", "sales"])
def test_who_does_not_write_makes_no_personas_and_topics(who: str, login: Any) -> None:
    client, one = login(who), Persona.objects.create(name="Leitung")
    topic = Topic.objects.create(name="Wartung", slug="wartung")
    seen = 200 if who == "management" else 403
    for kind, pk in (("personas", one.pk), ("topics", topic.pk)):
        assert client.get(f"/app/{kind}/").status_code == seen
        assert client.get(f"/app/{kind}/{pk}/").status_code == seen
        for part in ("new/", f"{pk}/edit/", f"{pk}/delete/"):
            assert client.post(f"/app/{kind}/{part}", {"name": "x", "slug": "x"}).status_code == 403
    if who == "sales":
        assert "/app/personas/" not in client.get("/app/").content.decode()


def test_a_new_landing_page_is_a_draft_with_blocks(login: Any) -> None:
    client = login("marketing")
    home()
    assert client.post("/app/content/new/", {"goal": "demo", "title": ""}).status_code == 422
    data = {"goal": "demo", "title": "Demo für Betriebe", "language": "de", "phase": "", "persona": ""}
    response = client.post("/app/content/new/", data)
    made = LandingPage.objects.get()
    assert response.headers["Location"] == f"/cms/pages/{made.pk}/edit/"
    assert not made.live and made.owner == client.user and made.slug == "demo-fur-betriebe"
    assert [block.block_type for block in made.body] == ["hero", "features", "steps", "form", "faq"]
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("who", ["sales", "service"])
def test_others_see_none_of_it(who: str, login: Any) -> None:
    client, made = login(who), page("Da")
    for url in (
        "/app/content/",
        f"/app/content/{made.pk}/",
        "/app/content/gaps/",
        "/app/content/new/",
        "/app/content-results/",
    ):
        assert client.get(url).status_code == 403, url


def test_management_reads_and_changes_nothing(login: Any) -> None:
    client, made = login("management"), page("Da")
    assert client.get("/app/content/").status_code == 200
    assert client.post(f"/app/content/{made.pk}/check/").status_code == 403
    assert client.post(f"/app/content/{made.pk}/translate/en/").status_code == 403
    assert client.get("/app/content/new/").status_code == 403


def test_saving_in_the_editor_checks_the_draft(login: Any) -> None:
    client = login("marketing")
    made = page("Ohne Beschreibung")
    assert check(page=made).errors == 1
    PageCheck.objects.all().delete()
    edit = client.get(f"/cms/pages/{made.pk}/edit/").content.decode()
    assert "Geprüft wird beim Speichern" in edit or "The check runs when the page is saved" in edit
    data = {
        "title": "Ohne Beschreibung", "slug": made.slug, "language": "de", "phase": "", "persona": "",
        "topic": "", "author": "", "summary": "", "seo_title": "", "search_description": "", "picture": "",
        "canonical": "", "translation_of": "", "body-count": "0", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0", "comments-MIN_NUM_FORMS": "0", "comments-MAX_NUM_FORMS": "1000",
    }  # fmt: skip
    response = client.post(f"/cms/pages/{made.pk}/edit/", data)
    assert response.status_code == 302, response.context["form"].errors
    kept = PageCheck.objects.get(page_id=made.pk)
    assert ["description_missing", "error", ""] in kept.findings
    assert "PageCheck" in repr(PageCheck) and kept.errors == 1


def test_a_page_can_be_translated_once(login: Any) -> None:
    client, made = login("marketing"), page("Da")
    response = client.post(f"/app/content/{made.pk}/translate/en/")
    copy = ContentPage.objects.get(translation_of=made.pk)
    assert response.headers["Location"] == f"/cms/pages/{copy.pk}/edit/" and not copy.live
    client.post(f"/app/content/{made.pk}/translate/en/")
    client.post(f"/app/content/{made.pk}/translate/xx/")
    assert ContentPage.objects.filter(translation_of=made.pk).count() == 1


def test_the_tree_is_sound_after_the_set_up() -> None:
    page("Da")
    assert Page.find_problems() == ([], [], [], [], [])


@pytest.mark.parametrize("what", ["images", "documents"])
@pytest.mark.parametrize("by", ["title", "created_at", "file_size", "-file_size", "usage_count", "__proto__"])
def test_what_was_searched_for_is_sorted_by_all_that_is_offered(login: Any, what: str, by: str) -> None:
    assert login("marketing").get(f"/cms/{what}/?q=a&ordering={by}").status_code == 200

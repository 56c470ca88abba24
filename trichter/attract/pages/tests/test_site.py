"""The public site through Django."""

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.documents import get_document_model

from trichter.attract.pages import actions
from trichter.attract.pages.models import (
    ArticlePage,
    CaseStudyPage,
    ContentPage,
    EpisodePage,
    FaqPage,
    Goal,
    IndexPage,
    LandingPage,
    PodcastPage,
    SiteLook,
    StandardPage,
    VideoPage,
    WebinarPage,
    WhitepaperPage,
)
from trichter.attract.pages.seo.actions import findings_of
from trichter.core.jobs.registry import kinds, schedules

from .making import hero, home, page

pytestmark = pytest.mark.django_db


def graph(response: Any) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', response.content.decode(), re.S)
    assert found
    return {node["@type"]: node for node in json.loads(found[1])["@graph"]}


def text(response: Any) -> str:
    return response.content.decode()


def test_without_a_start_page_the_root_leads_inside(client: Any) -> None:
    assert client.get("/").headers["Location"] == "/app/"
    home()
    assert client.get("/").status_code == 200


def test_a_page_is_in_its_own_language_and_says_what_machines_need(client: Any) -> None:
    page("Preise", search_description="Was es kostet.", seo_title="Preise der Software")
    response = client.get("/preise/", headers={"Accept-Language": "en"})
    html = text(response)
    assert '<html lang="de">' in html and "Zum Inhalt springen" in html
    assert '<link rel="canonical" href="http://testserver/preise/">' in html
    assert '<meta name="description" content="Was es kostet.">' in html
    assert response["Content-Language"] == "de"
    assert html.count("<h1") == 1
    nodes = graph(response)
    assert [one["name"] for one in nodes["BreadcrumbList"]["itemListElement"]] == ["Start", "Preise"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_text_cannot_break_out_of_the_data(client: Any) -> None:
    page("</script><script>alert(1)</script>", slug="x")
    assert "<script>alert" not in text(client.get("/x/"))


def test_a_hero_carries_the_main_heading(client: Any) -> None:
    page("Titel", body=[hero("Nur einmal")])
    html = text(client.get("/titel/"))
    assert html.count("<h1") == 1 and "<h1>Nur einmal</h1>" in html


@pytest.mark.parametrize("goal", Goal.values)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_goal_starts_with_a_page_that_passes_the_check(
    goal: str, language: str, client: Any, make_user: Any
) -> None:
    from trichter.attract.pages.seo.actions import findings_of

    home()
    made = actions.begin_landing_page(
        goal=Goal(goal), title="Wartung im Betrieb planen", language=language, user=make_user("marketing")
    )
    assert not made.live and made.phase and client.get(made.url).status_code == 404
    # The links of the text are the editor's business, and so are the picture and what stands in brackets.
    rules = {one.rule for one in findings_of(page=made)} - {"links_none", "social_image_missing", "gap"}
    assert rules == set()


def test_a_new_slug_and_a_new_place_redirect_for_good(
    client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    blog = page("Blog", kind=IndexPage)
    article = page("Alt", parent=blog, kind=ArticlePage)
    article = ArticlePage.objects.get(pk=article.pk)
    article.slug = "neu"
    with django_capture_on_commit_callbacks(execute=True):
        article.save_revision().publish()
    response = client.get("/blog/alt/")
    assert (response.status_code, response.headers["Location"]) == (301, "/blog/neu/")
    with django_capture_on_commit_callbacks(execute=True):
        ArticlePage.objects.get(pk=article.pk).move(home(), pos="last-child")
    response = client.get("/blog/neu/")
    assert response.status_code == 301 and response.headers["Location"].endswith("/neu/")
    assert client.get("/neu/").status_code == 200


def test_the_sitemap_leaves_out_what_is_not_to_be_listed(client: Any) -> None:
    page("Offen")
    page("Geheim", noindex=True)
    page("Entwurf", live=False)
    page("Kopie", canonical="https://example.com/original/")
    locations = re.findall(r"<loc>http://testserver(.*?)</loc>", text(client.get("/sitemap.xml")))
    assert locations == ["/", "/offen/"]
    assert '<meta name="robots" content="noindex">' in text(client.get("/geheim/"))
    assert "Sitemap: http://testserver/sitemap.xml" in text(client.get("/robots.txt"))


def test_translations_know_each_other(client: Any, make_user: Any) -> None:
    german = home()
    about = page("Über uns", slug="ueber-uns")
    user = make_user("marketing")
    english = actions.begin_translation(page=german, language="en", user=user)
    assert english.url == "/en/"
    other = actions.begin_translation(page=about, language="en", user=user)
    for one in (english, other):
        ContentPage.objects.get(pk=one.pk).specific.get_latest_revision_as_object().save_revision().publish()
    html = text(client.get("/ueber-uns/"))
    assert 'hreflang="en" href="http://testserver/en/ueber-uns/"' in html
    html = text(client.get("/en/ueber-uns/"))
    assert '<html lang="en">' in html and 'hreflang="de" href="http://testserver/ueber-uns/"' in html
    assert "xhtml:link" in text(client.get("/sitemap.xml"))


def test_the_feed_holds_published_articles(client: Any) -> None:
    blog = page("Blog", kind=IndexPage)
    page("Erster & bester", slug="erster", parent=blog, kind=ArticlePage, summary="Kurz <b>gesagt</b>")
    page("Entwurf", parent=blog, kind=ArticlePage, live=False)
    response = client.get("/blog/feed.xml")
    items = ElementTree.fromstring(response.content).findall("./channel/item")
    assert [one.findtext("title") for one in items] == ["Erster & bester"]
    assert items[0].findtext("link") == "http://testserver/blog/erster/"
    assert 'type="application/rss+xml"' in text(client.get("/blog/"))


@pytest.fixture
def episode(db: None) -> EpisodePage:
    show = page(
        "Podcast", kind=PodcastPage, owner_name="Wir", owner_email="wir@example.com", category="Business"
    )
    audio = get_document_model()(title="Folge")
    audio.file.save("folge.mp3", ContentFile(bytes(range(256)) * 40), save=False)
    audio.file_size = audio.file.size
    audio.save()
    made: EpisodePage = page("Folge", parent=show, kind=EpisodePage, audio=audio, seconds=754, number=3)
    return made


def test_a_podcast_feed_has_what_directories_ask_for(client: Any, episode: EpisodePage) -> None:
    names = {"i": "http://www.itunes.com/dtds/podcast-1.0.dtd"}
    channel = ElementTree.fromstring(client.get("/podcast/feed.xml").content).find("channel")
    assert channel is not None
    assert channel.findtext("i:author", namespaces=names) == "Wir"
    assert channel.findtext("i:explicit", namespaces=names) == "false"
    assert channel.findtext("i:owner/i:email", namespaces=names) == "wir@example.com"
    category = channel.find("i:category", names)
    assert category is not None and category.get("text") == "Business"
    enclosure = channel.find("item/enclosure")
    assert enclosure is not None
    assert (enclosure.get("length"), enclosure.get("type")) == ("10240", "audio/mpeg")
    assert str(enclosure.get("url")).startswith("http://testserver/media/documents/folge")
    assert channel.findtext("item/i:duration", namespaces=names) == "754"
    assert graph(client.get("/podcast/folge/"))["PodcastEpisode"]["timeRequired"] == "PT12M34S"


def test_players_get_the_part_they_ask_for(client: Any, episode: EpisodePage) -> None:
    url = episode.audio.file.url
    whole = client.get(url)
    assert (whole.status_code, whole["Accept-Ranges"], whole["Content-Length"]) == (200, "bytes", "10240")
    part = client.get(url, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part["Content-Range"]) == (206, "bytes 2-5/10240")
    assert b"".join(part.streaming_content) == bytes([2, 3, 4, 5])
    tail = client.get(url, headers={"Range": "bytes=-2"})
    assert b"".join(tail.streaming_content) == bytes([254, 255])
    assert client.get(url, headers={"Range": "bytes=20000-"}).status_code == 416


def test_a_document_behind_a_form_is_not_given_out(client: Any) -> None:
    paper = get_document_model()(title="Paper")
    paper.file.save("paper.pdf", ContentFile(b"%PDF"), save=True)
    assert client.get(paper.file.url).status_code == 404
    assert client.get("/media/documents/../trichter.sqlite3").status_code == 404
    assert client.get("/media/original_images/x.png").status_code == 404


def test_each_type_tells_machines_what_it_is(client: Any) -> None:
    page("Artikel", kind=ArticlePage, author="Ida Brandt")
    page("Fall", kind=CaseStudyPage, customer="Hansen")
    page(
        "Fragen",
        kind=FaqPage,
        body=[
            (
                "faq",
                {
                    "heading": "",
                    "intro": "",
                    "anchor": "",
                    "ground": "plain",
                    "items": [{"question": "Warum?", "answer": "<p>Darum.</p>"}],
                },
            )
        ],
    )
    page("Film", kind=VideoPage, address="https://youtu.be/abc123", seconds=61)
    starts = timezone.now() + timedelta(days=3)
    page("Webinar", kind=WebinarPage, starts_at=starts, minutes=45)
    assert graph(client.get("/artikel/"))["Article"]["author"]["name"] == "Ida Brandt"
    assert graph(client.get("/fall/"))["Article"]["headline"] == "Fall"
    question = graph(client.get("/fragen/"))["FAQPage"]["mainEntity"][0]
    assert (question["name"], question["acceptedAnswer"]["text"]) == ("Warum?", "Darum.")
    assert graph(client.get("/film/"))["VideoObject"]["duration"] == "PT1M1S"
    event = graph(client.get("/webinar/"))["Event"]
    assert event["startDate"] == starts.isoformat()
    assert set(graph(client.get("/artikel/"))) >= {"Organization", "BreadcrumbList"}


def test_nothing_of_another_host_is_on_a_page_before_a_click(client: Any) -> None:
    page("Film", kind=VideoPage, address="https://youtu.be/abc123")
    response = client.get("/film/")
    assert not re.findall(r'(?:src|srcset|poster)="https?://', text(response))
    assert "<iframe" not in text(response)
    assert "https://www.youtube-nocookie.com" in response["Content-Security-Policy"]
    assert "youtube" not in client.get("/").headers["Content-Security-Policy"]


def test_a_countdown_is_decided_by_the_server(client: Any) -> None:
    def countdown(end: Any) -> Any:
        return (
            "countdown",
            {
                "heading": "Frist",
                "intro": "",
                "anchor": "",
                "ground": "plain",
                "ends_at": end,
                "after": "Vorbei.",
                "buttons": [],
            },
        )

    page("Offen", body=[countdown(timezone.now() + timedelta(days=2, minutes=5))])
    page("Zu", body=[countdown(timezone.now() - timedelta(seconds=1))])
    assert "data-countdown" in text(client.get("/offen/")) and "Vorbei." not in text(client.get("/offen/"))
    assert "data-countdown" not in text(client.get("/zu/")) and "Vorbei." in text(client.get("/zu/"))


def test_prices_are_written_with_their_currency(client: Any) -> None:
    plan = {
        "name": "Team",
        "amount": "149.50",
        "currency": "CHF",
        "per": "Monat",
        "note": "",
        "points": [],
        "highlighted": True,
        "button": {"label": "Los", "page": None, "url": "#x", "style": "primary", "name": ""},
    }
    page(
        "Preise",
        body=[
            (
                "pricing",
                {
                    "heading": "",
                    "intro": "",
                    "anchor": "",
                    "ground": "plain",
                    "plans": [plan],
                    "small_print": "",
                },
            )
        ],
    )
    assert "149,50\xa0CHF" in text(client.get("/preise/"))


def test_a_scheduled_page_goes_live_through_the_houses_own_schedule(client: Any) -> None:
    assert schedules["pages.publish"].cron == "* * * * *"
    made = page("Bald", live=False)
    made.go_live_at = timezone.now() + timedelta(hours=1)
    revision = made.save_revision()
    revision.publish()
    assert client.get("/bald/").status_code == 404
    # The hour has passed.
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    kinds["pages.publish"].handler(None)
    assert client.get("/bald/").status_code == 200


def test_menus_follow_changes_at_once(client: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = page("Erste", show_in_menus=True)
    assert ">Erste</a>" in text(client.get("/"))
    with django_capture_on_commit_callbacks(execute=True):
        StandardPage.objects.get(pk=first.pk).unpublish()
    assert ">Erste</a>" not in text(client.get("/"))
    with django_capture_on_commit_callbacks(execute=True):
        SiteLook.objects.update_or_create(pk=1, defaults={"claim": "Neu hier"})
        SiteLook.objects.get(pk=1).save()
    assert "Neu hier" in text(client.get("/"))


def test_a_form_of_marketing_stands_in_its_page(client: Any) -> None:
    from trichter.attract.forms.tests.making import contact_form

    section = {"heading": "Anfordern", "intro": "", "anchor": "formular", "ground": "plain", "form": "contact",
               "points": [], "small_print": ""}  # fmt: skip
    page("Form", kind=LandingPage, body=[("form", section)])
    assert "zurzeit nicht verfügbar" in text(client.get("/form/"))
    contact_form()
    response = client.get("/form/")
    assert 'action="http://testserver/f/contact/"' in text(response)
    assert 'lang="de" data-form="contact"' in text(response)


def test_the_demo_companys_pages_have_their_forms(client: Any) -> None:
    from trichter.demo.website.forms import FORMS, make_forms

    make_forms()
    make_forms()
    for slug in FORMS:
        shown = text(client.get(f"/f/{slug}/?lang=de"))
        assert f'data-form="{slug}"' in shown and 'type="email"' in shown
    assert "Ich möchte Neuigkeiten und Angebote erhalten" in text(client.get("/f/whitepaper/?lang=de"))


def test_an_e_book_is_a_paper_that_machines_know_as_a_book(client: Any) -> None:
    values = {"pages_count": 24, "author": "Eva Beispiel", "body": [hero()]}
    page("Papier", kind=WhitepaperPage, **values)
    made = WhitepaperPage(title="Buch", slug="buch", language="de", kind="ebook", **values)
    actions.put(parent=home(), page=made)
    paper, book = client.get("/papier/"), client.get("/buch/")
    assert graph(paper)["WebPage"]["mainEntity"]["@type"] == "DigitalDocument"
    found = graph(book)["WebPage"]["mainEntity"]
    assert found.pop("datePublished")[:4].isdigit()
    assert found == {
        "@type": "Book", "name": "Buch", "inLanguage": "de", "bookFormat": "https://schema.org/EBook",
        "numberOfPages": 24, "author": {"@type": "Person", "name": "Eva Beispiel"},
        "publisher": {"@id": "http://testserver/#organisation"},
    }  # fmt: skip
    assert "E-Book" in text(book) and "24 Seiten" in text(book) and "E-Book" not in text(paper)
    assert "cta_none" in {one.rule for one in findings_of(page=made)}, "checked like every page with a goal"

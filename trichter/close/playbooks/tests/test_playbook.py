"""A playbook is made once, filled in, started; by those who may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trichter.attract.pages.models import ArticlePage, ContentPage, WhitepaperPage
from trichter.close.handover.models import RoutingRule, SlaVersion
from trichter.close.playbooks import actions, queries
from trichter.close.playbooks.models import Piece
from trichter.close.playbooks.parts import PARTS
from trichter.core.accounts.models import Team
from trichter.core.lifecycle.actions import ensure_defaults
from trichter.core.lifecycle.models import ScoreVersion
from trichter.core.mail.rendering import RenderRequest, renderers
from trichter.core.people.models import Person
from trichter.engage.journeys.models import Journey
from trichter.engage.magnets.models import Magnet
from trichter.engage.mailtemplates.models import MailTemplate

from .making import fill_in, made

pytestmark = pytest.mark.django_db
PAGE = "/app/playbooks/whitepaper/"


@pytest.fixture(autouse=True)
def house(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ensure_defaults()


@pytest.fixture
def admin(make_user):
    return make_user("admin", is_staff=True)


def counts():
    models = (ContentPage, MailTemplate, Journey, Magnet, ScoreVersion, SlaVersion, RoutingRule, Piece)
    return [model.objects.count() for model in models]


@pytest.mark.parametrize("language", ["de", "en"])
def test_everything_is_made_once_and_hangs_together(admin, make_user, language):
    rep = make_user("sales")
    outcome = made(admin, language=language, rep=rep, postcodes="80-87")
    assert outcome.refused == outcome.waiting == []
    assert set(outcome.made) | set(outcome.used) == {part.key for part in PARTS}
    before = counts()
    again = made(admin, language="de" if language == "en" else "en", rep=rep)
    assert (again.made, again.used, len(again.kept)) == ([], [], len(PARTS))
    assert counts() == before and queries.language() == language
    parts = queries.records()
    article, landing, magnet = parts["article"], parts["landing"], parts["magnet"]
    assert isinstance(article, ArticlePage) and isinstance(landing, WhitepaperPage)
    button = article.body[-1].value["buttons"][0]
    assert button["page"].pk == landing.pk and not article.live and not landing.live
    assert magnet.page == landing and magnet.form == parts["form"] and landing.file is not None
    (block,) = [one.value for one in landing.body if one.block_type == "form"]
    assert block["form"] == parts["form"].slug
    rule, journey = parts["rule"], parts["journey"]
    assert (rule.rep, rule.postcodes, journey.state) == (rep, "80-87", "draft")
    assert [one["do"] for one in journey.draft["steps"] if one["do"] != "wait_time"][::2][:4] == ["mail"] * 4
    assert parts["score"].effective_from is None and parts["sla"].effective_from is None


def test_nothing_is_published_while_brackets_stand_in_a_text(admin, make_user):
    made(admin, rep=make_user("sales"))
    with pytest.raises(actions.Unfilled):
        actions.start(user=admin)
    assert not Journey.objects.get().current and not ArticlePage.objects.get().live
    fill_in()
    assert queries.unfilled(parts=queries.records()) == {}
    outcome = actions.start(user=admin)
    assert outcome.refused == [] and "journey" in outcome.made
    parts = queries.records()
    assert parts["journey"].state == "running" and parts["form"].state == "live"
    assert all(
        parts[key].live
        for key in ("article", "landing", "prices", "demo", "case", "welcome-de", "welcome-en")
    )
    assert actions.start(user=admin).made == []


def test_a_contact_gets_the_mails_in_their_language(admin):
    made(admin)
    fill_in()
    actions.start(user=admin)
    source = Journey.objects.get().draft["steps"][0]["source"]
    found = {}
    for language in ("de", "en", "fr"):
        asked = RenderRequest(
            person=Person(last_name="Graf", language=language), address="a@firma.de", mailing="x", key="y",
            variables=source["variables"], unsubscribe_url="https://firma.de/u",
        )  # fmt: skip
        found[language] = renderers()[source["key"]].render(asked).subject
    assert found["de"] == found["fr"] != found["en"] and found["en"].startswith("Welcome")


def test_what_was_deleted_is_made_again_and_the_rest_is_left_alone(admin):
    made(admin)
    article = ArticlePage.objects.get()
    form = queries.records()["form"]
    form.name = "Umbenannt"
    form.save()
    article.delete()
    outcome = made(admin)
    assert outcome.made == ["article"] and outcome.waiting == ["rule"]
    assert queries.records()["form"].name == "Umbenannt"


def test_marketing_makes_its_part_and_management_the_rest(login, make_user):
    client, rep = login("marketing"), make_user("sales")
    page = client.get(PAGE).content.decode()
    assert 'name="rep"' not in page and 'name="file"' in page
    file = SimpleUploadedFile("eigenes.pdf", b"%PDF-1.4 eigenes")
    client.post(f"{PAGE}make/", {"language": "de", "file": file})
    parts = queries.records()
    assert "rule" not in parts and {"article", "journey", "sla", "score"} <= set(parts)
    assert parts["landing"].file.title == "eigenes.pdf"
    assert client.get(PAGE).status_code == 200
    boss = login("management")
    assert f'<option value="{rep.pk}">' in boss.get(PAGE).content.decode()
    boss.post(f"{PAGE}make/", {"language": "de", "rep": rep.pk})
    assert queries.records()["rule"].rep == rep and len(queries.records()) == len(PARTS)


def test_bad_choices_are_told_and_make_nothing(login):
    client, team = login("admin"), Team.objects.create(name="Süd")
    rep = client.user
    for data in (
        {"language": "xx"}, {"language": "de", "postcodes": "80-"}, {"language": "de", "rep": "99999"},
        {"language": "de", "file": SimpleUploadedFile("a.pdf", b"MZ no pdf")},
        {"language": "de", "team": team.pk, "rep": rep.pk},
    ):  # fmt: skip
        assert client.post(f"{PAGE}make/", data).status_code == 422, data
    assert not Piece.objects.exists()


@pytest.mark.parametrize("role", ["sales", "service", "privacy"])
def test_others_neither_see_nor_make_it(login, role):
    client = login(role)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}make/", {"language": "de"}).status_code == 403
    assert client.post(f"{PAGE}start/").status_code == 403
    assert not Piece.objects.exists()


def test_migrations_are_complete():
    from django.core.management import call_command

    call_command("makemigrations", "playbooks", "--check", "--dry-run", verbosity=0)

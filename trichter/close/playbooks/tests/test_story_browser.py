"""The whole story in Chromium: from the blog to the colleague of sales, with mails from a real mail server."""

import os
import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from tests.browser import chromium
from trichter.attract.pages.tests.making import home as start_page
from trichter.attract.tracking.tests.servers import AGENT
from trichter.close.handover import agreement
from trichter.close.handover.models import Assignment, BusinessCalendar, Handover, RoutingRule, SlaVersion
from trichter.close.handover.tests.conftest import ALL_DAY
from trichter.close.playbooks import queries
from trichter.core.accounts.models import Team, User
from trichter.core.events import FormSubmitted
from trichter.core.journal.actions import Entry, record
from trichter.core.journal.models import Event
from trichter.core.lifecycle.models import ScoreVersion, Transition
from trichter.core.lifecycle.scoring import actions as scoring
from trichter.core.mail.tests.making import BASE, post_office, ready
from trichter.core.notices.models import Notice
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Person
from trichter.engage.journeys.models import Enrolment

from .making import fill_in
from .serving import served

pytestmark = [
    pytest.mark.alone, pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.django_db(transaction=True)
]  # fmt: skip
PASSWORD = "ein ruhiger Fjord im November"
SHOTS = os.environ.get("TRICHTER_SHOTS", "")


class Reader:
    """The letter box: mails in order, with the links in them led to the house under test."""

    def __init__(self, post, house):
        self._post, self._house = post, house

    def __len__(self):
        return len(self._post.received)

    def mail(self, number):
        """Subject, text and HTML of a mail."""
        message = message_from_bytes(self._post.received[number].raw, policy=policy.default)
        html = message.get_body(("html",))
        text = message.get_body(("plain",)).get_content()
        return message["Subject"], text, html.get_content() if html is not None else ""

    def link(self, number, start, *, html=False):
        """The first link of this kind."""
        _subject, text, rich = self.mail(number)
        found = re.search(rf'{re.escape(BASE)}({start}[^\s<">]+)', rich if html else text)
        assert found, (start, text)
        return self._house.url + found[1]

    def button(self, number, label):
        """Where the button of an HTML mail leads."""
        rich = self.mail(number)[2]
        found = re.search(rf'<a href="{re.escape(BASE)}(/m/c/[^"]+)"[^>]*>\s*{re.escape(label)}', rich)
        assert found, (label, rich)
        return self._house.url + found[1]


@pytest.fixture
def world(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    with post_office(settings) as post:
        url = f"smtp://127.0.0.1:{post.port}"
        with served(data=tmp_path, settings=settings, TRICHTER_EMAIL_URL=url) as house:
            yield house, Reader(post, house)


def colleague(make_user, role, name, **more):
    user = make_user(role, first_name=name, language="de", **more)
    user.set_password(PASSWORD)
    user.save()
    return user


def browse(browser, complaints, **more):
    context = browser.new_context(locale="de-DE", **more)
    # The first figures wait for kernels to be compiled, on a busy machine for long.
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def follow(page, house, url):
    """Press a counted link of a mail: it leads on to the public name of the house, which is served here."""

    def answer(route):
        found = route.fetch(max_redirects=0)
        there = found.headers["location"].replace(BASE, house.url)
        route.fulfill(status=found.status, headers=found.headers | {"location": there})

    page.route("**/m/c/**", answer)
    page.goto(url)
    page.unroute("**/m/c/**")
    leave(page)


def log_in(page, house, user):
    page.goto(f"{house.url}/app/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{house.url}/app/**")


def leave(page):
    """The tracker's last words arrive before the page is gone."""
    page.wait_for_timeout(1_500)


def shot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/story-{name}.png", full_page=True)


def test_from_the_first_visit_to_a_lead_that_sales_accepts(world, make_user):
    house, post = world
    home = start_page()
    home.save_revision().publish()
    ready()
    south, north = Team.objects.create(name="Süd"), Team.objects.create(name="Nord")
    BusinessCalendar.objects.create(name="Alle", week=ALL_DAY)
    admin = colleague(make_user, "admin", "Ada")
    mara = colleague(make_user, "marketing", "Mara")
    anna = colleague(make_user, "sales", "Anna", team=south)
    bert = colleague(make_user, "sales", "Bert", team=north)
    complaints: list[str] = []
    with sync_playwright() as playwright:
        # A browser without a window says so, and counts as a machine. A flag also reaches the requests that
        # outlive their page, which a context's own name does not.
        browser = chromium(playwright, f"--user-agent={AGENT}")
        office = browse(browser, complaints, viewport={"width": 1280, "height": 900})
        switch_on(office, house, admin, anna)
        both_agree(mara, anna)
        RoutingRule.objects.create(name="Nord", position=1, postcodes="20-29", rep=bert)

        visitor = browse(browser, complaints)
        read_and_sign_up(visitor, house)
        confirm_and_download(visitor, house, post)
        read_the_four_mails(visitor, house, post)
        look_at_the_prices(visitor, house, post)

        handover = at_sales(house, post, anna)
        work_it(browse(browser, complaints), house, anna, handover)
        hand_back(browse(browser, complaints), house, bert)
        chain_is_counted(office, house)
        browser.close()
    assert complaints == []
    assert Notice.objects.filter(user=mara, title__contains="Nils").exists()


def switch_on(page, house, admin, rep):
    """A new user makes the playbook, writes the texts and starts it."""
    log_in(page, house, admin)
    page.goto(f"{house.url}/app/playbooks/whitepaper/")
    shot(page, "empty")
    page.get_by_label("Leads gehen an").select_option(str(rep.pk))
    page.get_by_label("nur aus diesen Postleitzahlen").fill("80-87")
    page.get_by_role("button", name="Alle Teile anlegen").click()
    expect(page.get_by_text("Teile wurden angelegt")).to_be_visible()
    shot(page, "made")
    page.get_by_role("button", name="Veröffentlichen und starten").click()
    expect(page.get_by_text("Nichts wurde veröffentlicht")).to_be_visible()
    fill_in()
    page.reload()
    page.get_by_role("button", name="Veröffentlichen und starten").click()
    expect(page.get_by_text("Veröffentlicht und gestartet")).to_be_visible()
    form = queries.records()["form"]
    form.seconds = 0
    form.save()


def both_agree(mara, anna):
    """Marketing and sales sign the score model and the service level agreement."""
    model, sla = ScoreVersion.objects.latest("number"), SlaVersion.objects.latest("number")
    for side, user in (("marketing", mara), ("sales", anna)):
        scoring.agree(version=model, side=side, by=user)
        agreement.sign(version=sla, side=side, by=user)


def read_and_sign_up(page, house):
    """The blog post, the landing page, the form."""
    article = queries.records()["article"]
    page.goto(f"{house.url}{article.url}?utm_source=xing&utm_campaign=herbst")
    page.get_by_role("button", name="Zustimmen").click()
    for _ in range(600):
        if any(one["name"] == "tr_id" for one in page.context.cookies()):
            break
        page.wait_for_timeout(100)
    leave(page)
    page.get_by_role("link", name="Whitepaper anfordern").click()
    page.wait_for_url("**/whitepaper/")
    page.get_by_label("E-Mail-Adresse").fill("lena.graf@maschinenbau-graf.de")
    page.get_by_label("Ihr Name").fill("Lena Graf")
    page.get_by_label("Firma").fill("Maschinenbau Graf GmbH")
    page.get_by_label("Postleitzahl").fill("80331")
    page.get_by_label("Ich möchte Neuigkeiten", exact=False).check()
    page.get_by_label("ausgewertet wird", exact=False).check()
    shot(page, "landing")
    leave(page)
    page.locator("form").get_by_role("button", name="Whitepaper anfordern").click()
    page.get_by_text("Vielen Dank").wait_for()
    house.work()
    lena = Person.objects.get()
    assert (lena.language, lena.postcode, lena.stage) == ("de", "80331", "lead")


def confirm_and_download(page, house, post):
    """Double opt-in by the mail, and the file on the page of the confirmation."""
    assert post.mail(0)[0] == "Bitte bestätigen Sie Ihre E-Mail-Adresse"
    assert not Enrolment.objects.exists()
    page.goto(post.link(0, "/m/confirm/"))
    page.get_by_role("button", name="Bestätigen").click()
    page.get_by_text("ist bestätigt").wait_for()
    page.get_by_role("link", name="Whitepaper").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename == "whitepaper.pdf"
    house.work()
    assert Enrolment.objects.get().state == "active"
    # The link to the file by mail, and the first mail of the sequence.
    assert len(post) == 3


def read_the_four_mails(page, house, post):
    """Weeks pass; after each mail its button is pressed."""
    start, day = timezone.now(), 0
    buttons = ["Beitrag lesen", "Ausführliche Anleitung lesen", "Zur Fallstudie", None]
    for number, button in enumerate(buttons):
        while len(post) < number + 3 and day < 40:
            day += 3
            house.work(now=start + timedelta(days=day))
        assert len(post) == number + 3, day
        if button:
            follow(page, house, post.button(number + 2, button))
    assert 12 <= day <= 27


def look_at_the_prices(page, house, post):
    """The last mail's second button leads to the price list."""
    follow(page, house, post.button(5, "Preise ansehen"))
    assert page.url.startswith(f"{house.url}/preise/")
    page.goto("about:blank")
    house.read_clicks()
    assert not Handover.objects.exists()


def at_sales(house, post, anna):
    """The events of the price list are read once: score, stage, handover and decision follow at once."""
    house.settle()
    lena = Person.objects.get()
    assert lena.stage == "mql", (
        lena.score,
        [str(one) for one in Event.objects.values_list("kind", "page", "identity")],
    )
    handover = Handover.objects.get()
    decision = Assignment.objects.get()
    assert (handover.rep, decision.rule.name, decision.round) == (anna, "Whitepaper", 1)
    stages = Transition.objects.filter(person=lena).order_by("at", "position")
    assert list(stages.values_list("stage__key", flat=True)) == ["visitor", "lead", "mql"]
    bell = Notice.objects.filter(user=anna, url=f"/app/handovers/{handover.pk}/").get()
    assert "Lena Graf" in bell.title
    before = len(post)
    house.work()
    told = [post.mail(number) for number in range(before, len(post))]
    assert any("Lena Graf" in text and "Whitepaper" in text for _subject, text, _html in told), told
    return handover


def work_it(page, house, anna, handover):
    """The colleague sees the history and accepts within the agreed time."""
    log_in(page, house, anna)
    page.goto(f"{house.url}/app/handovers/")
    page.get_by_role("link", name="Lena Graf").first.click()
    for text in ("herbst", "Whitepaper", "Preise", "80331", "Maschinenbau Graf"):
        expect(page.get_by_text(text, exact=False).first).to_be_visible()
    shot(page, "handover")
    page.get_by_role("button", name="Annehmen").click()
    handover.refresh_from_db()
    assert handover.state == "accepted" and not handover.steps.filter(step="breach").exists()
    page.goto(f"{house.url}/app/people/{handover.person_id}/")
    shot(page, "person")
    page.get_by_text("Seiten anzeigen").first.click()
    for text in ("Stufe MQL erreicht", "Preise", "„Whitepaper“ heruntergeladen", "Double-Opt-in", "XING"):
        expect(page.get_by_text(text).locator("visible=true").first).to_be_visible()


def hand_back(page, house, bert):
    """Somebody from the north goes to the colleague of the north, who returns her with a reason."""
    now = timezone.now()
    nils, _new = find_or_create_person(
        email="nils@werft.de", defaults={"first_name": "Nils", "last_name": "Holm", "postcode": "20095"},
        at=now, origin="test",
    )  # fmt: skip
    record(Entry(fact=FormSubmitted(form="demo"), at=now, identity=identity_for(person=nils), page="/demo"))
    house.settle()
    handover = Handover.objects.get(person=nils)
    assert handover.rep == bert
    log_in(page, house, bert)
    page.goto(f"{house.url}/app/handovers/{handover.pk}/")
    page.get_by_label("passt nicht").check()
    page.get_by_role("button", name="Zurückgeben", exact=True).click()
    handover.refresh_from_db()
    nils.refresh_from_db()
    assert (handover.state, handover.reason, nils.stage) == ("returned", "no_fit", "lead")


def chain_is_counted(page, house):
    """The page of the playbook shows every link of the chain."""
    house.work()
    page.goto(f"{house.url}/app/playbooks/whitepaper/")
    shot(page, "live")
    counts = [int(one) for one in page.locator(".pb-count strong").all_inner_texts()]
    # The visit in which the visitor agreed to the cookie went on under its id: one visitor, not two.
    assert counts == [1] * 14, counts
    expect(page.get_by_text("Die Kette läuft")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "phone")
    page.emulate_media(color_scheme="dark")
    shot(page, "dark")
    assert User.objects.count() == 4

"""From the landing page to the file in a real browser, with a real mail server in between."""

import re
import threading
from email import message_from_bytes, policy

import pytest
from django.utils import timezone
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from trichter.attract.forms.tests.making import add, make_form, newsletter
from trichter.attract.pages.actions import put
from trichter.attract.pages.models import WhitepaperPage
from trichter.attract.pages.tests.making import home as start_page
from trichter.core.jobs.running import run_next
from trichter.core.journal.models import Event
from trichter.core.mail.models import MailSettings
from trichter.core.mail.sending import Sender
from trichter.core.mail.tests.making import post_office
from trichter.core.people.models import Person

from .making import make_magnet

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.django_db(transaction=True)
]  # fmt: skip


@pytest.fixture
def post(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with post_office(settings) as found:
        yield found


def worker():
    while run_next(worker="test"):
        pass
    sender = Sender()
    while sender.turn(threading.Event()):
        pass
    sender.close()


def text_of(received):
    message = message_from_bytes(received.raw, policy=policy.default)
    return message["Subject"], message.get_body(("plain",)).get_content()


def link_in(text, start):
    return re.search(rf"(http\S+{start}\S+)", text)[1]


def test_from_the_landing_page_to_the_file(live_server, post):
    home = start_page()
    MailSettings.objects.update_or_create(
        pk=1, defaults={"base_url": live_server.url, "from_name": "Firma", "from_address": "info@firma.de"}
    )
    form = make_form("paper", seconds=0, name="Whitepaper", title_de="")
    add(form, "email", "email", label_de="E-Mail-Adresse", required=True, target="person.email")
    newsletter(form)
    make_magnet(form)
    section = {"heading": "Anfordern", "intro": "", "anchor": "formular", "ground": "plain", "form": "paper",
               "points": [], "small_print": ""}  # fmt: skip
    put(
        parent=home,
        page=WhitepaperPage(title="Papier", slug="papier", language="de", body=[("form", section)]),
    )
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 800}).new_page()
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def fill(tick):
            page.goto(f"{live_server.url}/papier/")
            page.get_by_label("E-Mail-Adresse").fill("a@example.com")
            if tick:
                page.get_by_label("Ich möchte Neuigkeiten", exact=False).check()
            page.wait_for_timeout(1_000)
            page.get_by_role("button", name="Absenden").click()
            page.get_by_text("Vielen Dank").wait_for()
            worker()

        def fetch():
            with page.expect_download() as waiting:
                page.get_by_role("button", name="Download").click()
            assert waiting.value.suggested_filename == "paper.pdf"

        fill(True)
        subject, text = text_of(post.received[0])
        assert subject == "Bitte bestätigen Sie Ihre E-Mail-Adresse"
        page.goto(link_in(text, "/m/confirm/"))
        page.get_by_role("button", name="Bestätigen").click()
        page.get_by_text("ist bestätigt").wait_for()
        page.get_by_role("link", name="Whitepaper").click()
        fetch()
        worker()
        assert len(post.received) == 2
        # Later: the known contact gets it in one step.
        fill(False)
        assert len(post.received) == 3
        page.goto(link_in(text_of(post.received[2])[1], "/m/d/"))
        fetch()
        browser.close()
    assert complaints == [] and Person.objects.count() == 1
    assert Event.objects.filter(kind="file.downloaded", at__lte=timezone.now()).count() == 1

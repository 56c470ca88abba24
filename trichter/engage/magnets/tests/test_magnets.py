"""A file for an answer: who gets it, when, how often it counts, and who stays a stranger."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Link, Person
from trichter.engage.magnets import actions, links, queries
from trichter.engage.magnets.models import Grant
from trichter.engage.optin.tests.making import deliver, house, link_in, send, signup_form

from .making import CONTENT, make_magnet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ready(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    house()


def fetched():
    return Event.objects.filter(kind="file.downloaded")


def confirmed_download(client, form, wording=None):
    send(form, tick=wording)
    client.post(link_in(deliver()[-1]))
    return link_in(deliver()[-1], "/m/d/")


def test_the_file_comes_after_the_confirmation_on_the_page_and_by_mail(client):
    form, wording = signup_form()
    make_magnet(form)
    send(form, tick=wording)
    assert len(deliver()) == 1
    page = client.post(link_in(deliver()[0])).content.decode()
    assert 'href="/m/d/' in page and "Whitepaper" in page
    assert len(deliver()) == 2
    path = link_in(deliver()[1], "/m/d/")
    for _look in range(3):
        assert "paper.pdf" in client.get(path).content.decode()
    assert fetched().count() == 0
    answer = client.post(path)
    assert b"".join(answer.streaming_content) == CONTENT
    assert answer["Content-Disposition"] == 'attachment; filename="paper.pdf"'
    event = fetched().get()
    assert (event.identity.value, event.data["asset"]) == ("anna@example.com", "Whitepaper")


def test_without_a_tick_the_address_alone_is_confirmed(client):
    form, _wording = signup_form()
    make_magnet(form)
    send(form)
    (message,) = deliver()
    assert "Bitte bestätigen Sie, dass die Adresse Ihnen gehört." in message.body
    client.post(link_in(message))
    assert len(deliver()) == 2


def test_a_known_contact_gets_it_in_one_step_three_months_later(client):
    form, wording = signup_form()
    make_magnet(form)
    confirmed_download(client, form, wording)
    other, _words = signup_form("later")
    make_magnet(other, name="Checkliste")
    before = len(deliver())
    send(other, at=timezone.now() + timedelta(days=91))
    after = deliver()
    assert len(after) == before + 1 and after[-1].subject == "Checkliste"
    assert Person.objects.count() == 1
    client.post(link_in(after[-1], "/m/d/"))
    assert fetched().get().data["asset"] == "Checkliste"


def test_one_download_per_contact_file_and_day():
    form, _wording = signup_form()
    make_magnet(form)
    row = grant_of_today(form)
    now = timezone.now()
    assert [actions.note_fetch(grant=row, at=now) for _turn in range(3)] == [True, False, False]
    assert actions.note_fetch(grant=row, at=now + timedelta(days=1))
    assert fetched().count() == 2 and queries.figures(row.magnet).fetched == 2


def grant_of_today(form):
    send(form)
    row = Grant.objects.get()
    actions.release(grant=row, at=timezone.now())
    return row


def test_a_forwarded_link_does_not_make_the_friend_the_contact(client, django_user_model):
    form, wording = signup_form()
    make_magnet(form)
    path = confirmed_download(client, form, wording)
    people, identities, joined = Person.objects.count(), Identity.objects.count(), Link.objects.count()
    friend = type(client)()
    friend.cookies["tr_id"] = "6f8b1f0e-0000-4000-8000-000000000009"
    answer = friend.post(path)
    assert answer.status_code == 200 and not answer.cookies
    found = (Person.objects.count(), Identity.objects.count(), Link.objects.count())
    assert found == (people, identities, joined)


def test_an_expired_link_sends_a_new_one_to_the_contact_only(client):
    form, _wording = signup_form()
    make_magnet(form)
    row = grant_of_today(form)
    old = f"/m/d/{links.make(grant=row, at=timezone.now() - timedelta(days=8))}"
    page = client.get(old)
    assert page.status_code == 410 and "abgelaufen" in page.content.decode()
    before = len(deliver())
    assert "/m/d/" not in client.post(old).content.decode()
    client.post(old)
    after = deliver()
    assert len(after) == before + 1 and after[-1].to == ["anna@example.com"]
    assert client.post(link_in(after[-1], "/m/d/")).status_code == 200
    assert client.post(old).status_code == 200 and fetched().count() == 1
    assert client.get("/m/d/x").status_code == 404


def test_the_file_has_no_public_address(client):
    form, _wording = signup_form()
    magnet = make_magnet(form)
    assert client.get(magnet.document.file.url).status_code == 404


def test_a_file_that_is_gone_is_no_error(client):
    form, _wording = signup_form()
    magnet = make_magnet(form)
    row = grant_of_today(form)
    path = f"/m/d/{links.make(grant=row, at=timezone.now())}"
    magnet.document.delete()
    assert client.get(path).status_code == client.post(path).status_code == 410


def test_the_screen_counts_and_takes_one_source_only(login):
    form, _wording = signup_form()
    magnet = make_magnet(form)
    grant_of_today(form)
    page = login("marketing").get(reverse("magnets:magnet_list")).content.decode()
    assert "Whitepaper" in page and "Wurden MQL" in page
    assert queries.figures(magnet) == queries.Figures(requests=1, people=1, confirmed=1, fetched=0, mql=0)
    address = reverse("magnets:magnet_new")
    values = {"name": "Neu", "form": form.pk, "link_days": 7, "active": "on"}
    assert (
        "entweder ein Dokument oder ein Whitepaper"
        in login("marketing").post(address, values).content.decode()
    )
    assert login("marketing").post(address, values | {"document": magnet.document_id}).status_code in (
        200,
        302,
    )
    assert queries.Magnet.objects.filter(name="Neu").exists()
    assert login("sales").get(reverse("magnets:magnet_list")).status_code == 403
    assert login("management").get(address).status_code == 403

"""The screens: what they show, who may see it, and what colleagues decide."""

from typing import Any

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
import pytest
from django.urls import reverse
from django.utils import timezone

from trichter.core.accounts.models import Team
from trichter.core.jobs.models import Job
from trichter.core.mail import actions, queries, readiness, returns
from trichter.core.mail.checks import lookup
from trichter.core.mail.models import Check, Delivery, MailSettings, Suppression
from trichter.core.mail.sealed import unseal
from trichter.core.people.models import Person

from .making import newsletter, ready

pytestmark = pytest.mark.django_db
VALUES = {
    "base_url": "https://crm.firma.de/x", "from_address": "news@firma.de", "imprint": "Firma\nWeg 1\n10115 Berlin",
    "bounce_address": "bounce@firma.de", "imap_host": "imap.firma.de", "imap_port": "993", "imap_tls": "on",
    "imap_user": "bounce", "password": "s3cret", "per_minute": "0", "per_hour": "0", "per_domain_minute": "0",
    "per_person_day": "0", "per_person_week": "2", "warmup_first": "50", "warmup_growth": "50", "quiet_from": "21:00",
    "quiet_to": "07:00", "dkim_selector": "trichter",
}  # fmt: skip


def row(*, state: str = "due", person: Person | None = None, key: str = "x") -> Delivery:
    mailing, content = newsletter()
    address = person.email if person else "anna@gmx.de"
    made = actions.queue(mailing=mailing, key=key, address=address, person=person, content=content)
    Delivery.objects.filter(pk=made.pk).update(state=state)
    return Delivery.objects.get(pk=made.pk)


def test_the_cockpit_shows_the_points_and_the_records_to_publish(login: Any) -> None:
    ready()
    Check.objects.filter(name="dkim").update(found=[])
    row(state="sent")
    page = login("marketing").get(reverse("mail:cockpit")).content.decode()
    assert "Zustellung" in page and "trichter._domainkey.firma.de" in page and "v=DKIM1; k=rsa; p=MII" in page
    assert "Rückwärtsname" in page


def test_settings_are_saved_and_the_password_is_neither_shown_nor_stored_in_clear(login: Any) -> None:
    client = login("marketing")
    assert client.post(reverse("mail:settings"), VALUES).status_code == 302
    house = MailSettings.objects.get()
    assert (house.base_url, unseal(house.imap_password)) == ("https://crm.firma.de", "s3cret")
    assert "s3cret" not in house.imap_password
    assert "s3cret" not in client.get(reverse("mail:settings")).content.decode()
    client.post(reverse("mail:settings"), VALUES | {"password": ""})
    assert unseal(MailSettings.objects.get().imap_password) == "s3cret"
    wrong = client.post(reverse("mail:settings"), VALUES | {"quiet_to": "", "imap_port": "0"})
    assert wrong.status_code == 422
    client.post(reverse("mail:key"))
    assert MailSettings.objects.get().dkim_public.startswith("MII")
    client.post(reverse("mail:check"))
    client.post(reverse("mail:prove"))
    assert sorted(Job.objects.values_list("name", flat=True)) == ["mail.check", "mail.prove"]


def test_an_unclear_mail_is_decided_by_somebody_who_may(login: Any, make_user: Any) -> None:
    found = row(state="unclear")
    client = login("sales")
    assert client.get(reverse("mail:unclear")).status_code == 403
    assert (
        client.post(reverse("mail:delivery_decide", args=[found.pk]), {"choice": "sent"}).status_code == 403
    )
    client.force_login(make_user("marketing"))
    assert "anna@gmx.de" in client.get(reverse("mail:unclear")).content.decode()
    client.post(reverse("mail:delivery_decide", args=[found.pk]), {"choice": "nonsense"})
    found.refresh_from_db()
    assert found.state == "unclear"
    client.post(reverse("mail:delivery_decide", args=[found.pk]), {"choice": "again"})
    found.refresh_from_db()
    assert found.state == "due"


def test_a_mail_is_seen_only_by_those_who_see_the_person(login: Any, make_user: Any) -> None:
    owner = make_user("sales", team=Team.objects.create(name="South"))
    person = Person.objects.create(
        last_name="Zyx", email="zyx@gmx.de", owner=owner, created_at=timezone.now()
    )
    found = row(person=person)
    client = login("sales", team=Team.objects.create(name="North"))
    assert "zyx@gmx.de" not in client.get(reverse("mail:delivery_list")).content.decode()
    assert client.get(reverse("mail:delivery_detail", args=[found.pk])).status_code == 404
    client.force_login(owner)
    page = client.get(reverse("mail:delivery_detail", args=[found.pk])).content.decode()
    assert "zyx@gmx.de" in page
    assert (
        "Neuigkeiten für Sie"
        in client.get(reverse("people:person_detail", args=[person.pk])).content.decode()
    )


def test_mailings_are_paused_and_waiting_mails_called_off(login: Any) -> None:
    found = row()
    client = login("marketing")
    url = reverse("mail:mailing_switch", args=[found.mailing_id])
    client.post(f"{url}?to=pause")
    found.mailing.refresh_from_db()
    assert found.mailing.state == "paused"
    assert client.get(reverse("mail:mailing_detail", args=[found.mailing_id])).status_code == 200
    assert client.post(f"{url}?to=nowhere").status_code == 404
    client.post(reverse("mail:delivery_cancel", args=[found.pk]))
    found.refresh_from_db()
    assert found.state == "cancelled"


def test_addresses_are_suppressed_and_released_by_hand(login: Any) -> None:
    client = login("marketing")
    assert client.post(reverse("mail:suppress"), {"address": "nobody"}).status_code == 422
    client.post(reverse("mail:suppress"), {"address": "Anna@gmx.de", "detail": "asked by phone"})
    found = Suppression.objects.get()
    assert queries.suppression(address="anna@gmx.de") == found
    client.post(reverse("mail:suppression_lift", args=[found.pk]))
    assert queries.suppression(address="anna@gmx.de") is None
    returns.suppress(address="anna@gmx.de", why="hard", at=timezone.now())
    assert "anna@gmx.de" in client.get(reverse("mail:suppression_list")).content.decode()


ANSWERS = {
    ("firma.de.", "TXT"): ['"v=spf1 mx -all"', '"other"'],
    ("_dmarc.firma.de.", "TXT"): ['"v=DMARC1; p=none"'],
    ("firma.de.", "MX"): ["10 mx.firma.de."],
    ("mx.firma.de.", "A"): ["192.0.2.1"],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["mx.firma.de."],
}


def test_the_name_service_is_asked_and_its_answers_decide(settings: Any) -> None:
    import socketserver
    import threading

    house = ready()
    key = house.dkim_public
    texts = [f'"v=DKIM1; k=rsa; p={key[:200]}" "{key[200:]}"']
    known = ANSWERS | {("trichter._domainkey.firma.de.", "TXT"): texts}

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            raw, socket = self.request
            asked = dns.message.from_wire(raw)
            name, kind = asked.question[0].name, asked.question[0].rdtype
            reply = dns.message.make_response(asked)
            reply.flags |= dns.flags.RA
            found = known.get((str(name).lower(), dns.rdatatype.to_text(kind)), [])
            if found:
                reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
            socket.sendto(reply.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.MAIL_NAMESERVERS = [f"127.0.0.1#{server.server_address[1]}"]
        settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "mx.firma.de", True
        Check.objects.all().delete()
        assert {"spf", "dkim", "dmarc", "ptr", "mx"} & {p.key for p in readiness.points() if not p.ok}
        assert lookup.look_up() == {}
        assert [point.key for point in readiness.points() if not point.ok] == []
        del known["_dmarc.firma.de.", "TXT"]
        lookup.look_up()
        assert [point.key for point in readiness.points() if not point.ok] == ["dmarc"]
        server.shutdown()


def test_a_contact_says_that_an_address_is_not_written_to(login: Any) -> None:
    person = Person.objects.create(last_name="Weg", email="weg@firma.de", created_at=timezone.now())
    at = reverse("people:person_detail", args=[person.pk])
    client = login("management")
    assert "Wird nicht angeschrieben" not in client.get(at).content.decode()
    made = returns.suppress(address="WEG@firma.de", why="hard", at=timezone.now(), detail="550 No such user")
    page = client.get(at).content.decode()
    assert "Wird nicht angeschrieben" in page and "550 No such user" in page
    returns.lift(suppression=made, at=timezone.now())
    assert "Wird nicht angeschrieben" not in client.get(at).content.decode()

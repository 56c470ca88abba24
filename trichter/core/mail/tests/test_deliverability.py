"""The warm-up beside what waits, machines by receiving domain, and seed tests."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail import hooks

from trichter.core.accounts.audit import history_of
from trichter.core.mail import receivers, seeds, warmup
from trichter.core.mail.models import Delivery, Hit, SeedBox, SeedResult, SeedTest
from trichter.core.mail.rendering import Rendered, Renderer, RenderRequest
from trichter.core.mail.rules.warmup import forecast, free_on, plan
from trichter.core.mail.sending import Sender
from trichter.core.mail.tests.making import Post, agree, ready
from trichter.core.people.actions import find_or_create_person
from trichter.core.shell.queries import company_today, company_zone

from .test_sending import ask, parsed, send

DAY = date(2026, 3, 2)


def days(*allowed: int | None) -> list[tuple[date, int | None]]:
    return [(DAY + timedelta(days=n), one) for n, one in enumerate(allowed)]


def test_a_plan_lets_out_what_it_allows_and_the_rest_waits_for_the_next_days() -> None:
    due = {DAY - timedelta(days=1): 7, DAY: 1, DAY + timedelta(days=1): 2}
    found = forecast(days=days(4, 5, 6, None), used=1, due=due)
    assert [(one.left, one.leaves, one.waits) for one in found] == [
        (3, 3, 5),
        (5, 5, 2),
        (6, 2, 0),
        (None, 0, 0),
    ]
    assert free_on(days=found, due=due) == DAY + timedelta(days=2)
    assert free_on(days=forecast(days=days(1, 1), used=0, due={DAY: 3}), due={DAY: 3}) is None
    assert free_on(days=forecast(days=days(4), used=0, due={}), due={}) == DAY
    behind = {DAY + timedelta(days=9): 1}
    assert free_on(days=forecast(days=days(4, 4), used=0, due=behind), due=behind) is None
    assert plan(start=DAY, first=10, growth=50, begin=DAY - timedelta(days=1), days=3) == [
        (DAY - timedelta(days=1), 0), (DAY, 10), (DAY + timedelta(days=1), 15),
    ]  # fmt: skip


@given(
    allowed=st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=1, max_size=9),
    due=st.dictionaries(st.integers(-3, 8).map(lambda n: DAY + timedelta(days=n)), st.integers(0, 9)),
    used=st.integers(0, 9),
)
def test_no_mail_is_lost_or_let_out_beyond_the_plan(
    allowed: list[int | None], due: dict[date, int], used: int
) -> None:
    found = forecast(days=days(*allowed), used=used, due=due)
    came = sum(n for when, n in due.items() if when <= found[-1].day)
    assert sum(one.leaves for one in found) + found[-1].waits == came
    assert all(one.left is None or one.leaves <= one.left for one in found)
    assert all(one.waits == 0 for one in found if one.left is None)


@pytest.mark.django_db
def test_what_is_told_of_the_days_ahead_is_what_the_sender_then_does(post: Post) -> None:
    today = company_today()
    house = ready(warmup_start=today, warmup_first=2, warmup_growth=100)
    addresses = [f"p{n}@gmx.de" for n in range(9)]
    for one in addresses:
        agree(one)
    ask(*addresses)
    now = timezone.now() + timedelta(seconds=1)
    told = warmup.overview(house=house, zone=company_zone(), now=now)
    assert (told.waiting, told.today.left, told.until) == (9, 2, today + timedelta(days=2))
    assert [one.leaves for one in told.ahead[:4]] == [2, 4, 3, 0]
    for number, wanted in enumerate((2, 6, 9)):
        sender = Sender()
        at = now + timedelta(days=number)
        while sender.send_next(now=at):
            pass
        sender.close()
        assert Delivery.objects.filter(state="sent").count() == wanted
    again = warmup.overview(house=house, zone=company_zone(), now=now)
    assert (again.used, again.today.left, again.waiting, again.until) == (2, 0, 0, today)


@pytest.mark.django_db
def test_the_page_of_the_warm_up_says_whether_there_is_a_plan_and_who_may_see_it(login: Any) -> None:
    house = ready(warmup_start=company_today(), warmup_first=7)
    agree("a@gmx.de")
    ask("a@gmx.de")
    client = login("marketing")
    page = client.get("/app/mail/warmup/", headers={"accept-language": "en"}).content.decode()
    assert "Allowed today" in page and page.count("<tr") > 7
    house.warmup_start = None
    house.save()
    assert (
        "There is no plan"
        in client.get("/app/mail/warmup/", headers={"accept-language": "en"}).content.decode()
    )
    assert login("sales").get("/app/mail/warmup/").status_code == 403


def hit(domain: str, kind: str, machine: str | None, *, at: datetime) -> None:
    row = Delivery.objects.filter(domain=domain).first()
    Hit.objects.create(delivery=row, kind=kind, at=at, method="GET", machine=machine)


@pytest.mark.django_db
def test_machines_are_counted_by_receiving_domain_and_by_what_they_are(login: Any) -> None:
    ready()
    ask("a@gmail.com", "b@firma.example", "c@icloud.com")
    now = timezone.now()
    for _n in range(30):
        hit("gmail.com", "open", "proxy", at=now)
    hit("gmail.com", "open", "", at=now)
    hit("gmail.com", "click", "", at=now)
    for why in ("trap", "all_links", "scanner", "robot"):
        hit("firma.example", "click", why, at=now)
    hit("icloud.com", "open", "apple", at=now)
    hit("icloud.com", "open", None, at=now)
    hit("icloud.com", "open", "apple", at=now - timedelta(days=31))
    rows = {one.domain: one for one in receivers.receivers(now=now, most=9)}
    assert list(rows) == ["gmail.com", "firma.example", "icloud.com"]
    gmail, firma, apple = rows.values()
    assert (gmail.opens, gmail.machine_opens, gmail.clicks, gmail.machine_clicks) == (31, 30, 1, 0)
    assert (dict(firma.by), firma.family, gmail.family) == ({"scanner": 3, "other": 1}, "", "Gmail")
    assert (apple.opens, dict(apple.by)) == (1, {"apple": 1})
    assert receivers.family("hotmail.de") == "Outlook" and receivers.family("notgmail.com") == ""
    page = login("marketing").get("/app/mail/", headers={"accept-language": "de"}).content.decode()
    assert "96,77 %" in page and "gmail.com" in page and "Linkprüfer" in page


@pytest.fixture
def letter() -> Iterator[None]:
    """A feature that offers a mail for everybody."""

    def render(request: RenderRequest) -> Rendered:
        assert request.person is None
        return Rendered(subject="Dezember", html="<html><body><p>Guten Tag</p></body></html>")

    offers = [
        ("register_mail_renderer", lambda: Renderer(key="test.letter", render=render)),
        (
            "register_seed_mails",
            lambda: [
                seeds.SeedMail(key="letter-1", name="Dezember", renderer="test.letter"),
                seeds.SeedMail(key="date-1", name="Termin", renderer="test.letter", advertising=False),
            ],
        ),
    ]
    for name, offer in offers:
        hooks.register(name, offer)
    yield
    for name, offer in offers:
        hooks._hooks[name] = [one for one in hooks._hooks[name] if one[0] is not offer]


@pytest.mark.django_db
def test_a_seed_test_looks_like_the_mail_and_somebody_writes_down_where_it_arrived(
    login: Any, post: Post, letter: None
) -> None:
    ready()
    client = login("marketing")
    for address, provider in (("seed@gmail.com", "Gmail"), ("seed@gmx.de", "GMX"), ("gone@web.de", "WEB.DE")):
        client.post("/app/mail/seeds/boxes/", {"address": address, "provider": provider})
    post.answers["gone@web.de"] = "550 5.1.1 unknown user"
    assert client.post("/app/mail/seeds/send/", {"mail": "nothing"}).status_code == 422
    client.post("/app/mail/seeds/send/", {"mail": "letter-1"})
    test = SeedTest.objects.get()
    assert (test.sent_by, history_of(test).first().additional_data["event"]) == (
        client.user,
        "mail.seed_sent",
    )
    send()
    mail = parsed(post.received[0].raw)
    assert mail["Subject"] == "Dezember" and mail["List-Unsubscribe-Post"] and "Auto-Submitted" not in mail
    assert "Hauptstr. 1" in mail.get_body(("html",)).get_content()
    gmail, gmx, gone = SeedResult.objects.order_by("provider")
    url = f"/app/mail/seeds/{test.pk}/"
    shown = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "the address does not exist" in shown
    data = {f"place-{gmail.pk}": "inbox", f"place-{gmx.pk}": "spam", f"place-{gone.pk}": "elsewhere"}
    client.post(url, data)
    counted = seeds.found_in(seeds.results(test))
    assert (counted.boxes, counted.looked, counted.inbox, counted.spam, counted.lost) == (3, 2, 1, 1, 1)
    gmail.refresh_from_db()
    assert gmail.looked_by == client.user
    assert url in client.get("/app/mail/seeds/").content.decode()
    client.post("/app/mail/seeds/send/", {"mail": "date-1"})
    send()
    assert "List-Unsubscribe" not in parsed(post.received[-1].raw)


@pytest.mark.django_db
def test_no_contact_gets_a_test_not_even_one_who_became_known_later(login: Any, letter: None) -> None:
    ready()
    client = login("marketing")

    def known(address: str) -> None:
        find_or_create_person(email=address, defaults={}, at=timezone.now(), origin="Test")

    known("lena@kunde.de")
    box = {"address": "LENA@kunde.de", "provider": "Kunde"}
    assert client.post("/app/mail/seeds/boxes/", box).status_code == 422 and not SeedBox.objects.exists()
    assert client.post("/app/mail/seeds/send/", {"mail": "letter-1"}).status_code == 422, "no mailbox yet"
    client.post("/app/mail/seeds/boxes/", {"address": "own@gmx.de", "provider": "GMX"})
    known("own@gmx.de")
    assert client.post("/app/mail/seeds/send/", {"mail": "letter-1"}).status_code == 422
    assert not Delivery.objects.exists() and not SeedTest.objects.exists()
    client.post(f"/app/mail/seeds/boxes/{SeedBox.objects.get().pk}/aside/")
    assert seeds.boxes() == []


@pytest.mark.django_db
def test_seed_tests_are_for_those_who_look_after_the_mail(login: Any, make_user: Any, letter: None) -> None:
    ready()
    box = seeds.add_box(address="own@gmx.de", provider="GMX")
    test = seeds.send(mail=seeds.offered()["letter-1"], by=make_user("marketing"), now=timezone.now())
    client, result = login("sales"), test.results.get()
    assert client.get("/app/mail/seeds/").status_code == 403
    assert client.get(f"/app/mail/seeds/{test.pk}/").status_code == 403
    client = login("management")
    assert client.get(f"/app/mail/seeds/{test.pk}/").status_code == 200
    for path, data in (
        (f"{test.pk}/", {f"place-{result.pk}": "inbox"}), ("send/", {"mail": "letter-1"}),
        ("boxes/", {"address": "x@gmx.de", "provider": "GMX"}), (f"boxes/{box.pk}/aside/", {}),
    ):  # fmt: skip
        assert client.post(f"/app/mail/seeds/{path}", data).status_code == 403
    result.refresh_from_db()
    assert result.place == "" and SeedTest.objects.count() == 1 and len(seeds.boxes()) == 1

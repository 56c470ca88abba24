"""A forgotten password, walked by mail: through a real mail server, with everything a stranger may try."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from trichter.core.jobs.models import Job
from trichter.core.jobs.running import run_next
from trichter.core.jobs.tests.smtp import mail_server

pytestmark = pytest.mark.django_db
RESET, DONE = "/accounts/password/reset/", "/accounts/password/reset/done/"
OLD, NEW = "correct horse battery", "quite another 55"
TOO_MANY = 429


@pytest.fixture(autouse=True)
def fresh_counters(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def server(settings):
    with mail_server() as found:
        settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found


def ask(email, *, address="192.0.2.1", follow=False, **extra):
    return Client().post(RESET, {"email": email}, follow=follow, REMOTE_ADDR=address, **extra)


def arrived(server):
    """The mails that reached the server once the worker has done what is due."""
    while run_next(worker="test"):
        pass
    return server.received


def link_of(received):
    """The link in the text of a mail, as a mail program shows it; without scheme and host."""
    message = message_from_bytes(received.text, policy=policy.default)
    (address,) = re.findall(r"https?://\S+", message.get_body(("plain",)).get_content())
    return address, re.sub(r"^https?://[^/]+", "", address)


def choose(link, password=NEW):
    """Open the link and choose a password; returns the last answer."""
    client = Client()
    page = client.get(link, follow=True)
    if page.context.get("token_fail", False):
        return page
    where = page.redirect_chain[-1][0]
    return client.post(where, {"password1": password, "password2": password})


def opens(user, password):
    answer = Client().post("/accounts/login/", {"login": user.email, "password": password})
    return answer.status_code == 302


def test_the_way_through_a_mail_server_and_the_link_works_once(server, make_user):
    user = make_user("sales", language="de")
    assert ask(user.email.upper()).headers["Location"] == DONE
    assert server.received == []
    (received,) = arrived(server)
    assert received.recipient == user.email
    address, link = link_of(received)
    assert address.startswith("http://testserver/accounts/password/reset/key/")
    # The text with the secret is not kept once the mail is out.
    assert not [payload for payload in Job.objects.values_list("payload", flat=True) if payload]
    assert opens(user, OLD)
    cache.clear()
    # The log-in has used the link up: whoever knows the password needs none.
    assert choose(link).context["token_fail"]
    ask(user.email)
    _address, link = link_of(arrived(server)[-1])
    assert choose(link).headers["Location"] == "/accounts/password/reset/key/done/"
    assert (opens(user, NEW), opens(user, OLD)) == (True, False)
    again = choose(link, "a third one 777")
    assert again.context["token_fail"]
    assert not opens(user, "a third one 777")


def test_a_weak_password_is_refused_and_the_link_still_works(server, make_user):
    user = make_user("sales")
    ask(user.email)
    _address, link = link_of(arrived(server)[0])
    refused = choose(link, "12345678")
    assert refused.status_code == 200
    assert refused.context["form"].errors
    assert choose(link).status_code == 302
    assert opens(user, NEW)


def test_an_old_link_has_expired(server, make_user):
    user = make_user("sales")
    ask(user.email)
    _address, link = link_of(arrived(server)[0])
    valid = timedelta(seconds=configured.PASSWORD_RESET_TIMEOUT)
    assert valid <= timedelta(days=3)
    with time_machine.travel(timezone.now() + valid + timedelta(minutes=1), tick=False):
        assert choose(link).context["token_fail"]
    with time_machine.travel(timezone.now() + valid - timedelta(hours=1), tick=False):
        assert choose(link).status_code == 302
    assert opens(user, NEW)


def test_one_person_s_link_does_not_open_another_s_account(server, make_user):
    user, other = make_user("sales"), make_user("admin")
    ask(user.email)
    _address, link = link_of(arrived(server)[0])
    head, _dash, token = link.partition("key/")[2].partition("-")
    ask(other.email, address="192.0.2.2")
    theirs = link_of(arrived(server)[-1])[1].partition("key/")[2].partition("-")[0]
    assert head != theirs
    forged = choose(f"/accounts/password/reset/key/{theirs}-{token}")
    assert forged.context["token_fail"]
    for nonsense in ("zzzzzzzzzz-abc-def/", f"{theirs}-x/", "0-set-password/", f"{theirs}-%00-a/"):
        assert Client().get(f"/accounts/password/reset/key/{nonsense}", follow=True).status_code in (200, 404)
    assert opens(other, OLD)


def test_a_stranger_learns_nothing_about_who_has_an_account(server, make_user):
    known, gone = make_user("sales"), make_user("sales", is_active=False)
    answers = [ask(email) for email in (known.email, gone.email, "nobody@example.com")]
    assert [answer.status_code for answer in answers] == [302] * 3
    assert {answer.headers["Location"] for answer in answers} == {DONE}
    shown = [ask(email, follow=True).content.decode() for email in (known.email, "nobody@example.com")]
    assert len({re.sub(r'csrf[^>]*"\w{64}"', "", page) for page in shown}) == 1
    assert [one.recipient for one in arrived(server)] == [known.email] * 2


def test_asking_too_often_is_slowed_down_alike_for_known_and_unknown(server, make_user):
    user = make_user("sales")
    for email in (user.email, "nobody@example.com"):
        answers = [ask(email, address=f"198.51.100.{number}").status_code for number in range(6)]
        assert answers == [302] * 5 + [TOO_MANY], email
    assert len(arrived(server)) == 5
    # One address asking for many is stopped as well, and others are not.
    many = [ask(f"a{number}@example.com", address="203.0.113.5").status_code for number in range(21)]
    assert many == [302] * 20 + [TOO_MANY]
    assert ask("b@example.com", address="203.0.113.6").status_code == 302


def test_a_forged_host_is_not_written_into_the_mail(server, make_user):
    user = make_user("sales")
    ask(user.email, HTTP_X_FORWARDED_HOST="evil.example")
    refused = ask(user.email, HTTP_HOST="evil.example")
    assert refused.status_code == 400
    assert [link_of(one)[0].partition("/accounts")[0] for one in arrived(server)] == ["http://testserver"]

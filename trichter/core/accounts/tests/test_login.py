"""Log-in: by e-mail and password, throttled without locking the owner out."""

import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from trichter.core.accounts import actions, audit
from trichter.core.jobs.models import Job

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counters(db):
    cache.clear()
    yield
    cache.clear()


def enter(client, email, password=PASSWORD, address="192.0.2.1", **extra):
    return client.post(
        "/accounts/login/", {"login": email, "password": password, **extra}, REMOTE_ADDR=address
    )


def events():
    from auditlog.models import LogEntry

    rows = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).order_by("id")
    return [row.additional_data["event"] for row in rows]


def test_the_right_password_opens_the_door(client, make_user):
    user = make_user("sales")
    assert enter(client, user.email.upper()).headers["Location"] == "/app/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert events() == [audit.LOGIN]


def test_login_leads_on_to_where_one_wanted_to_go_but_never_to_another_site(client, make_user):
    user = make_user("sales")
    assert enter(client, user.email, next="/app/account/").headers["Location"] == "/app/account/"
    client.logout()
    for evil in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert enter(client, user.email, next=evil).headers["Location"] == "/app/"
        client.logout()


def test_a_new_session_begins_at_the_login(client, make_user):
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    enter(client, make_user("sales").email)
    assert client.session.session_key != before


def test_unknown_user_and_wrong_password_look_the_same(client, make_user):
    user = make_user("sales")
    texts = []
    for email in (user.email, "nobody@example.com"):
        response = enter(client, email, "wrong")
        page = response.content.decode().replace(email, "EMAIL")
        texts.append(re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]+"', "", page))
        assert response.status_code == 200
    assert texts[0] == texts[1]
    assert events() == [audit.LOGIN_FAILED, audit.LOGIN_FAILED]


def test_the_typed_address_of_an_unknown_user_is_not_kept(client):
    from auditlog.models import LogEntry

    enter(client, "my-secret-password@example.com", "wrong")
    row = LogEntry.objects.get(action=LogEntry.Action.ACCESS)
    assert (row.object_repr, row.object_pk, row.additional_data) == ("", "", {"event": audit.LOGIN_FAILED})


def test_a_deactivated_user_is_told_so_and_not_let_in(client, make_user):
    user = make_user("sales", is_active=False)
    assert enter(client, user.email).headers["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_eleven_guesses_from_one_place_are_stopped_and_the_owner_still_comes_in_from_elsewhere(
    client, make_user
):
    user = make_user("sales")
    assert [enter(client, user.email, "wrong").status_code for _ in range(10)] == [200] * 10
    stopped = enter(client, user.email)
    assert stopped.status_code == 429
    assert stopped.headers["Retry-After"] == "900"
    assert b"<h1>" in stopped.content
    assert "_auth_user_id" not in client.session
    assert enter(client, user.email, address="198.51.100.7").status_code == 302


def test_a_spray_over_many_accounts_from_one_place_is_stopped(client):
    codes = [enter(client, f"user{number}@example.com", "Summer2026!").status_code for number in range(60)]
    assert codes == [200] * 50 + [429] * 10


def test_a_forged_forwarding_header_does_not_give_new_tries(client, make_user):
    user = make_user("sales")
    for number in range(10):
        client.post(
            "/accounts/login/",
            {"login": user.email, "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )
    last = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert last.status_code == 429


@pytest.mark.parametrize("header", ["rubbish", "999.1.1.1", "::1, x", ""])
def test_rubbish_in_proxy_headers_is_harmless(client, make_user, header, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    user = make_user("sales")
    headers = {"X-Forwarded-For": header, "X-Forwarded-Port": "9" * 30, "X-Correlation-Id": "x" * 5000}
    response = client.post(
        "/accounts/login/",
        {"login": user.email, "password": PASSWORD},
        headers=headers,
        REMOTE_ADDR="192.0.2.9",
    )
    assert response.status_code == 302


def test_nobody_signs_up(client):
    assert client.get("/accounts/signup/").headers["Location"] == "/accounts/login/"
    assert (
        client.post("/accounts/signup/", {"email": "x@example.com"}).headers["Location"] == "/accounts/login/"
    )


def test_a_one_time_password_must_be_changed_before_anything_else(client):
    email, password = actions.first_admin()
    enter(client, email, password)
    for url in ("/app/", "/app/users/", "/cms/", "/accounts/2fa/"):
        assert client.get(url).headers["Location"] == "/accounts/password/change/"
    htmx = client.get("/app/users/", headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx.headers["HX-Redirect"]) == (204, "/accounts/password/change/")
    same = {"oldpassword": password, "password1": password, "password2": password}
    assert client.post("/accounts/password/change/", same).status_code == 200
    new = {"oldpassword": password, "password1": "a better secret 7", "password2": "a better secret 7"}
    assert client.post("/accounts/password/change/", new).headers["Location"] == "/app/account/"
    assert client.get("/app/users/").status_code == 200
    assert audit.PASSWORD_CHANGED in events()


def test_logging_out_needs_a_post_and_ends_the_session_on_the_server(client, make_user):
    enter(client, make_user("sales").email)
    key = client.session.session_key
    assert client.get("/accounts/logout/").status_code == 200
    client.post("/accounts/logout/")
    assert not client.session.exists(key)
    assert events()[-1] == audit.LOGOUT


def test_a_forgotten_password_is_replaced_by_mail_and_other_sessions_end(client, make_user, delivered):
    from django.test import Client

    user = make_user("sales")
    elsewhere = Client()
    elsewhere.force_login(user)
    client.post("/accounts/password/reset/", {"email": user.email})
    (message,) = delivered()
    assert message.to == [user.email]
    link = re.search(r"http://testserver(\S+)", message.body).group(1)
    page = client.get(link, follow=True)
    form_url = page.redirect_chain[-1][0]
    done = client.post(form_url, {"password1": "quite another 55", "password2": "quite another 55"})
    assert done.headers["Location"] == "/accounts/password/reset/key/done/"
    assert enter(client, user.email, "quite another 55").status_code == 302
    assert elsewhere.get("/app/account/").status_code == 302
    assert Client().get(link, follow=True).context["token_fail"]


def test_a_reset_for_an_unknown_address_says_the_same_and_sends_nothing(client, make_user, delivered):
    known = client.post("/accounts/password/reset/", {"email": make_user("sales").email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert known.headers["Location"] == unknown.headers["Location"] == "/accounts/password/reset/done/"
    assert len(delivered()) == 1


def test_a_dead_mail_server_does_not_break_the_password_change(client, make_user, settings, delivered):
    transport = settings.MAIL_TRANSPORT
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    user = make_user("sales")
    enter(client, user.email)
    new = {"oldpassword": PASSWORD, "password1": "a better secret 7", "password2": "a better secret 7"}
    assert client.post("/accounts/password/change/", new).status_code == 302
    assert delivered() == []
    settings.MAIL_TRANSPORT = transport
    Job.objects.update(run_at=timezone.now())
    assert [message.to for message in delivered()] == [[user.email]]


def test_wagtails_own_login_and_user_screens_lead_to_ours(client, make_user):
    assert client.get("/cms/login/").headers["Location"] == "/accounts/login/"
    assert (
        client.post("/cms/login/", {"username": "x", "password": "y"}).headers["Location"]
        == "/accounts/login/"
    )
    client.force_login(make_user("admin"))
    assert client.get("/cms/users/").headers["Location"] == "/app/users/"
    assert client.get("/cms/users/add/").headers["Location"] == "/app/users/"

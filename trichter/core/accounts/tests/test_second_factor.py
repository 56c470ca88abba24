"""TOTP, recovery codes, passkeys' challenges, and who must have a second factor."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_counters(db):
    cache.clear()
    yield
    cache.clear()


def code_for(secret, step=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def enter(client, user):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


@pytest.fixture
def protected(client, make_user):
    """A user with TOTP, logged out; `.secret` is what the app knows."""
    user = make_user("sales")
    enter(client, user)
    page = client.get("/accounts/2fa/totp/activate/")
    user.secret = re.search(r"<code>([A-Z2-7]{16,})</code>", page.content.decode()).group(1)
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_for(user.secret)})
    assert done.status_code == 302
    cache.clear()
    client.post("/accounts/logout/")
    return user


def test_with_an_app_the_password_alone_is_not_enough(client, protected):
    assert enter(client, protected).headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/app/account/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": code_for(protected.secret)}).status_code == 302
    assert client.get("/app/account/").status_code == 200


def test_guessing_codes_is_stopped(client, protected):
    enter(client, protected)
    for _ in range(10):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client.post("/accounts/2fa/authenticate/", {"code": code_for(protected.secret)})
    assert client.get("/app/account/").status_code == 302


def test_the_secret_is_not_readable_in_the_database(protected):
    stored = Authenticator.objects.get(user=protected, type="totp").data["secret"]
    assert protected.secret not in stored


def test_a_recovery_code_works_once(client, protected):
    codes = Authenticator.objects.get(user=protected, type="recovery_codes").wrap().get_unused_codes()
    enter(client, protected)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    client.post("/accounts/logout/")
    enter(client, protected)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert len(codes) == 10


def test_changing_factors_asks_for_the_password_again_after_a_while(client, protected, settings):
    client.force_login(protected)
    assert "reauthenticate" in client.get("/accounts/2fa/totp/deactivate/").headers["Location"]


def test_an_administrator_can_be_required_to_have_one(client, make_user, settings):
    settings.REQUIRE_MFA = "admin"
    client.force_login(make_user("admin"))
    assert client.get("/app/users/").headers["Location"] == "/accounts/2fa/"
    assert client.get("/accounts/2fa/").status_code == 200
    client.force_login(make_user("sales"))
    assert client.get("/app/account/").status_code == 200
    settings.REQUIRE_MFA = "all"
    assert client.get("/app/account/").headers["Location"] == "/accounts/2fa/"


def test_a_passkey_login_begins_with_a_challenge_of_the_server(client):
    data = client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    options = data["request_options"]["publicKey"]
    assert options["rpId"] == "testserver"
    assert len(options["challenge"]) >= 40


@pytest.mark.parametrize(
    "credential", ["", "x", "{}", "[]", '{"id": 1}', '{"response": {"userHandle": "!"}}']
)
def test_a_forged_passkey_is_refused(client, credential):
    client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert answer.status_code in (302, 429)
    assert "_auth_user_id" not in client.session


PAGES = [
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/app/account/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
]


@pytest.mark.parametrize("url", PAGES)
def test_pages_carry_no_inline_script_or_style(client, make_user, url):
    enter(client, make_user("sales"))
    response = client.get(url)
    assert response.status_code == 200
    text = response.content.decode()
    scripts = re.findall(r"<script([^>]*)>", text)
    assert [one for one in scripts if "src=" not in one and "application/json" not in one] == []
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text)
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_whoever_adds_a_passkey_is_told_that_the_password_keeps_working(client, make_user):
    enter(client, make_user("sales"))
    client.cookies["django_language"] = "de"
    page = client.get("/accounts/2fa/webauthn/add/").content.decode()
    assert "Ihr Passwort gilt weiterhin." in page

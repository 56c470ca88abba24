"""A passkey in a real browser, with its virtual authenticator: add it, then log in without a password."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import sync_playwright

from tests.browser import chromium

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database, pytest.mark.django_db(transaction=True)
]  # fmt: skip
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def page():
    cache.clear()
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_context(locale="de-DE").new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        yield page
        browser.close()
    cache.clear()


def test_a_passkey_is_added_and_then_replaces_the_password(page, live_server, make_user):
    user = make_user("sales")
    page.goto(f"{live_server.url}/accounts/login/?next=/accounts/2fa/webauthn/add/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", "correct horse battery")
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.fill("input[name=name]", "Laptop")
    page.check("input[name=passwordless]")
    page.get_by_role("button", name="Hinzufügen").click()
    page.get_by_text("Wiederherstellungscodes").first.wait_for()  # the first factor comes with a way back
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count() == 1

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/?next=/app/account/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.wait_for_url("**/app/account/")
    assert page.complaints == []

"""API tokens: shown once, kept as a hash, ended for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.core.accounts import tokens
from trichter.core.accounts.models import ApiToken

pytestmark = pytest.mark.django_db


def make(user, **extra):
    return tokens.create_token(
        **{"user": user, "name": "Website", "scopes": ["read"], "expires_at": None, "by": user, **extra}
    )


def test_a_token_opens_for_its_user_and_is_not_in_the_database(make_user):
    user = make_user("sales")
    token, secret = make(user)
    assert tokens.living_token(secret=secret).user == user
    stored = ApiToken.objects.values().get(pk=token.pk)
    assert secret not in str(stored)
    assert stored["digest"] == tokens.digest_of(secret)
    assert len(secret) >= 9 + 43


@pytest.mark.parametrize(
    "secret", ["", "trichter_", "Bearer", "trichter_" + "x" * 43, "x" * 100_000, "trichter_\x00"]
)
def test_other_words_open_nothing(make_user, secret):
    make(make_user("sales"))
    assert tokens.living_token(secret=secret) is None


def test_a_token_ends_at_its_time(make_user):
    now = timezone.now()
    _token, secret = make(make_user("sales"), expires_at=now + timedelta(days=1))
    assert tokens.living_token(secret=secret, now=now) is not None
    assert tokens.living_token(secret=secret, now=now + timedelta(days=1)) is None


def test_a_revoked_token_is_dead_and_revoking_twice_changes_nothing(make_user):
    user = make_user("sales")
    token, secret = make(user)
    assert tokens.revoke_token(token=token, by=user)
    assert not tokens.revoke_token(token=token, by=user)
    assert tokens.living_token(secret=secret) is None


def test_a_token_of_somebody_who_must_change_the_password_waits(make_user):
    _token, secret = make(make_user("sales", must_change_password=True))
    assert tokens.living_token(secret=secret) is None


@pytest.mark.parametrize("scopes", [[], ["root"], ["read", "everything"]])
def test_unknown_or_no_scopes_are_refused(make_user, scopes):
    with pytest.raises(ValueError, match="scope"):
        make(make_user("sales"), scopes=scopes)


def test_uses_are_counted_by_the_minute(make_user):
    token, _secret = make(make_user("sales"))
    now = timezone.now().replace(second=5)
    assert [tokens.count_use(token=token, limit=3, now=now) for _ in range(5)] == [2, 1, 0, -1, -2]
    assert tokens.count_use(token=token, limit=3, now=now + timedelta(minutes=1)) == 2
    token.refresh_from_db()
    assert token.last_used_at == now + timedelta(minutes=1)


def test_the_screen_shows_the_secret_once(login):
    client = login("sales")
    page = client.post(
        "/app/tokens/new/", {"name": "Sheet", "scopes": ["read"], "days": "30"}
    ).content.decode()
    token = ApiToken.objects.get()
    assert token.prefix in page
    secret = page.split("<code>")[1].split("</code>")[0]
    assert tokens.living_token(secret=secret) == token
    assert secret not in client.get("/app/tokens/").content.decode()
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)


@pytest.mark.parametrize(
    "bad", [{"scopes": ["root"]}, {"days": "7"}, {"name": ""}, {"name": "x" * 81}, {"scopes": []}]
)
def test_a_wrong_form_makes_no_token(login, bad):
    client = login("sales")
    data = {"name": "Sheet", "scopes": ["read"], "days": "30", **bad}
    assert client.post("/app/tokens/new/", data).status_code == 422
    assert not ApiToken.objects.exists()


def test_one_sees_and_revokes_ones_own_tokens_only(login, make_user):
    other, _secret = make(make_user("sales"), name="Foreign")
    client = login("management")
    assert "Foreign" not in client.get("/app/tokens/").content.decode()
    assert client.post(f"/app/tokens/{other.pk}/revoke/").status_code == 404
    other.refresh_from_db()
    assert other.revoked_at is None


def test_an_administrator_revokes_anybodys_token(login, make_user):
    other, secret = make(make_user("sales"), name="Foreign")
    client = login("admin")
    assert "Foreign" in client.get("/app/tokens/").content.decode()
    client.post(f"/app/tokens/{other.pk}/revoke/")
    assert tokens.living_token(secret=secret) is None

"""Users and teams: what an administrator can do, and what nobody can."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from trichter.core.accounts import actions, history, roles, tokens
from trichter.core.accounts.models import Team, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_counters(db):
    cache.clear()


@pytest.fixture
def admin(login):
    return login("admin")


def entered(user):
    """A client that came in by the log-in page, so that its session is listed."""
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.get("/app/account/").status_code == 200
    return client


def new(client, **extra):
    data = {
        "email": "New@Example.com",
        "first_name": "Nele",
        "last_name": "Neu",
        "entrance": "password",
        **extra,
    }
    return client.post("/app/users/new/", data)


def test_the_first_administrator_is_made_once():
    email, password = actions.first_admin()
    user = User.objects.get()
    assert (user.email, user.must_change_password, user.is_superuser) == (email, True, True)
    assert user.check_password(password)
    assert roles.role_keys(user=user) == {"admin"}
    assert actions.first_admin() is None


def test_one_time_passwords_differ():
    assert len({actions.one_time_password() for _ in range(100)}) == 100


def test_a_new_user_comes_in_with_the_password_that_was_shown_once(admin):
    page = new(admin, roles=["sales"])
    password = re.search(r'<div class="tr-secret"><code>([^<]+)</code>', page.content.decode()).group(1)
    user = User.objects.get(email="new@example.com")
    assert user.check_password(password) and user.must_change_password
    assert roles.role_keys(user=user) == {"sales"}
    assert "no-store" in page.headers["Cache-Control"]
    assert password not in admin.get(f"/app/users/{user.pk}/").content.decode()


def test_an_invited_user_chooses_the_password_by_the_link(admin, delivered):
    new(admin, roles=["service"], entrance="invite")
    (message,) = delivered()
    link = re.search(r"http://testserver(\S+)", message.body).group(1)
    guest = Client()
    form_url = guest.get(link, follow=True).redirect_chain[-1][0]
    guest.post(form_url, {"password1": "my own words 12", "password2": "my own words 12"})
    answer = guest.post("/accounts/login/", {"login": "new@example.com", "password": "my own words 12"})
    assert answer.headers["Location"] == "/app/"


def test_an_invitation_is_promised_only_where_there_is_a_mail_server(admin, settings):
    page = admin.get("/app/users/new/").content.decode()
    assert "kein Mailserver" in page
    answer = new(admin, entrance="invite")
    assert "Einmalpasswort" in admin.get(answer.headers["Location"]).content.decode()
    settings.MAIL_SERVER = True
    assert "kein Mailserver" not in admin.get("/app/users/new/").content.decode()
    answer = new(admin, entrance="invite", email="second@example.com")
    assert "wird an second@example.com gesendet" in admin.get(answer.headers["Location"]).content.decode()


def test_an_address_is_taken_only_once_whatever_its_case(admin):
    new(admin)
    assert new(admin, email="NEW@example.COM").status_code == 422
    assert User.objects.filter(email__iexact="new@example.com").count() == 1


def test_a_deactivated_user_is_out_at_once_with_sessions_and_tokens(admin, make_user):
    user = make_user("sales")
    browser = entered(user)
    _token, secret = tokens.create_token(user=user, name="x", scopes=["read"], expires_at=None, by=user)
    admin.post(f"/app/users/{user.pk}/active/", {"active": "0"})
    assert browser.get("/app/account/").status_code == 302
    assert tokens.living_token(secret=secret) is None
    assert not UserSession.objects.filter(user=user).exists()
    admin.post(f"/app/users/{user.pk}/active/", {"active": "1"})
    assert tokens.living_token(secret=secret) is None
    entered(user)


def test_a_new_password_ends_the_sessions_of_the_old_one(admin, make_user):
    user = make_user("sales")
    browser = entered(user)
    page = admin.post(f"/app/users/{user.pk}/password/")
    password = re.search(r'<div class="tr-secret"><code>([^<]+)</code>', page.content.decode()).group(1)
    assert browser.get("/app/account/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(password) and user.must_change_password


def test_a_lost_second_factor_is_removed(admin, make_user):
    user = make_user("sales")
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    admin.post(f"/app/users/{user.pk}/factors/")
    assert not Authenticator.objects.filter(user=user).exists()


def test_logging_somebody_out_everywhere(admin, make_user):
    user = make_user("sales")
    browsers = [entered(user), entered(user)]
    admin.post(f"/app/users/{user.pk}/sessions/")
    assert [browser.get("/app/account/").status_code for browser in browsers] == [302, 302]


def test_one_can_log_oneself_out_elsewhere_and_everywhere(make_user):
    user = make_user("sales")
    here, there = entered(user), entered(user)
    here.post("/app/account/sessions/end/", {"others": "1"})
    assert (here.get("/app/account/").status_code, there.get("/app/account/").status_code) == (200, 302)
    there = entered(user)
    here.post("/app/account/sessions/end/")
    assert (here.get("/app/account/").status_code, there.get("/app/account/").status_code) == (302, 302)


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"


def session_of(browser):
    return UserSession.objects.get(session_key=browser.session.session_key)


def test_one_session_is_ended_by_its_owner_and_the_others_stay(make_user):
    user = make_user("sales")
    here, there = entered(user), entered(user)
    UserSession.objects.filter(pk=session_of(there).pk).update(user_agent=FIREFOX, ip="192.0.2.7")
    page = here.get("/app/account/").content.decode()
    assert "Firefox · Windows" in page and "192.0.2.7" in page
    mine, other = (f"/app/account/sessions/{session_of(one).pk}/end/" for one in (here, there))
    assert other in page and mine not in page and page.count("dieses Gerät") == 1
    assert here.get(other).status_code == 405
    here.post(other)
    assert (here.get("/app/account/").status_code, there.get("/app/account/").status_code) == (200, 302)
    entry = history.history(obj=user)[0]
    assert (entry.actor, entry.what) == (user.pk, "Sitzung beendet")
    assert entry.details == {"Gerät": "Firefox · Windows", "Adresse": "192.0.2.7"}
    assert here.post(mine).headers["Location"] == "/accounts/login/"
    assert here.get("/app/account/").status_code == 302


@pytest.mark.parametrize("role", ["marketing", "sales", "service", "management", None])
def test_nobody_but_the_administration_ends_a_colleagues_session(make_user, role):
    user, me = make_user("sales"), make_user(*([role] if role else []))
    theirs, mine = entered(user), entered(me)
    pk = session_of(theirs).pk
    assert mine.post(f"/app/account/sessions/{pk}/end/").status_code == 404
    assert mine.post(f"/app/users/{user.pk}/sessions/{pk}/end/").status_code == 403
    assert mine.post(f"/app/users/{me.pk}/sessions/{pk}/end/").status_code == 403
    assert theirs.get("/app/account/").status_code == 200


def test_the_administration_ends_one_session_of_a_user(admin, make_user):
    user = make_user("sales")
    first, second = entered(user), entered(user)
    address = f"/app/users/{user.pk}/sessions/{session_of(first).pk}/end/"
    assert address in admin.get(f"/app/users/{user.pk}/").content.decode()
    # The number of the user belongs to the address: it names whose history gets the entry.
    assert admin.post(address.replace(f"/users/{user.pk}/", f"/users/{admin.user.pk}/")).status_code == 404
    admin.post(address)
    assert [one.get("/app/account/").status_code for one in (first, second)] == [302, 200]
    assert history.history(obj=user)[0].actor == admin.user.pk
    assert admin.post(address).status_code == 404


def test_a_session_says_when_it_was_last_used_without_writing_at_every_request(make_user):
    with time_machine.travel("2026-03-02 08:00Z", tick=False) as clock:
        browser = entered(make_user("sales"))
        seen = []
        for minutes in (3, 3, 3):
            clock.shift(minutes * 60)
            browser.get("/app/account/")
            seen.append(f"{session_of(browser).last_seen_at:%H:%M}")
    assert seen == ["08:00", "08:06", "08:06"]


def test_roles_and_team_are_changed_together(admin, make_user):
    user, team = make_user("sales"), Team.objects.create(name="North")
    data = {"email": user.email, "roles": ["service", "marketing"], "team": team.pk, "language": "en"}
    admin.post(f"/app/users/{user.pk}/edit/", data)
    changed = User.objects.get(pk=user.pk)
    assert roles.role_keys(user=changed) == {"service", "marketing"}
    assert (changed.team, changed.language) == (team, "en")


def test_the_last_administrator_stays(admin):
    me = admin.user
    data = {"email": me.email, "roles": ["sales"]}
    assert admin.post(f"/app/users/{me.pk}/edit/", data).status_code == 422
    admin.post(f"/app/users/{me.pk}/active/", {"active": "0"})
    me.refresh_from_db()
    assert me.is_active
    assert roles.role_keys(user=User.objects.get(pk=me.pk)) == {"admin"}


def test_a_deactivated_administrator_does_not_count_as_one(admin, make_user):
    make_user("admin", is_active=False)
    with pytest.raises(actions.LastAdminError):
        actions.deactivate(user=admin.user, by=None)


def test_one_of_two_administrators_may_go(admin, make_user):
    other = make_user("admin")
    actions.set_roles(user=other, keys=["sales"], by=admin.user)
    fresh = User.objects.get(pk=other.pk)
    assert (roles.role_keys(user=fresh), fresh.is_superuser) == ({"sales"}, False)


def test_becoming_and_ceasing_to_be_administrator_moves_the_superuser_mark(make_user):
    make_user("admin")
    user = make_user("sales")
    actions.set_roles(user=user, keys=["admin"], by=None)
    assert User.objects.get(pk=user.pk).is_superuser
    actions.set_roles(user=user, keys=[], by=None)
    assert not User.objects.get(pk=user.pk).is_superuser


def test_a_team_takes_members_from_other_teams(admin, make_user):
    north, user = Team.objects.create(name="North"), make_user("sales")
    User.objects.filter(pk=user.pk).update(team=north)
    admin.post("/app/teams/new/", {"name": "South", "members": [user.pk]})
    south = Team.objects.get(name="South")
    assert User.objects.get(pk=user.pk).team == south
    admin.post(f"/app/teams/{south.pk}/", {"name": "Far south", "members": []})
    assert User.objects.get(pk=user.pk).team is None
    assert admin.post("/app/teams/new/", {"name": "Far south"}).status_code == 422


def test_deleting_a_team_keeps_its_members(admin, make_user):
    team = Team.objects.create(name="North")
    user = make_user("sales", team=team)
    admin.post(f"/app/teams/{team.pk}/delete/")
    assert User.objects.get(pk=user.pk).team is None
    assert not Team.objects.exists()


@pytest.mark.parametrize("role", ["marketing", "sales", "service", "management", None])
def test_only_the_administration_manages_users(login, make_user, role):
    client, other = login(*([role] if role else [])), make_user("sales")
    for url in (
        "/app/users/",
        "/app/users/new/",
        f"/app/users/{other.pk}/",
        f"/app/users/{other.pk}/edit/",
        "/app/teams/",
    ):
        assert client.get(url).status_code == 403, url
    for part in ("active", "password", "factors", "sessions"):
        assert client.post(f"/app/users/{other.pk}/{part}/").status_code == 403, part
    assert client.post("/app/users/new/", {"email": "x@example.com"}).status_code == 403


def test_the_profile_changes_name_and_language_and_nothing_else(login):
    client = login("sales")
    client.cookies["django_language"] = "de"
    data = {
        "first_name": "Ada",
        "language": "en",
        "is_superuser": "1",
        "email": "evil@example.com",
        "roles": ["admin"],
    }
    answer = client.post("/app/account/", data)
    user = User.objects.get(pk=client.user.pk)
    assert (user.first_name, user.language, user.is_superuser, user.email) == (
        "Ada",
        "en",
        False,
        client.user.email,
    )
    assert answer.cookies["django_language"]["max-age"] == 0


def test_the_list_finds_by_name_role_and_state(admin, make_user):
    make_user("sales", first_name="Zoe", email="zoe@example.com")
    make_user("service", first_name="Yan", email="yan@example.com", is_active=False)

    def found(query):
        text = admin.get(f"/app/users/?{query}").content.decode()
        return {name for name in ("zoe@", "yan@") if name in text}

    assert found("q=zo") == {"zoe@"}
    assert found("role=service") == {"yan@"}
    assert found("state=inactive") == {"yan@"}
    assert found("state=rubbish&role=%00&page=x") == {"zoe@", "yan@"}

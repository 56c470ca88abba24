"""Roles × every address × methods: each cell follows from what the view declares about itself.

A new view declares `permission_required` (a class attribute, or `@requires(…)`), otherwise the first test
fails. Anybody logged in: `()`. Nobody need log in: `@public`, and a line in `PUBLIC` below.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.core.cache import cache as stored
from django.db import transaction
from django.test import Client
from django.utils import timezone

from trichter.core.accounts.models import Team
from trichter.core.accounts.roles import BY_KEY
from trichter.core.accounts.rolesync import matching, permission_names

from .routes import UNDECLARED, Route, routes

pytestmark = pytest.mark.django_db

# Nobody need log in. Keep this short.
PUBLIC = {
    "account_login", "account_logout", "account_inactive", "account_signup",
    "account_email_verification_sent", "account_set_password",
    "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_authenticate",
    "mfa_login_webauthn", "set_language", "api:root", "api:not_found",
}  # fmt: skip
# The log-in library's own screens: they check by themselves that somebody is logged in.
OWN_ACCOUNT = {
    "account_reauthenticate", "account_change_password", "account_email", "mfa_index", "mfa_reauthenticate",
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn", "mfa_edit_webauthn",
}  # fmt: skip
# Ends one's own session, so the log-in is where it leads.
LEAVES = {"accounts:end_sessions"}
# Unsafe methods without a CSRF token: calls that carry a token of their own, and an address that is none.
WITHOUT_CSRF = {"api:root", "api:not_found"}
# Wagtail's pages that say nothing worth guarding.
CMS_OPEN = {"wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}

WHO = ["anonymous", "nobody", *BY_KEY]
# Who may what does not depend on the database: there it is enough that every page of those who see all rows and
# of those who see their own answers on the other one, too.
ONCE = [
    one if one in ("admin", "sales") else pytest.param(one, marks=pytest.mark.any_database) for one in WHO
]


def ours() -> list[Route]:
    """Routes of the back office and the log-in; Wagtail and the API have tests of their own."""
    return [
        one
        for one in routes()
        if one.path.startswith(("app/", "accounts/", "api/")) and "api-v1" not in one.name
    ]


def cms() -> list[Route]:
    """Wagtail's routes."""
    return [
        one for one in routes() if one.path.startswith("cms/") and one.name and not one.name.endswith(":")
    ]


def test_every_view_says_who_may_open_it() -> None:
    silent = {one.name or one.path for one in ours() if one.declared is UNDECLARED} - PUBLIC - OWN_ACCOUNT
    assert silent == set()


def test_public_views_are_the_listed_ones() -> None:
    assert {one.name for one in ours() if one.declared is None} - PUBLIC == set()


def test_the_lists_name_views_that_exist() -> None:
    assert (PUBLIC | OWN_ACCOUNT | WITHOUT_CSRF) - {one.name for one in ours()} == set()


def test_declared_permissions_exist() -> None:
    known = permission_names()
    unknown = {
        f"{one.name}: {name}"
        for one in ours()
        if one.declared not in (UNDECLARED, None)
        for name in one.permissions
        if name not in known
    }
    assert unknown == set()


@pytest.fixture
def world(make_user: Callable[..., Any]) -> dict[str, Any]:
    """One record of each kind by the first part of its url names (`person` → id); a `slug` and a `key`."""
    from trichter.attract.campaigns.models import AdCost, CampaignName
    from trichter.attract.ctas.models import Condition, Cta, Variant
    from trichter.attract.links.models import ShortLink
    from trichter.close.orders.models import Order
    from trichter.close.pipeline.models import Deal, Pipeline, PipelineStage
    from trichter.core.mail.models import Delivery, Mailing, Suppression
    from trichter.core.people.models import Company, Person
    from trichter.engage.mailtemplates.models import MailTemplate
    from trichter.engage.newsletters.models import Newsletter
    from trichter.measure.funnels.models import Funnel
    from trichter.measure.kpis.dictionary import KPIS
    from trichter.measure.traffic.models import Annotation, Goal, Report

    now = timezone.now()
    person = Person.objects.create(last_name="Record", created_at=now)
    pipeline = Pipeline.objects.create(name="Matrix")
    stage = PipelineStage.objects.create(pipeline=pipeline, name="First", position=1)
    mailing = Mailing.objects.create(key="matrix", name="Matrix", message_class="marketing")
    cta = Cta.objects.create(name="Matrix", text_en="Matrix", target="/")
    condition = Condition.objects.create(name="Matrix", language="de")
    template = MailTemplate.objects.create(key="matrix", name="Matrix", subject="Matrix")
    return {
        "newsletter": Newsletter.objects.create(name="Matrix", template=template).pk,
        "mailing": mailing.pk,
        "delivery": Delivery.objects.create(
            mailing=mailing, key="x", message_id="<x@x>", not_before=now, next_at=now
        ).pk,
        "suppression": Suppression.objects.create(digest="x", why="manual", since=now).pk,
        "person": person.pk,
        "company": Company.objects.create(name="Record", created_at=now).pk,
        "deal": Deal.objects.create(name="R", pipeline=pipeline, stage=stage, opened_at=now).pk,
        "order": Order.objects.create(number="matrix-1", person=person, total=1, placed_at=now).pk,
        "adcost": AdCost.objects.create(day=now.date(), source="matrix", cost=1).pk,
        "campaignname": CampaignName.objects.create(name="matrix").pk,
        "cta": cta.pk,
        "condition": condition.pk,
        "variant": Variant.objects.create(cta=cta, name="Matrix", condition=condition, target="/").pk,
        "shortlink": ShortLink.objects.create(name="Matrix", slug="matrix", target="/").pk,
        "goal": Goal.objects.create(name="Matrix", match={"kind": "page.viewed", "where": []}).pk,
        "annotation": Annotation.objects.create(day=now.date(), text="Matrix").pk,
        "report": Report.objects.create(name="Matrix", shared=True, owner=make_user("marketing")).pk,
        "user": make_user("service", email="colleague@example.com").pk,
        "team": Team.objects.create(name="Matrix").pk,
        "pipeline": pipeline.pk,
        "stage": stage.pk,
        "slug": getattr(Funnel.objects.first(), "slug", "x"),
        "key": next(iter(KPIS)),
    }


def client_of(who: str, make_user: Callable[..., Any], **options: Any) -> Client:
    """A browser of somebody with this role."""
    client = Client(raise_request_exception=False, **options)
    if who != "anonymous":
        client.force_login(make_user(*([who] if who in BY_KEY else [])))
    return client


def body(response: Any) -> str:
    """The whole answer, files included."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    return str(raw.decode("utf-8", "replace"))


@contextmanager
def without_a_trace(client: Client) -> Iterator[None]:
    """Whatever the request did is taken back, the log-out included."""
    cookies = client.cookies.output()
    saved = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:
        client.cookies.clear()
        for name, value in saved.items():
            client.cookies[name] = value


def expected(route: Route, who: str, known: frozenset[str]) -> str:
    """login (sent to it), forbidden, or open."""
    if route.declared is None or route.name in PUBLIC:
        return "open"
    if who == "anonymous":
        return "login"
    needed = () if route.declared is UNDECLARED else route.permissions
    return "open" if granted_to(who, known).issuperset(needed) else "forbidden"


@cache
def granted_to(who: str, known: frozenset[str]) -> frozenset[str]:
    """What the role may do, by its declaration."""
    return matching(patterns=BY_KEY[who].permissions, names=known) if who in BY_KEY else frozenset()


def answered(response: Any) -> str:
    """The same three words for a response; else its status."""
    status, to = response.status_code, response.headers.get("Location", "")
    if status >= 500:
        return f"server error {status}"
    if status == 403:
        return "forbidden"
    if status in (301, 302) and to.startswith(("/accounts/login/", "/accounts/reauthenticate/")):
        return "login"
    if status == 401:
        return "login"
    return "open"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ONCE)
def test_each_cell_of_the_matrix(
    who: str, method: str, make_user: Callable[..., Any], world: dict[str, Any]
) -> None:
    client, known, wrong = client_of(who, make_user), frozenset(permission_names()), {}
    for route in ours():
        stored.clear()
        last = route.name.rpartition(":")[2]
        pk = world.get(last.partition("_")[0], 1)
        with without_a_trace(client):
            response = getattr(client, method)(route.url(pk=pk, slug=world["slug"], key=world["key"]))
            body(response)
        wanted, got = expected(route, who, known), answered(response)
        # The log-in library asks those who are logged in for the password once more.
        asked_again = route.name in OWN_ACCOUNT | PUBLIC | LEAVES and (wanted, got) == ("open", "login")
        # A method that the view does not have is refused whoever asks.
        if got != wanted and not asked_again and response.status_code != 405:
            wrong[route.name] = f"{wanted} expected, {got} ({response.status_code})"
    assert wrong == {}


@pytest.mark.parametrize("who", ["anonymous", "nobody", "sales", "service", "management"])
def test_the_content_system_is_closed_to_those_who_do_not_edit_pages(
    who: str, make_user: Callable[..., Any]
) -> None:
    client, wrong = client_of(who, make_user), {}
    for route in cms():
        if route.name in CMS_OPEN:
            continue
        response = client.get(route.url())
        if response.status_code not in (301, 302, 403, 404):
            wrong[route.name] = response.status_code
    assert wrong == {}


@pytest.mark.any_database
def test_no_unsafe_method_works_without_a_csrf_token(
    make_user: Callable[..., Any], world: dict[str, Any]
) -> None:
    client, open_ = client_of("admin", make_user, enforce_csrf_checks=True), {}
    for route in ours():
        for method in ("post", "put", "patch", "delete"):
            with without_a_trace(client):
                response = getattr(client, method)(route.url())
            # 405: the view has no such method, with or without a token.
            if response.status_code not in (403, 405) and route.name not in WITHOUT_CSRF:
                open_[f"{method} {route.name}"] = response.status_code
    assert open_ == {}


MARK = "Zyxforeign"


@pytest.fixture
def foreign(make_user: Callable[..., Any]) -> dict[str, Any]:
    """Records of another team's colleague, by kind; `me` is the one who must not see them."""
    from trichter.close.orders.models import Order
    from trichter.close.pipeline.models import Deal, Pipeline, PipelineStage
    from trichter.core.people.models import Company, Person

    owner = make_user("sales", team=Team.objects.create(name="South"))
    now = timezone.now()
    person = Person.objects.create(last_name=MARK, email="zyx@example.com", owner=owner, created_at=now)
    pipeline = Pipeline.objects.create(name="Matrix")
    stage = PipelineStage.objects.create(pipeline=pipeline, name="First", position=1)
    return {
        "me": make_user("sales", team=Team.objects.create(name="North")),
        "person": person,
        "company": Company.objects.create(name=MARK, owner=owner, created_at=now),
        "deal": Deal.objects.create(name=MARK, owner=owner, pipeline=pipeline, stage=stage, opened_at=now),
        "order": Order.objects.create(number=MARK, person=person, total=1, placed_at=now),
    }


KINDS = {
    "people:person": "person",
    "people:company": "company",
    "pipeline:deal": "deal",
    "orders:order": "order",
}


@pytest.mark.parametrize("prefix", KINDS)
def test_a_colleagues_record_does_not_exist_for_another_team(prefix: str, foreign: dict[str, Any]) -> None:
    client, kind, wrong = Client(raise_request_exception=False), KINDS[prefix], {}
    client.force_login(foreign["me"])
    mine = [one for one in ours() if one.name.startswith(f"{prefix}_") and dict(one.parameters).get("pk")]
    assert mine, prefix
    for route in mine:
        for method in ("get", "post"):
            with without_a_trace(client):
                response = getattr(client, method)(route.url(pk=foreign[kind].pk))
            if response.status_code not in (403, 404, 405) or MARK in body(response):
                wrong[f"{method} {route.name}"] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("prefix", KINDS)
def test_a_colleagues_record_is_in_no_list_and_no_file(prefix: str, foreign: dict[str, Any]) -> None:
    client, found = Client(raise_request_exception=False), []
    client.force_login(foreign["me"])
    lists = [one for one in ours() if one.name.startswith(f"{prefix}_") and not one.parameters]
    assert lists, prefix
    for route in lists:
        for query in ({}, {"format": "csv"}, {"q": "Zyx"}, {"format": "csv", "q": "Zyx"}):
            response = client.get(route.url(), query)
            text = body(response)
            if response.status_code >= 500 or MARK in text.replace(f'value="{MARK}"', ""):
                found.append(f"{route.name} {query}")
    assert found == []


def test_a_colleagues_record_is_not_found_by_search(foreign: dict[str, Any]) -> None:
    client = Client()
    client.force_login(foreign["me"])
    for query in ("Zyx", "zyx@example.com"):
        assert MARK not in body(client.get("/app/search/", {"q": query}))


def test_an_owner_does_find_the_record(foreign: dict[str, Any]) -> None:
    client = Client()
    client.force_login(foreign["person"].owner)
    assert MARK in body(client.get("/app/search/", {"q": "Zyx"}))
    assert MARK in body(client.get("/app/people/"))

"""The audit log: who did what, with names instead of numbers."""

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.utils import timezone, translation

import trichter
from trichter.core.accounts import actions, audit, history
from trichter.core.accounts.models import Team, User
from trichter.core.shell.queries import company_zone

pytestmark = pytest.mark.django_db


def newest(obj):
    return history.history(obj=obj)[0]


def test_changes_of_a_user_are_kept_with_old_and_new_values(login, make_user):
    client, user = login("admin"), make_user("sales", first_name="Ada")
    team = Team.objects.create(name="North")
    client.post(
        f"/app/users/{user.pk}/edit/",
        {"email": user.email, "first_name": "Eve", "team": team.pk, "roles": ["sales"]},
    )
    entry = newest(user)
    assert (entry.actor, entry.who, entry.address) == (client.user.pk, client.user.email, "127.0.0.1")
    assert {(one.old, one.new) for one in entry.changes} == {("Ada", "Eve"), ("", "North")}


def test_no_password_hash_gets_into_the_log(make_user):
    user = make_user("sales")
    actions.new_password(user=user)
    assert "pbkdf2" not in str(list(LogEntry.objects.values()))
    assert user.password not in str(list(LogEntry.objects.values()))


def test_rights_are_logged_with_before_and_after(make_user):
    boss, user = make_user("admin"), make_user("sales")
    actions.set_roles(user=user, keys=["service"], by=boss)
    entry = newest(user)
    assert (entry.details, entry.actor) == ({"vorher": "Vertrieb", "nachher": "Service"}, boss.pk)


def test_setting_the_same_rights_again_is_no_event(make_user):
    user = make_user("sales")
    before = LogEntry.objects.count()
    actions.set_roles(user=user, keys=["sales"], by=None)
    assert LogEntry.objects.count() == before


def test_outside_of_a_request_the_acting_user_is_told(make_user):
    user = make_user("admin")
    with audit.acting(origin=audit.Origin(user=user, address="192.0.2.4")):
        team = Team.objects.create(name="North")
    assert (newest(team).actor, newest(team).address) == (user.pk, "192.0.2.4")
    team.name = "South"
    team.save()
    assert newest(team).actor is None


def test_silence_keeps_bulk_work_out_of_the_log():
    before = LogEntry.objects.count()
    with audit.silent():
        Team.objects.create(name="North")
    assert LogEntry.objects.count() == before


def test_a_removed_user_stays_in_the_log_by_address(make_user):
    user, team = make_user("admin"), Team.objects.create(name="North")
    audit.note(user=user, action=audit.EXPORTED, target=team)
    email = user.email
    user.delete()
    assert newest(team).who == email


def test_every_declared_model_is_watched_and_its_left_out_fields_exist():
    from auditlog.registry import auditlog

    for config in apps.get_app_configs():
        for name, left_out in getattr(config, "audited", {}).items():
            model = config.get_model(name)
            assert auditlog.contains(model)
            assert set(left_out) <= {field.name for field in model._meta.concrete_fields}


BUSINESS = [
    "people.Person",
    "people.Company",
    "pipeline.Deal",
    "orders.Order",
    "campaigns.AdCost",
    "funnels.Funnel",
]


@pytest.mark.parametrize("label", BUSINESS)
def test_business_records_are_watched(label):
    from auditlog.registry import auditlog

    assert auditlog.contains(apps.get_model(label))


def audit_page(client, query=""):
    response = client.get(f"/app/audit/?{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_screen_filters_by_who_what_object_and_day(login, make_user):
    client, other = login("management"), make_user("sales", email="other@example.com")
    north, south = Team.objects.create(name="Northern team"), Team.objects.create(name="Southern team")
    audit.note(user=other, action=audit.EXPORTED, target=north)
    audit.note(user=client.user, action=audit.MERGED, target=south)

    def seen(query):
        text = audit_page(client, query).split("<tbody>")[-1]
        return {name for name in ("Northern", "Southern") if name in text}

    assert seen(f"actor={other.pk}") == {"Northern"}
    assert seen(f"action={audit.MERGED}") == {"Southern"}
    assert seen("q=northern") == {"Northern"}
    content_type = LogEntry.objects.get_for_object(south).first().content_type_id
    assert seen(f"model={content_type}&object={south.pk}") == {"Southern"}
    today = timezone.now().astimezone(company_zone()).date()
    assert seen(f"action={audit.MERGED}&since={today}&until={today}") == {"Southern"}
    assert seen(f"since={today.year + 1}-01-01") == set()


@pytest.mark.parametrize(
    "query",
    [
        "actor=x",
        "action=%00",
        "model=999999",
        "object=99999999999999999999",
        "since=x",
        "page=0",
        "q=%00",
        "until=9999-12-31",
        "since=0001-01-01",
    ],
)
def test_rubbish_in_the_address_is_left_out(login, query):
    audit_page(login("admin"), query)


@pytest.mark.parametrize("role", ["marketing", "sales", "service", None])
def test_others_do_not_read_the_log(login, role):
    client = login(*([role] if role else []))
    assert client.get("/app/audit/").status_code == 403
    assert client.get("/app/audit/export/").status_code == 403


def test_the_export_is_harmless_for_spreadsheets_and_is_logged_itself(login):
    client = login("admin")
    Team.objects.create(name='=HYPERLINK("http://evil.example")')
    text = b"".join(client.get("/app/audit/export/").streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows[0]) == 7
    assert [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell] == []
    assert any("HYPERLINK" in cell for row in rows for cell in row)
    assert LogEntry.objects.filter(additional_data__event=audit.EXPORTED, actor=client.user).count() == 1


def test_a_token_acts_as_its_user_in_the_log(client, make_user, rf):
    user = make_user("sales")
    request = rf.get("/")
    with audit.acting(origin=audit.Origin(request=request)):
        request.user = User.objects.get(pk=user.pk)
        team = Team.objects.create(name="By token")
    assert newest(team).actor == user.pk


@pytest.mark.parametrize(
    ("details", "shown"),
    [
        ({"roles": ["admin", "sales"], "team": ""}, {"Rollen": "Administration, Vertrieb"}),
        ({"scopes": ["read", "import"], "for": "a@example.com"}, {"darf": "Lesen, Dateien importieren"}),
        ({"type": "totp"}, {"Art des Faktors": "TOTP Authenticator"}),
        (
            {"what": "people.person", "format": "csv-de", "rows": 12},
            {"was": "Kontakte", "Format": "CSV für deutsches Excel", "Zeilen": "12"},
        ),
        ({"what": "audit"}, {"was": "Prüfprotokoll"}),
        ({"stage": "mql", "reason": "Messe"}, {"Stufe": "MQL", "Begründung": "Messe"}),
        ({"kind": "ad-costs", "file": "a.csv"}, {"Art": "Werbekosten", "Datei": "a.csv"}),
        (
            {"roles": ["chief"], "stage": "gone", "new": ["x"]},
            {"Rollen": "chief", "Stufe": "gone", "new": "x"},
        ),
    ],
)
def test_details_are_read_in_words_of_the_reader_and_unknown_ones_as_they_are(make_user, details, shown):
    user = make_user("admin")
    audit.note(user=user, action=audit.EXPORTED, details=details)
    with translation.override("de"):
        found = newest(user).details
    assert {key: found.get(key) for key in shown} == shown
    with translation.override("en"):
        assert "Rollen" not in newest(user).details


def noted_keys(module: ast.Module) -> Iterator[str]:
    """Keys of the details in every `audit.note(…)`; a name stands for the one dict assigned to it."""
    assigned = {
        node.targets[0].id: node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.note"):
            continue
        for details in (keyword.value for keyword in node.keywords if keyword.arg == "details"):
            found = assigned[details.id] if isinstance(details, ast.Name) else details
            assert isinstance(found, ast.Dict), f"cannot read {ast.unparse(node)}"
            for key in found.keys:
                assert isinstance(key, ast.Constant), f"cannot read {ast.unparse(node)}"
                yield key.value


def test_every_detail_that_is_noted_anywhere_has_a_label():
    found = {
        key
        for path in Path(trichter.__file__).parent.rglob("*.py")
        if "tests" not in path.parts
        for key in noted_keys(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert len(found) > 15
    assert found - set(history.DETAILS) == set()


def test_no_two_details_have_one_label():
    for language in ("de", "en"):
        with translation.override(language):
            assert len({str(label) for label in history.DETAILS.values()}) == len(history.DETAILS)

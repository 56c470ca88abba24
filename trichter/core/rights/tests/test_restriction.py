"""Restriction of processing: set and lifted with a reason, seen by everybody, and kept through a merge."""

from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.core.accounts.audit import history_of
from trichter.core.events import FormSubmitted
from trichter.core.journal.actions import Entry, record
from trichter.core.journal.followers import catch_up, reset
from trichter.core.journal.models import Event
from trichter.core.lifecycle.actions import ensure_defaults
from trichter.core.lifecycle.models import StageVersion, Transition
from trichter.core.lifecycle.recomputing import recompute, reference, refresh_scores, stored
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.actions.links import identity_for
from trichter.core.people.actions.merges import merge, undo_merge
from trichter.core.people.models import Person
from trichter.core.rights import restricting, retention
from trichter.core.rights.models import Request, Restriction

pytestmark = pytest.mark.django_db


def person(name: str = "anna") -> Person:
    return find_or_create_person(
        email=f"{name}@example.com", defaults={"first_name": name.title(), "last_name": "Weber"},
        at=timezone.now(), origin="Test",
    )[0]  # fmt: skip


def test_it_is_set_and_lifted_with_a_reason_in_the_log(login):
    anna, client = person(), login("privacy")
    url = f"/app/privacy/people/{anna.pk}/restrict/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"ground": "whatever"}).status_code == 422
    client.post(url, {"ground": "accuracy", "note": "Adresse strittig"})
    assert restricting.is_restricted(anna.pk)
    page = client.get(f"/app/privacy/people/{anna.pk}/").content.decode()
    assert "Adresse strittig" in page and "Art. 18" in page
    assert client.post(url, {"lift": "1", "note": "geklärt"}).status_code == 422, "the person is told first"
    client.post(url, {"lift": "1", "note": "geklärt", "told": "on"})
    assert not restricting.is_restricted(anna.pk)
    row = Restriction.objects.get()
    assert (row.by, row.lifted_by, row.lift_note) == (client.user, client.user, "geklärt")
    done = [one.additional_data["event"] for one in history_of(anna) if one.additional_data]
    assert {"rights.restricted", "rights.lifted"} <= set(done)
    kinds = Event.objects.filter(kind__startswith="processing.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["processing.restricted", "processing.released"]


def test_a_stale_page_never_turns_into_its_opposite(login):
    anna, client = person(), login("privacy")
    url = f"/app/privacy/people/{anna.pk}/restrict/"
    for _twice in range(2):
        client.post(url, {"ground": "claims"})
    assert Restriction.objects.count() == 1 and restricting.is_restricted(anna.pk)


def test_only_who_handles_requests_may(login):
    anna = person()
    for role in ("sales", "marketing", "service", "management"):
        client = login(role)
        for data in ({"ground": "claims"}, {"lift": "1", "note": "x", "told": "on"}):
            assert client.post(f"/app/privacy/people/{anna.pk}/restrict/", data).status_code == 403
    assert not Restriction.objects.exists()


def test_the_page_and_the_list_say_so_to_everybody_who_sees_the_contact(login):
    anna, bert = person(), person("bert")
    restricting.restrict(person=anna, ground="accuracy")
    client = login("sales")
    assert "tr-alert" in client.get(f"/app/people/{anna.pk}/").content.decode()
    shown = client.get(f"/app/people/{anna.pk}/").content.decode()
    assert "Art. 18" in shown and f"/app/privacy/people/{anna.pk}/restrict/" not in shown
    assert "Art. 18" not in client.get(f"/app/people/{bert.pk}/").content.decode()
    listed = client.get("/app/people/?restricted=true").content.decode()
    assert "anna@example.com" in listed and "bert@example.com" not in listed
    assert "· anna@example.com" in listed
    rest = client.get("/app/people/?restricted=false").content.decode()
    assert "bert@example.com" in rest and "anna@example.com" not in rest


def test_answering_a_request_with_restricted_restricts(login):
    anna, client = person(), login("privacy")
    data = {"kind": "restriction", "asked_by": "subject", "received_on": timezone.now().date().isoformat()}
    client.post(f"/app/privacy/people/{anna.pk}/note/", data)
    url = f"/app/privacy/requests/{Request.objects.get().pk}/answer/"
    assert client.post(url, {"outcome": "restricted"}).status_code == 422, "a ground is needed"
    client.post(url, {"outcome": "restricted", "ground": "unlawful", "answer": "Brief vom 1.3."})
    assert restricting.current(anna).ground == "unlawful"


def test_it_follows_a_merge_and_comes_back_with_its_undoing():
    anna, bert = person(), person("bert")
    restricting.restrict(person=bert, ground="accuracy")
    done = merge(survivor=anna, absorbed=bert, reason="", by=None)
    assert restricting.is_restricted(anna.pk)
    undo_merge(merge=done, by=None)
    assert restricting.is_restricted(bert.pk) and not restricting.is_restricted(anna.pk)


def test_no_rule_erases_whoever_wants_the_data_kept():
    anna, at = person(), timezone.now() - timedelta(days=2_000)
    Event.objects.all().update(at=at)
    Person.objects.update(created_at=at, last_seen_at=at)
    limit = timezone.now() - timedelta(days=1_000)
    assert list(retention.inactive(limit)) == [anna]
    restricting.restrict(person=anna, ground="claims", now=at)
    Event.objects.all().update(at=at)
    assert list(retention.inactive(limit)) == []


def test_stage_and_score_stand_still_and_go_on_once_it_is_lifted():
    ensure_defaults()
    demo = {"kind": "form.submitted", "where": [{"field": "data.form", "op": "is", "value": "demo"}]}
    StageVersion.objects.filter(stage__key="mql").update(machine_rule={"any_of": [{"event": demo}]})
    anna = person()

    def happens() -> Person:
        record(Entry(fact=FormSubmitted(form="demo"), at=timezone.now(), identity=identity_for(person=anna)))
        catch_up(names=["lifecycle.stages"])
        anna.refresh_from_db()
        return anna

    restricting.restrict(person=anna, ground="accuracy", now=timezone.now())
    before = (happens().stage, anna.score)
    assert before[0] != "mql" and not Transition.objects.filter(stage__key="mql").exists()
    assert refresh_scores(people=[anna.pk], now=timezone.now() + timedelta(days=400)) == []
    reset(name="lifecycle.stages")
    catch_up(names=["lifecycle.stages"])
    anna.refresh_from_db()
    assert (anna.stage, anna.score) == before, "reading everything again comes to the same"
    assert stored() == reference(now=timezone.now())
    restricting.lift(person=anna, note="geklärt", by=None)
    catch_up(names=["lifecycle.stages"])
    anna.refresh_from_db()
    assert anna.stage == "mql"
    assert recompute(people=[anna.pk]).added == 0

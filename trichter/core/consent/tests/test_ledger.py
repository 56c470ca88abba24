"""What the ledger says, and that nobody can rewrite it."""

import random
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from trichter.core.consent import actions, checking, locks, queries
from trichter.core.consent.errors import InTheFuture, NoProof, OtherWording, UnknownPurpose
from trichter.core.consent.models import ChainHead, ConsentPart, ConsentRecord, Wording
from trichter.core.journal.models import Event
from trichter.core.people.actions import merge

from .helpers import address, anna, give, withdraw, words

pytestmark = pytest.mark.django_db
ASK = {"purpose": "newsletter", "channel": "email"}


def test_a_consent_holds_for_its_purpose_and_channel_and_nothing_else():
    one = address()
    give(one)
    assert queries.may(identity=one, **ASK)
    assert not queries.may(identity=one, purpose="newsletter", channel="phone")
    assert not queries.may(identity=one, purpose="profiling", channel="email")
    assert not queries.may(identity=address("ben@example.com"), **ASK)


def test_a_withdrawal_ends_it_and_a_new_consent_begins_again():
    one = address()
    give(one, ago=3)
    withdraw(one, ago=2)
    assert not queries.may(identity=one, **ASK)
    give(one, ago=1)
    assert queries.may(identity=one, **ASK)
    assert queries.may(identity=one, **ASK, at=timezone.now() - timedelta(hours=2.5))
    assert not queries.may(identity=one, **ASK, at=timezone.now() - timedelta(hours=1.5))


def test_an_imported_older_consent_does_not_undo_a_later_withdrawal():
    one = address()
    withdraw(one, ago=1)
    give(one, ago=1_000)
    assert not queries.may(identity=one, **ASK)


def test_a_consent_with_a_duration_expires():
    one = address()
    row = give(one, purpose="statistics", channel="web")
    assert row.expires_at is not None
    ask = {"identity": one, "purpose": "statistics", "channel": "web"}
    assert queries.may(**ask, at=row.expires_at - timedelta(seconds=1))
    assert not queries.may(**ask, at=row.expires_at)


def test_what_a_colleague_records_holds_for_all_addresses_of_the_person(make_user):
    person = anna()
    one = address()
    give(one, ago=2)
    assert queries.may(identity=one, **ASK) and queries.may(person=person, **ASK)
    actions.withdraw_for_person(person=person, **ASK, at=timezone.now(), words="", by=make_user("sales"))
    assert not queries.may(identity=one, **ASK) and not queries.may(person=person, **ASK)


def test_consents_follow_a_merge(make_user):
    first, second = anna(), anna("a.weber@example.com")
    actions.withdraw_for_person(
        person=second, **ASK, at=timezone.now() - timedelta(hours=1), words="", by=make_user("sales")
    )
    give(address(), ago=5)
    assert queries.may(person=first, **ASK)
    merge(survivor=first, absorbed=second, reason="", by=None)
    assert not queries.may(identity=address(), **ASK)


def test_saying_the_same_again_adds_nothing():
    one = address()
    assert give(one, ago=2).pk == give(one, ago=1).pk
    withdraw(one)
    withdraw(one)
    assert ConsentRecord.objects.count() == 2


def test_each_statement_stands_in_the_journal_of_the_one_who_made_it():
    one = address()
    give(one)
    withdraw(one)
    events = Event.objects.filter(identity=one, kind__startswith="consent.").order_by("id")
    assert [(e.kind, e.data["purpose"], e.data["record"]) for e in events] == [
        ("consent.given", "newsletter", 1), ("consent.withdrawn", "newsletter", 2),
    ]  # fmt: skip


def test_a_consent_without_words_or_proof_is_refused(make_user):
    with pytest.raises(NoProof):
        give(address(), wording=None)
    with pytest.raises(NoProof):
        actions.record_for_person(
            person=anna(), **ASK, at=timezone.now(), wording=words(), words="  ", by=make_user("sales")
        )
    with pytest.raises(OtherWording):
        give(address(), wording=words("profiling"))
    with pytest.raises(InTheFuture):
        give(address(), ago=-1)
    with pytest.raises(UnknownPurpose):
        give(address(), purpose="nothing", wording=words())
    assert not ConsentRecord.objects.exists()


@pytest.mark.parametrize("model", [ConsentRecord, ConsentPart, Wording])
def test_the_database_refuses_changes(model):
    give(address())
    name = {"ConsentRecord": "channel", "ConsentPart": "salt", "Wording": "text"}[model.__name__]
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**{name: "x"})
    if model is not ConsentPart:
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all()._raw_delete("default")
    assert checking.check().problems == []


def test_an_erased_record_keeps_its_place_and_the_chain_still_fits():
    one, two = address(), address("ben@example.com")
    give(
        one, evidence=actions.Evidence(page="https://example.com/a", proof={"x": "y"}, network={"ip": "::1"})
    )
    give(two)
    assert actions.forget(identities=[one], at=timezone.now()) == 1
    found = checking.check()
    assert (found.problems, found.records, found.erased) == ([], 3, 3)
    assert not queries.may(identity=one, **ASK) and queries.may(identity=two, **ASK)
    assert ConsentRecord.objects.get(number=3).covers == {"subject": [1], "proof": [1], "network": [1]}


def test_the_journal_names_the_page_as_every_event_does_and_the_proof_the_whole_address():
    one, where = address(), "https://example.com:8093/a/?utm_source=messe#top"
    give(one, evidence=actions.Evidence(page=where))
    give(one, purpose="statistics", channel="web", evidence=actions.Evidence(page="/kontakt/"))
    told = Event.objects.filter(kind="consent.given").order_by("pk").values_list("page", flat=True)
    assert list(told) == ["/a", "/kontakt"]
    proof = ConsentPart.objects.get(name="proof", record__number=1)
    assert proof.content["page"] == where


def test_addresses_of_the_network_go_earlier_than_the_proof():
    give(address(), evidence=actions.Evidence(proof={"x": "y"}, network={"ip": "::1"}))
    assert actions.forget_network(before=timezone.now(), at=timezone.now()) == 1
    row = ConsentRecord.objects.get(number=1)
    assert sorted(queries.parts_of(row)) == ["proof", "subject"]
    assert checking.check().problems == []


def test_a_part_that_was_removed_without_an_erasure_is_found():
    give(address())
    ConsentPart.objects.filter(name="subject").delete()
    assert checking.check().problems == [(1, "part_missing")]


def test_missing_triggers_are_found_and_come_back_with_the_next_migration():
    locks.remove()
    assert checking.check().problems == [(0, "unlocked")]
    locks.install()
    assert checking.check().problems == []


def test_rows_missing_at_the_end_are_found():
    give(address())
    withdraw(address())
    locks.remove()
    ConsentPart.objects.filter(record__number=2).delete()
    ConsentRecord.objects.filter(number=2).delete()
    locks.install()
    assert checking.check().problems == [(0, "end")]


FIELDS = ("signed_up_at", "mail_message_id", "mail_sent_at", "confirmed_at", "confirmation_wording")


def test_a_thousand_sign_ups_are_proven_in_full_and_each_of_a_hundred_changes_is_found():
    now = timezone.now()
    for number in range(1_000):
        proof = {name: f"{name} {number}" for name in FIELDS}
        give(
            address(f"p{number}@example.com"), ago=1 + number,
            evidence=actions.Evidence(page=f"https://example.com/{number}", proof=proof, network={"ip": "::1"}),
        )  # fmt: skip
    rows = list(queries.ledger())
    for row in rows:
        parts = queries.parts_of(row)
        assert row.wording.text and row.at < now and parts["subject"]["identity"].startswith("email:p")
        assert all(parts["proof"].get(name) for name in (*FIELDS, "page")) and parts["network"]["ip"]
    assert checking.check().problems == []
    locks.remove()
    chance, found = random.Random(7), 0
    for _turn in range(10):
        undoes = {}
        for row in chance.sample(rows, 10):
            undoes[row.number], change = chance.choice([_change_row, _change_part])(row, chance)
            change()
        found += len({number for number, _code in checking.check().problems} & set(undoes))
        for undo in undoes.values():
            undo()
    locks.install()
    assert found == 100
    assert checking.check().problems == []
    assert ChainHead.objects.get().number == 1_000


def _change_row(row, chance):
    field = chance.choice(["channel", "decision", "how", "hash", "previous"])
    old = getattr(row, field)
    new = old[:-1] + chr(ord(old[-1]) ^ 1)
    here = ConsentRecord.objects.filter(pk=row.pk)
    return lambda: here.update(**{field: old}), lambda: here.update(**{field: new})


def _change_part(row, chance):
    part = chance.choice(list(row.parts.all()))
    name = chance.choice(sorted(part.content))
    old = part.content
    new = {**old, name: old[name][:-1] + chr(ord(old[name][-1]) ^ 1)}
    here = ConsentPart.objects.filter(pk=part.pk)
    return lambda: here.update(content=old), lambda: here.update(content=new)

"""Consents with their proof, opt-outs and dead addresses of other systems, and the way back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from trichter.connect.imports.tests.helpers import bring_in, contents, counts, problems, write
from trichter.connect.imports.undo import undo
from trichter.core.consent import actions as ledger
from trichter.core.consent.checking import check
from trichter.core.consent.models import ConsentPart, ConsentRecord
from trichter.core.consent.queries import may
from trichter.core.journal.actions import identify
from trichter.core.journal.models import Event, Identity
from trichter.core.mail.models import Suppression
from trichter.core.mail.queries import suppression
from trichter.core.people.models import Person

pytestmark = pytest.mark.django_db

PROVEN = (
    "E-Mail;Newsletter;Einwilligung am;Nachweis\n"
    "eva@firma.de;ja;05.01.2025 10:00;Formular Messe, IP 203.0.113.7\n"
    "max@firma.de;ja;05.01.2025;\n"
    "jo@firma.de;ja;;Formular\n"
    "uli@firma.de;nein;;\n"
    "ida@firma.de;Raumfahrt;05.01.2025;Formular\n"
)


def allowed(address, *, purpose="newsletter", at=None):
    return may(identity=identify(kind="email", value=address), purpose=purpose, channel="email", at=at)


def agreed(address, *, days):
    """A consent given here, that many days ago."""
    return ledger.give(
        identity=identify(kind="email", value=address), purpose="newsletter", channel="email",
        at=timezone.now() - timedelta(days=days), how="confirmed", evidence=ledger.Evidence(proof={"form": "x"}),
    )  # fmt: skip


def test_only_a_consent_with_date_and_proof_counts(tmp_path):
    table = bring_in("contacts", write(tmp_path / "a.csv", PROVEN))
    assert counts(table) == (5, 5, 0, 0, 0)
    assert [name for name in ("eva", "max", "jo", "uli", "ida") if allowed(f"{name}@firma.de")] == ["eva"]
    assert problems(table) == [
        (3, "Newsletter", "consent_unproven", "ja"),
        (4, "Newsletter", "consent_undated", "ja"),
        (6, "Newsletter", "consent_unknown_purpose", "Raumfahrt"),
    ]
    row = ConsentRecord.objects.get()
    assert (row.how, row.decision, row.channel, row.purpose.key) == ("import", "given", "email", "newsletter")
    assert row.at == datetime(2025, 1, 5, 9, 0, tzinfo=UTC)
    proof = row.parts.get(name="proof").content
    assert proof["words"] == "Formular Messe, IP 203.0.113.7"
    assert (proof["row"], proof["file"], proof["import"]) == ("2", "Import: a.csv", str(table.run.pk))
    assert proof["said_at"] == "2025-01-05T09:00:00+00:00"
    assert Event.objects.get(kind="consent.given").batch == table.run.pk
    assert table.run.summary["consents"] == {"given": 1}
    assert check().problems == []


def test_the_proof_may_be_said_for_the_whole_file(tmp_path, make_user):
    bring_in("contacts", write(tmp_path / "a.csv", PROVEN), consent_proof="Double-Opt-in bei Mailchimp")
    assert allowed("max@firma.de")
    assert not allowed("jo@firma.de")


def test_another_purpose_is_found_by_its_name_and_by_choice(tmp_path):
    rows = "E-Mail;Einwilligung;Einwilligung am;Nachweis\na@x.de;Auswertung von E-Mails;01.02.2025;F\nb@x.de;ja;01.02.2025;F\n"
    bring_in("contacts", write(tmp_path / "a.csv", rows), consent_purpose="profiling")
    assert allowed("a@x.de", purpose="mail-tracking")
    assert allowed("b@x.de", purpose="profiling")
    assert not allowed("b@x.de")


def test_the_same_consents_again_add_nothing(tmp_path):
    path = write(tmp_path / "a.csv", PROVEN)
    bring_in("contacts", path)
    again = bring_in("contacts", path)
    assert counts(again) == (5, 0, 0, 5, 0)
    assert ConsentRecord.objects.count() == 1


@pytest.mark.parametrize(("header", "cell"), [
    ("Subscription Status", "Unsubscribed"), ("Opted Out", "1"), ("Unsubscribed from all email", "true"),
    ("E-Mail-Abmeldung", "ja"), ("Unsubscribe Date", "2025-03-01 10:00:00"), ("Opted Out", "2025-03-01"),
])  # fmt: skip
def test_who_opted_out_elsewhere_is_not_mailed_here(tmp_path, header, cell):
    agreed("eva@firma.de", days=2_000)
    rows = f"E-Mail,{header},Consent,Consent Date,Consent Proof\neva@firma.de,{cell},yes,2025-01-01,Form\n"
    table = bring_in("contacts", write(tmp_path / "a.csv", rows))
    assert not allowed("eva@firma.de")
    row = ConsentRecord.objects.order_by("number").last()
    assert (row.decision, row.how) == ("withdrawn", "import")
    assert (
        header in row.parts.get(name="proof").content["words"]
        or "date" in row.parts.get(name="proof").content["words"]
    )
    assert table.run.summary["consents"] == {"withdrawn": 1}
    assert counts(bring_in("contacts", write(tmp_path / "a.csv", rows)))[2:4] == (0, 1)


def test_an_opt_out_is_heard_though_records_are_left_as_they_are(tmp_path):
    bring_in("contacts", write(tmp_path / "a.csv", PROVEN))
    rows = "E-Mail,Opted Out\neva@firma.de,yes\n"
    bring_in("contacts", write(tmp_path / "b.csv", rows), existing="skip")
    assert not allowed("eva@firma.de")


def test_a_consent_given_here_after_the_opt_out_stands(tmp_path):
    agreed("eva@firma.de", days=1)
    bring_in("contacts", write(tmp_path / "b.csv", "E-Mail,Unsubscribe Date\neva@firma.de,2024-01-01\n"))
    assert allowed("eva@firma.de")


def test_a_word_nobody_understands_brings_no_consent(tmp_path):
    rows = "E-Mail,Opted Out,Consent,Consent Date,Consent Proof\neva@firma.de,vielleicht,yes,2025-01-01,F\nmax@firma.de,no,yes,2025-01-01,F\n"
    table = bring_in("contacts", write(tmp_path / "b.csv", rows))
    assert problems(table) == [(2, "Opted Out", "opt_out_unclear", "vielleicht")]
    assert allowed("max@firma.de")
    assert not allowed("eva@firma.de")


def test_addresses_that_do_not_exist_are_suppressed_and_come_back_by_undo(tmp_path):
    rows = (
        "E-Mail,Email Status,Email hard bounce reason\n"
        "a@x.de,Cleaned,\nb@x.de,Subscribed,UNKNOWN_USER\nc@x.de,Subscribed,\n"
    )
    table = bring_in("contacts", write(tmp_path / "b.csv", rows))
    assert sorted(Suppression.objects.values_list("address", "why")) == [
        ("a@x.de", "hard"),
        ("b@x.de", "hard"),
    ]
    assert table.run.summary["consents"] == {"suppressed": 2}
    assert counts(bring_in("contacts", write(tmp_path / "b.csv", rows))) == (3, 0, 0, 3, 0)
    undo(run=table.run, by=None)
    assert suppression(address="a@x.de") is None


def test_a_dry_run_counts_what_it_would_enter(tmp_path):
    rows = PROVEN.replace("E-Mail;", "E-Mail;Opted Out;").replace(".de;", ".de;;") + "weg@firma.de;ja;;;\n"
    path = write(tmp_path / "a.csv", rows)
    before = contents()
    dry = bring_in("contacts", path, dry=True)
    assert contents() == before
    assert dry.tally == {"given": 1, "withdrawn": 1}
    assert bring_in("contacts", path).tally == dry.tally


def test_undo_is_a_counter_entry_and_what_stood_before_stands_again(tmp_path):
    agreed("eva@firma.de", days=2_000)
    bring_in("contacts", write(tmp_path / "p.csv", "E-Mail,Vorname\neva@firma.de,Eva\nmax@firma.de,Max\n"))
    rows = "E-Mail;Opted Out;Newsletter;Einwilligung am;Nachweis\neva@firma.de;ja;;;\nmax@firma.de;;ja;01.01.2025;F\n"
    path = write(tmp_path / "a.csv", rows)
    table = bring_in("contacts", path)
    assert (allowed("eva@firma.de"), allowed("max@firma.de")) == (False, True)
    undo(run=table.run, by=None)
    assert (allowed("eva@firma.de"), allowed("max@firma.de")) == (True, False)
    assert not Event.objects.filter(
        kind__in=["consent.given", "consent.withdrawn"], batch=table.run.pk
    ).exists()
    assert ConsentRecord.objects.count() == 5
    words = ConsentPart.objects.filter(name="proof", content__file="a.csv").values_list(
        "content__words", flat=True
    )
    assert f"Import {table.run.pk} zurückgenommen" in words
    again = ConsentRecord.objects.filter(decision="given").order_by("number").last()
    assert again.parts.get(name="proof").content["repeats"] == "#1"
    assert check().problems == []
    bring_in("contacts", path)
    assert (allowed("eva@firma.de"), allowed("max@firma.de")) == (False, True)


def test_a_later_statement_survives_the_undo(tmp_path):
    table = bring_in("contacts", write(tmp_path / "a.csv", PROVEN))
    agreed("eva@firma.de", days=1)
    undo(run=table.run, by=None)
    assert allowed("eva@firma.de")


def test_undo_forgets_addresses_that_came_with_the_import(tmp_path):
    table = bring_in("contacts", write(tmp_path / "a.csv", PROVEN + "neu@firma.de;unsubscribed;;\n"))
    undo(run=table.run, by=None)
    assert not Person.objects.exists()
    assert not Identity.objects.filter(kind="email").exists()
    assert not ConsentPart.objects.exists()
    assert check().problems == []
    assert counts(bring_in("contacts", write(tmp_path / "a.csv", PROVEN)))[1] == 5
    assert allowed("eva@firma.de")


def test_contacts_may_be_known_by_their_phone_number(tmp_path):
    first = "Vorname,Telefon,E-Mail\nEva,+49 30 1234567,eva@alt.de\nA,+49 30 999999,a@x.de\nB,+49 30 999999,b@x.de\n"
    bring_in("contacts", write(tmp_path / "a.csv", first))
    second = (
        "Mobil,Ort,E-Mail\n030 1234567,Köln,eva@neu.de\n030 999999,Ulm,\n030 555555,Bonn,\n030 555555,Bonn,\n"
    )
    table = bring_in("contacts", write(tmp_path / "b.csv", second), match="phone")
    assert counts(table) == (4, 1, 1, 1, 1)
    assert Person.objects.get(first_name="Eva").city == "Köln"
    assert [code for _, _, code, _ in problems(table)] == ["phone_ambiguous"]

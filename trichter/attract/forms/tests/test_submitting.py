"""From the browser to the contact: what is kept first, what the checks stop, what the answers change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.attract.forms import actions, tokens
from trichter.attract.forms.models import Submission
from trichter.core.consent import actions as consents
from trichter.core.consent.models import ConsentRecord
from trichter.core.consent.queries import purpose_of, wordings
from trichter.core.events import AdClicked, PageViewed
from trichter.core.jobs.models import Job
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.models import Event
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.models import Link, Person

from .making import add, contact_form, make_form, newsletter, post, sent, settings

pytestmark = pytest.mark.django_db
BROWSER = "6f8b1f0e-0000-4000-8000-000000000001"


def one():
    return Submission.objects.get()


def test_a_submission_becomes_a_contact_with_its_event(client, delivered):
    form = contact_form()
    answer = post(client, form, sent(form, name="Max Muster", email=" MAX@firma.DE "))
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    row = one()
    assert (row.state, row.payload["email"], Person.objects.count()) == ("received", ["MAX@firma.DE"], 0)
    delivered()
    row = one()
    person = Person.objects.get()
    assert (row.state, row.person, row.new_person) == ("processed", person, True)
    assert (person.email, person.first_name, person.last_name) == ("max@firma.de", "Max", "Muster")
    event = Event.objects.get(kind="form.submitted")
    assert event.data == {"form": "contact", "goal": "lead"} and event.identity.value == "max@firma.de"
    assert (event.source, event.page) == ("brief", "/kontakt")


def test_the_language_of_the_page_is_the_contact_s_until_another_is_known(client, delivered):
    form = contact_form()
    find_or_create_person(email="alt@firma.de", at=timezone.now(), origin="test")
    for email, language in (("alt@firma.de", "en"), ("neu@firma.de", "en"), ("neu@firma.de", "de")):
        post(client, form, sent(form, email=email) | {"_lang": language})
        delivered()
    known = {("alt@firma.de", "en"), ("neu@firma.de", "en")}
    assert set(Person.objects.values_list("email", "language")) == known


def test_differently_written_addresses_are_one_person(client, delivered):
    form = contact_form()
    for email in ("MAX@firma.DE ", "max@firma.de", " Max@Firma.de"):
        post(client, form, sent(form, email=email))
    delivered()
    assert Person.objects.count() == 1 and Submission.objects.filter(state="processed").count() == 3


@pytest.mark.parametrize(
    ("reason", "sending", "changes"),
    [
        ("honeypot", {"homepage_url": "https://spam.example"}, {}),
        ("fast", {"ago": 1}, {}),
        ("proof", {"proof": "1"}, {}),
        ("no_proof", {"proof": False}, {"scripts_only": True}),
        ("disposable", {"email": "a@mailinator.com"}, {}),
        ("disposable", {"email": "a@deep.mailinator.com"}, {}),
    ],
)
def test_a_failed_check_creates_no_contact(client, delivered, login, reason, sending, changes):
    form = contact_form(**changes)
    answer = post(client, form, sent(form, **({"email": "bot@example.com"} | sending)))
    # Who sends spam does not learn that it was noticed.
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    delivered()
    row = one()
    assert (row.state, row.reason) == ("quarantined", reason)
    assert not Person.objects.exists() and not Event.objects.filter(kind="form.submitted").exists()
    actions.release(submission=row, by=login("marketing").user)
    delivered()
    assert one().state == "processed" and Person.objects.count() == 1


def test_a_forged_token_is_quarantined_and_a_missing_one_asks_to_send_again(client, delivered):
    form, other = contact_form(), make_form("other")
    data = sent(form, email="a@example.com") | {"_token": tokens.issue(form=other.pk, now=0).text}
    assert post(client, form, data).status_code == 422
    delivered()
    assert (one().state, one().reason) == ("quarantined", "token")
    Submission.objects.all().delete()
    answer = client.post("/f/contact/", {"email": "a@example.com", "name": "Anna"})
    assert answer.status_code == 422 and 'value="a@example.com"' in answer.content.decode()
    delivered()
    assert one().state == "invalid" and not Person.objects.exists()


def test_too_many_from_one_network_and_fewer_without_scripts(client, delivered):
    settings(per_hour=3, per_hour_unproven=1)
    form = contact_form()
    for number in range(2):
        post(client, form, sent(form, proof=False, email=f"p{number}@example.com"))
    for number in range(2):
        post(client, form, sent(form, email=f"q{number}@example.com"), REMOTE_ADDR="127.0.0.77")
    post(client, form, sent(form, email="else@example.com"), REMOTE_ADDR="203.0.113.9")
    delivered()
    assert sorted(Person.objects.values_list("email", flat=True)) == [
        "else@example.com", "p0@example.com", "q0@example.com",
    ]  # fmt: skip
    assert set(Submission.objects.filter(state="quarantined").values_list("reason", flat=True)) == {"rate"}


def test_a_second_click_is_the_same_submission_and_a_correction_replaces_it(client, delivered):
    form = contact_form()
    data = sent(form, email="wrong")
    answer = post(client, form, data)
    assert answer.status_code == 422 and list(answer.json()["errors"]) == ["email"]
    assert one().payload["email"] == ["wrong"]  # kept before anybody looked at it
    delivered()
    assert one().state == "invalid"
    for _click in range(2):
        assert post(client, form, data | {"email": "right@example.com"}).json()["ok"]
    delivered()
    post(client, form, data | {"email": "third@example.com"})
    delivered()
    assert (one().state, Person.objects.get().email) == ("processed", "right@example.com")
    assert Event.objects.filter(kind="form.submitted").count() == 1


def test_better_data_is_not_overwritten_and_the_difference_is_kept(client, delivered):
    form = contact_form()
    add(form, "phone", "phone", target="person.phone")
    add(form, "job", target="person.job_title", overwrite=True)
    add(form, "firm", target="company.name")
    post(client, form, sent(form, name="Max Muster", email="max@firma.de", firm="Muster GmbH"))
    post(
        client,
        form,
        sent(form, name="Moritz", email="max@firma.de", phone="030 1234567", job="Chef", firm="Andere AG"),
    )
    post(
        client, form, sent(form, email="max@firma.de", phone="030 7654321", job="Inhaber", firm="MUSTER gmbh")
    )
    delivered()
    person = Person.objects.get()
    assert (person.first_name, person.phone, person.job_title) == ("Max", "+49301234567", "Inhaber")
    assert person.company.name == "Muster GmbH"
    _first, second, third = Submission.objects.order_by("pk")
    assert [(one["field"], one["change"]) for one in second.changes] == [
        ("person.first_name", "kept"), ("person.phone", "filled"), ("person.job_title", "filled"),
        ("company.name", "kept"),
    ]  # fmt: skip
    assert [(one["field"], one["before"], one["change"]) for one in third.changes] == [
        ("person.phone", "+49301234567", "kept"), ("person.job_title", "Chef", "replaced"),
    ]  # fmt: skip


def test_hidden_questions_are_neither_required_nor_kept(client, delivered):
    form = contact_form()
    add(form, "kind", "choice", options=[{"value": "firm", "de": "Firma"}, {"value": "me", "de": "Privat"}])
    add(form, "firm", required=True, target="company.name", show_field="kind", show_value="firm")
    assert post(client, form, sent(form, email="a@example.com", kind="firm")).status_code == 422
    assert post(client, form, sent(form, email="b@example.com", kind="me", firm="Erschlichen AG")).json()[
        "ok"
    ]
    delivered()
    row = Submission.objects.get(state="processed")
    assert row.person.company is None and [one["key"] for one in row.answers] == ["email", "kind"]


def test_consents_are_asked_or_given_with_the_wording_that_was_shown(client, delivered):
    form = contact_form()
    _field, wording = newsletter(form)
    other = purpose_of("newsletter")
    add(form, "call", "consent", purpose=other, channel="phone", mode="direct")
    post(client, form, sent(form, email="a@example.com", news=str(wording.pk), call=str(wording.pk)))
    stranger = wordings(purpose=purpose_of("statistics"), language="de").first()
    post(client, form, sent(form, email="b@example.com", call=str(stranger.pk)))
    delivered()
    asked, given = Submission.objects.order_by("pk").first().consents
    assert (asked["given"], asked["channel"], asked["wording"]) == (False, "email", wording.pk)
    assert (given["given"], given["channel"]) == (True, "phone")
    record_ = ConsentRecord.objects.get()
    assert (record_.how, record_.channel, record_.wording) == ("form", "phone", wording)
    assert record_.parts.get(name="proof").content["form"] == "contact"


def consented(browser=BROWSER):
    identity = identify(kind="visitor", value=f"id:{browser}")
    words = wordings(purpose=purpose_of("statistics"), language="de").first()
    at = timezone.now() - timedelta(days=3)
    consents.give(identity=identity, purpose="statistics", channel="web", at=at, how="banner", wording=words)
    return identity


def visit(identity, *, days, **touch):
    at = timezone.now() - timedelta(days=days, minutes=5)
    record(Entry(fact=PageViewed(), at=at, identity=identity, session=100 + int(days), page="/", **touch))


def test_a_consented_browser_is_linked_and_first_and_last_touch_come_from_its_visits(client, delivered):
    form = contact_form()
    identity = consented()
    visit(identity, days=2, source="google", medium="cpc", campaign="herbst")
    visit(identity, days=0, source="newsletter", medium="email")
    client.cookies["tr_id"] = BROWSER
    post(client, form, sent(form, email="a@example.com"))
    delivered()
    assert Link.objects.get(identity=identity).evidence == "Formular „Kontakt“"
    assert one().touches == {
        "first": {"source": "google", "medium": "cpc", "campaign": "herbst"},
        "last": {"source": "newsletter", "medium": "email"},
    }
    event = Event.objects.get(kind="form.submitted")
    assert (event.source, event.session) == ("newsletter", 100)


def test_the_clicks_on_ads_of_first_and_last_visit_are_kept_with_the_submission(client, delivered):
    form, identity = contact_form(), consented()
    visit(identity, days=2, source="google", medium="cpc")
    visit(identity, days=0, source="bing", medium="cpc")
    for days, parameter, value in ((2, "gclid", "Cj0KCQiA"), (0, "msclkid", "0123456789")):
        at = timezone.now() - timedelta(days=days, minutes=5)
        fact = AdClicked(network="x", parameter=parameter, click=value)
        record(Entry(fact=fact, at=at, identity=identity, session=100 + days, source="x"))
    client.cookies["tr_id"] = BROWSER
    post(client, form, sent(form, email="a@example.com"))
    delivered()
    touches = one().touches
    assert (touches["first"]["click"], touches["last"]["click"]) == ("gclid=Cj0KCQiA", "msclkid=0123456789")


@pytest.mark.parametrize("why", ["no consent", "gpc"])
def test_a_browser_that_may_not_be_recognised_is_not_linked(client, delivered, why):
    form = contact_form()
    more = {}
    if why == "gpc":
        consented()
        more["HTTP_SEC_GPC"] = "1"
    client.cookies["tr_id"] = BROWSER
    post(client, form, sent(form, email="a@example.com"), **more)
    delivered()
    assert not Link.objects.filter(identity__kind="visitor").exists()
    assert BROWSER not in str(one().__dict__)


def test_progressive_questions_follow_each_other_for_this_browser_alone(client, delivered):
    form = contact_form(questions=1)
    for key in ("size", "plan", "budget"):
        add(form, key, progressive=True)
    consented()
    client.cookies["tr_id"] = BROWSER

    def asked():
        html = client.get("/f/contact/").content.decode()
        return [key for key in ("size", "plan", "budget") if f'name="{key}"' in html]

    assert asked() == ["size"]
    post(client, form, sent(form, email="a@example.com", size="20", without=("plan", "budget")))
    delivered()
    assert asked() == ["plan"]
    # The same address typed in another browser shows nothing of what is known.
    client.cookies.clear()
    post(client, form, sent(form, email="a@example.com", without=("size", "plan", "budget")))
    delivered()
    assert asked() == ["size"]


def test_ip_addresses_are_kept_only_if_wanted_and_forgotten(client):
    form = contact_form()
    post(client, form, sent(form, email="a@example.com"))
    assert one().ip is None
    Submission.objects.all().delete()
    settings(keep_ip_days=2)
    post(client, form, sent(form, email="a@example.com"))
    assert one().ip == "127.0.0.1"
    actions.tidy(now=timezone.now() + timedelta(days=1))
    assert one().ip == "127.0.0.1"
    actions.tidy(now=timezone.now() + timedelta(days=2, minutes=1))
    assert one().ip is None


def test_colleagues_are_told_once(client, delivered):
    form = contact_form(notify=["sales@example.com"])
    post(client, form, sent(form, email="a@example.com", name="Anna"))
    sent_mails = delivered()
    assert [mail.to for mail in sent_mails] == [["sales@example.com"]]
    assert sent_mails[0].subject == "Neuer Eingang: Kontakt"
    assert Job.objects.filter(name="forms.process").count() == 1


def test_what_is_stored_and_mailed_is_in_the_language_of_the_house(client, delivered, settings):
    settings.LANGUAGE_CODE = "en"
    form = contact_form(notify=["sales@example.com"])
    post(client, form, sent(form, email="a@example.com", name="Anna"))
    assert [mail.subject for mail in delivered()] == ["New submission: Kontakt"]
    assert {link.evidence for link in Link.objects.exclude(evidence="")} == {"Form “Kontakt”"}

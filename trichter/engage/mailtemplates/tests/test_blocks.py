from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from lxml import html as lxml_html

from trichter.core.mail import html, tokens
from trichter.core.mail.actions import ensure_mailing, queue
from trichter.core.mail.tests.making import ready
from trichter.core.people.models import Company, Person
from trichter.engage.mailtemplates import actions, lint, queries
from trichter.engage.mailtemplates.models import MailTemplate
from trichter.engage.mailtemplates.rendering import KEY, compile_template, values, write
from trichter.engage.mailtemplates.starters import STARTERS

from .making import BASE, button, image, template, text

pytestmark = pytest.mark.django_db
HOSTS = {"crm.firma.de"}


def mail_of(made: MailTemplate, person: Person | None = None, **extra: Any) -> Any:
    found = compile_template(template=made, base=BASE)
    given = values(
        person=person, address="eva@firma.example", unsubscribe_url=f"{BASE}/m/u/abc", house=ready(),
        language=found.language, form=found.form, extra=extra,
    )  # fmt: skip
    return write(found=found, given=given)


def seen(mail: Any) -> str:
    """The words of the HTML part."""
    return " ".join(lxml_html.document_fromstring(mail.html).find("body").text_content().split())


def eva() -> Person:
    company = Company.objects.create(name="Müller & Söhne", created_at=timezone.now())
    return Person.objects.create(
        salutation="ms", title="Dr.", first_name="Eva", last_name="Müller", company=company,
        email="eva@firma.example", created_at=timezone.now(),
    )  # fmt: skip


COLUMNS = {
    "left": [{"type": "heading", "value": {"text": "Links oben", "level": "2"}}],
    "right": [{"type": "text", "value": "<p>Rechts unten</p>"}],
}
BLOCKS: dict[str, tuple[tuple[str, Any], list[str]]] = {
    "heading": (("heading", {"text": "Große & kleine", "level": "1"}), ["Große & kleine"]),
    "text": (
        text('<p>Ein <b>fetter</b> Satz.<br></p><ul><li>Punkt</li></ul><p><a href="/preise/">Preise</a></p>'),
        ["fetter", "Punkt", "Preise"],
    ),
    "button": (button("Jetzt lesen"), ["Jetzt lesen"]),
    "columns": (("columns", COLUMNS), ["Links oben", "Rechts unten"]),
    "quote": (("quote", {"text": "Spart <viel> Zeit", "by": "A. Kunde"}), ["Spart <viel> Zeit", "A. Kunde"]),
    "divider": (("divider", None), []),
    "spacer": (("spacer", {"height": 20}), []),
    "signature": (("signature", {"closing": "Grüße", "name": "N. Name", "role": ""}), ["Grüße", "N. Name"]),
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_each_block_says_its_text_in_both_parts_and_loads_nothing(kind: str) -> None:
    block, words = BLOCKS[kind]
    if kind == "columns":
        made = template()
        made.body = made.body.stream_block.to_python([{"type": "columns", "value": COLUMNS}])
    else:
        made = template(block)
    mail = mail_of(made)
    for word in words:
        assert word in seen(mail)
        assert word in mail.text
    assert html.foreign_hosts(mail.html, own=HOSTS) == set()
    assert "LQT" not in mail.html and "LQT" not in mail.text
    assert "<" not in mail.text.replace("<viel>", "")


def test_a_picture_comes_from_our_own_host_with_its_description(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    made = template(("image", {"image": image(), "alt": 'Eine "rote" Fläche', "url": "/preise/"}))
    mail = mail_of(made)
    picture = lxml_html.document_fromstring(mail.html).find(".//img")
    assert picture.get("src").startswith(f"{BASE}/media/")
    assert picture.get("alt") == 'Eine "rote" Fläche'
    assert 'Eine "rote" Fläche' in mail.text
    assert f"{BASE}/preise/" in mail.text
    assert html.foreign_hosts(mail.html, own=HOSTS) == set()
    assert html.foreign_hosts(mail.html, own={"other.example"}) == HOSTS


def test_tags_are_filled_for_the_contact_and_escaped() -> None:
    made = template(
        text("<p>{{ salutation }}, grüßen Sie {{ company.name }}!</p>"),
        text("<p>{{ person.job_title | default: &quot;ohne Titel&quot; }}</p>"),
    )
    mail = mail_of(made, eva())
    assert mail.subject == "Neues für Eva"
    assert "Sehr geehrte Frau Dr. Müller, grüßen Sie Müller &amp; Söhne!" in mail.html
    assert "grüßen Sie Müller & Söhne!" in mail.text
    assert "ohne Titel" in mail.text
    assert mail_of(made).subject == "Neues für Sie"


def test_a_condition_around_text_works_in_both_parts() -> None:
    made = template(text("<p>Hallo{% if company.name %} bei {{ company.name }}{% endif %}.</p>"))
    assert "Hallo bei Müller & Söhne." in mail_of(made, eva()).text
    assert "Hallo." in seen(mail_of(made))


def test_advertising_ends_with_postal_address_and_the_way_out_whatever_the_editor_does() -> None:
    mail = mail_of(template())
    for part in (mail.html, mail.text):
        assert "Hauptstr. 1" in part
        assert f"{BASE}/m/u/abc" in part
    assert "Wählen" not in mail.html
    other = mail_of(template(key="b"), preferences_url=f"{BASE}/prefs/x")
    assert f"{BASE}/prefs/x" in other.html and f"{BASE}/prefs/x" in other.text


def test_a_system_mail_names_the_company_and_offers_no_way_out() -> None:
    made = actions.ensure(key="double-opt-in", language="de")
    mail = mail_of(made, confirm_url=f"{BASE}/o/1")
    assert f"{BASE}/o/1" in mail.html and f"{BASE}/o/1" in mail.text
    assert "Hauptstr. 1" in mail.html
    assert "/m/u/" not in mail.html
    assert actions.ensure(key="double-opt-in", language="de") == made


@pytest.mark.parametrize("one", STARTERS, ids=lambda one: f"{one.key}-{one.language}")
def test_every_starter_is_valid_and_renders(one: Any) -> None:
    made = actions.from_starter(key=one.key, language=one.language)
    assert not made.live and made.latest_revision is not None
    made.full_clean(exclude=["latest_revision", "live_revision"])
    mail = mail_of(made, eva())
    assert one.language == "de" or "Dear" in mail.text
    assert "{{" not in mail.html + mail.text + mail.subject
    assert f'lang="{one.language}"' in mail.html
    # What is left to fill in is all that keeps it from being sent, and that there is no website yet.
    assert {found.key for found in lint.findings(template=made) if found.blocking} <= {
        "placeholder", "dead_link",
    }  # fmt: skip
    assert not {"other_language", "mixed_language", "other_subject"} & {
        found.key for found in lint.findings(template=made)
    }


def test_light_and_dark_are_both_declared() -> None:
    mail = mail_of(template())
    assert '<meta name="color-scheme" content="light dark"' in mail.html
    assert "prefers-color-scheme: dark" in mail.html


def test_a_bad_tag_is_refused_at_the_field_with_its_place() -> None:
    made = template()
    made.subject = "Hallo {{ persn.name }}"
    made.body = [("heading", {"text": "{{ person.first_name", "level": "1"})]
    with pytest.raises(ValidationError) as caught:
        made.full_clean(exclude=["latest_revision", "live_revision"])
    assert "persn.name" in str(caught.value.message_dict["subject"])
    with pytest.raises(ValidationError):
        made.body.stream_block.clean(made.body)


def test_what_the_check_finds() -> None:
    def keys(*blocks: Any, **values: Any) -> set[str]:
        number = MailTemplate.objects.count()
        return {one.key for one in lint.findings(template=template(*blocks, key=f"k{number}", **values))}

    assert keys() == set()
    assert keys(text("<p>x</p>")) == {"no_cta"}
    assert keys(button(), button("Zwei")) == {"two_primary"}
    assert keys(button(), button("Zwei", style="secondary")) == set()
    assert keys(button(), subject="x" * 61) == {"long_subject"}
    assert keys(button(), preheader="") == {"no_preheader"}
    assert keys(button(), text("<p>" + "viel Text " * 11_000 + "</p>")) == {"heavy"}
    empty = MailTemplate.objects.create(key="e", name="e", subject="e", live=False)
    assert [(one.key, one.blocking) for one in lint.findings(template=empty)] == [("empty", True)]


def test_sending_by_key_uses_the_published_version_and_a_pinned_one_stays(
    delivered: Callable[[], Any],
) -> None:
    ready()
    made = template(text("<p>Erste</p>"), message_class="system")
    pinned = made.live_revision_id
    made.body = [text("<p>Zweite</p>")]
    made.save_revision().publish()
    made.refresh_from_db()
    made.body = [text("<p>Entwurf</p>")]
    made.save_revision()
    mailing = ensure_mailing(key="m", name="m", message_class="system")
    for key, variables in {"now": {"template": "probe"}, "pinned": {"revision": pinned}}.items():
        queue(mailing=mailing, key=key, address="eva@firma.example", renderer=KEY, variables=variables)
    queue(mailing=mailing, key="none", address="eva@firma.example", renderer=KEY, variables={"template": "-"})
    bodies = [mail.body for mail in delivered()]
    assert ["Zweite" in body for body in bodies] == [True, False]
    assert "Erste" in bodies[1]
    failed = mailing.deliveries.get(key="none")
    assert (failed.state, failed.reason) == ("failed", "no_text")


def test_the_preview_needs_no_contact_and_shows_only_one_whom_the_user_may_see(
    make_user: Callable[..., Any],
) -> None:
    made, person = template(), eva()
    person.owner = make_user("sales")
    person.save()
    me = make_user("marketing")
    without = made.make_preview_request(preview_mode="without").content.decode()
    assert "Guten Tag," in without
    request = type("R", (), {"user": me})()
    assert "Dr. Müller" in made.serve_preview(request, "with").content.decode()
    request.user = make_user()
    assert "Dr. Müller" not in made.serve_preview(request, "with").content.decode()


def test_the_list_and_a_start_from_a_starter(login: Callable[..., Any]) -> None:
    client = login("marketing")
    assert "Willkommen" in client.get("/app/mail-templates/").content.decode()
    response = client.post("/app/mail-templates/start/", {"starter": "welcome/de"})
    made = queries.templates().get()
    assert response.url == f"/cms/snippets/mailtemplates/mailtemplate/edit/{made.pk}/"
    assert client.get(response.url).status_code == 200
    assert client.post("/app/mail-templates/start/", {"starter": "no/de"}).url == "/app/mail-templates/"
    assert tokens is not None


def test_those_without_the_right_make_none(login: Callable[..., Any]) -> None:
    client = login("sales")
    assert client.get("/app/mail-templates/").status_code == 200
    assert client.post("/app/mail-templates/start/", {"starter": "welcome/de"}).status_code == 403
    assert not MailTemplate.objects.exists()


@pytest.mark.parametrize(
    ("own", "of_template", "line"),
    [
        ("", "formal", "Sehr geehrte Frau Dr. Müller,"), ("familiar", "formal", "Hallo Eva,"),
        ("", "familiar", "Hallo Eva,"), ("formal", "familiar", "Sehr geehrte Frau Dr. Müller,"),
    ],
)  # fmt: skip
def test_the_form_of_address_of_the_contact_goes_before_that_of_the_template(
    own: str, of_template: str, line: str
) -> None:
    person = eva()
    person.address_form = own
    assert line in seen(mail_of(template(form=of_template), person=person))

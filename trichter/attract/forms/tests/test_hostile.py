"""Whatever is sent: an answer below 500, and never a contact that nobody asked for."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trichter.attract.forms.models import FormField, Submission, Upload
from trichter.core.people.models import Person

from .making import add, contact_form, make_form, newsletter, post, sent

pytestmark = pytest.mark.django_db
NASTY = (
    "\0", "\ud83d", "' OR 1=1 --", "<script>alert(1)</script>", "{{ 7*7 }}", "%s%n", "\u202egnp.exe", "𝒳" * 300, "x" * 20_000,
    "-1", "1e400", "NaN", "2026-02-31", "٣", "\r\nBcc: x@example.com", "../../etc/passwd", "[]", "null",
)  # fmt: skip


def big_form():
    form = make_form("big")
    for kind in FormField.Kind.values:
        if kind == "consent":
            newsletter(form)
        else:
            add(
                form,
                kind,
                kind,
                options=[{"value": "a"}, {"value": "b"}],
                target="person.email" if kind == "email" else "",
            )
    return form


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nasty_texts_in_every_field(client, delivered, text):
    form = big_form()
    fields = dict.fromkeys(
        [*FormField.Kind.values, "news", "_lang", "_page", "_ref", "_step", "_id", "unknown"], text
    )
    data = {key: value.encode("utf-8", "replace").decode() for key, value in (sent(form) | fields).items()}
    answer = post(client, form, data, HTTP_REFERER="https://example.com/", HTTP_COOKIE="tr_id=\"';--")
    assert answer.status_code < 500
    for name in ("_token", "_proof"):
        assert post(client, form, data | {name: data["text"]}).status_code < 500
    assert post(client, form, data | {"_next": "1"}).status_code < 500
    delivered()
    assert not Submission.objects.filter(state="failed").exists()
    assert not Person.objects.exists()


def test_ten_thousand_fields_and_great_bodies_are_refused(client):
    form = contact_form()
    assert post(client, form, sent(form) | {f"f{n}": "x" for n in range(10_000)}).status_code == 400
    assert (
        client.post(
            "/f/contact/", b"x" * 6_000_000, content_type="application/x-www-form-urlencoded"
        ).status_code
        == 400
    )
    assert client.generic("POST", "/f/contact/", b"x", CONTENT_LENGTH=str(10**9)).status_code in (400, 413)
    many = sent(form, email="a@example.com") | {f"f{n}": "y" * 5_000 for n in range(500)}
    assert post(client, form, many).status_code < 500
    for row in Submission.objects.all():
        assert len(json.dumps(row.payload)) < 1_000_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"page": 1, "id": [], "lang": {}}',
        b"[" * 5_000,
        b'{"page": "http://["}',
    ],
)
def test_the_piece_for_other_sites(client, body):
    contact_form()
    assert client.post("/f/contact/form", body, content_type="text/plain").status_code in (200, 400)


def test_only_pages_of_own_domains_may_use_a_form(client, settings):
    from trichter.core.shell.models import Installation

    Installation.objects.update_or_create(pk=1, defaults={"own_domains": ["firma.de"]})
    form = contact_form()
    for origin, status in (("https://www.firma.de", 200), ("https://firma.de.evil.com", 403), ("null", 403)):
        asked = client.post("/f/contact/form", b"{}", content_type="text/plain", HTTP_ORIGIN=origin)
        answer = post(client, form, sent(form, email="a@example.com"), HTTP_ORIGIN=origin)
        assert (asked.status_code, answer.status_code) == (status, status)
        assert answer.headers.get("Access-Control-Allow-Origin", "") == (origin if status == 200 else "")
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("cv.pdf", b"%PDF-1.7", 200), ("cv.pdf", b"MZ\x90\0", 422), ("cv.exe", b"MZ", 422), ("a.html", b"<p>", 422),
        ("cv.svg", b"<svg/>", 422), ("no-ending", b"x", 422), ("a.txt", b"plain", 200), ("a.txt", b"a\0b", 422),
        ("../../x.pdf", b"%PDF", 422), ("big.pdf", b"%PDF-" + b"x" * 1_100_000, 422), ("empty.pdf", b"", 422),
    ],
)  # fmt: skip
def test_files_are_bounded_and_of_a_known_type(client, delivered, name, content, status):
    form = contact_form()
    add(form, "cv", "file", required=True, most_mb=1)
    answer = post(client, form, sent(form, email="a@example.com", cv=SimpleUploadedFile(name, content)))
    assert answer.status_code == status
    assert Upload.objects.count() == (status == 200)
    for upload in Upload.objects.all():
        path = upload.file.path
        with open(path, "rb") as kept:
            assert kept.read() == content
    Submission.objects.all().delete()


def test_drafts_do_not_exist_and_closed_forms_take_nothing(client):
    draft, closed = make_form("draft", state="draft"), make_form("closed", state="closed")
    assert client.get("/f/draft/").status_code == 404
    assert post(client, draft, sent(draft)).status_code == 404
    assert client.get("/f/closed/").status_code == 200
    post(client, closed, sent(closed))
    assert not Submission.objects.exists()


def test_prefill_takes_only_what_is_allowed_and_escapes_it(client):
    form = contact_form()
    add(form, "plan", prefill=True)
    html = client.get("/f/contact/", {"plan": '"><script>', "email": "victim@example.com"}).content.decode()
    assert "&quot;&gt;&lt;script&gt;" in html and "victim@example.com" not in html.replace(
        "email=victim%40example.com", ""
    )
    assert client.get("/f/contact/").cookies == {}

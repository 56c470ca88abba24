"""The back office: building a form, looking at what came, and who may."""

import pytest

from trichter.attract.forms.models import Form, FormField, Submission, Upload

from .making import add, contact_form, post, sent

pytestmark = pytest.mark.django_db


def test_a_new_form_starts_with_questions_and_can_be_built(login):
    client = login("marketing")
    answer = client.post(
        "/app/forms/new/", {"name": "Angebot anfordern", "state": "live", "questions": 2, "seconds": 3}
    )
    form = Form.objects.get()
    assert answer.status_code == 302 and form.slug == "angebot-anfordern"
    assert [one.key for one in form.fields.all()] == ["name", "email", "message"]
    base = f"/app/forms/{form.pk}/"
    for kind, _label in FormField.Kind.choices:
        assert client.get(f"{base}fields/new/{kind}/").status_code == 200
    data = {
        "label_de": "Anzahl Plätze",
        "options": "1\n2 | zwei | two",
        "show_field": "name",
        "show_op": "filled",
    }
    assert client.post(f"{base}fields/new/choice/", data).status_code == 302
    field = form.fields.get(kind="choice")
    assert (field.key, field.options[1]) == ("anzahl_plaetze", {"value": "2", "de": "zwei", "en": "two"})
    assert client.post(f"{base}fields/new/choice/", {"label_de": "Leer", "options": ""}).status_code == 422
    assert client.post(f"{base}fields/{field.pk}/up/").status_code == 302
    assert [one.key for one in form.fields.all()] == ["name", "email", "anzahl_plaetze", "message"]
    client.post(f"{base}fields/{field.pk}/delete/")
    for tab in ("build", "figures", "embed", "history"):
        assert client.get(f"{base}?tab={tab}").status_code == 200
    preview = client.get(f"{base}preview/?lang=en").content.decode()
    assert "Your name" in preview and "data-trf-preview" in preview
    assert client.get("/f/angebot-anfordern/").status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://[",
        "x" * 600,
    ],
)
def test_no_form_leads_to_a_foreign_site(login, page):
    data = {"name": "A", "state": "live", "questions": 2, "seconds": 3, "thanks_page": page}
    assert login("marketing").post("/app/forms/new/", data).status_code == 422


def test_submissions_are_shown_released_and_exported(client, login, delivered):
    form = contact_form()
    post(client, form, sent(form, email="a@example.com", name="Anna <b>x</b>"))
    post(client, form, sent(form, email="b@example.com", homepage_url="x"))
    delivered()
    good, bad = Submission.objects.order_by("pk")
    colleague = login("marketing")
    page = colleague.get("/app/submissions/").content.decode()
    assert "a@example.com" in page and "b@example.com" in page
    page = colleague.get(f"/app/submissions/{good.pk}/").content.decode()
    assert "Anna &lt;b&gt;x&lt;/b&gt;" in page and "<b>x</b>" not in page
    assert colleague.get(f"/app/submissions/{bad.pk}/").status_code == 200
    colleague.post(f"/app/submissions/{bad.pk}/release/")
    colleague.post(
        f"/app/submissions/{bad.pk}/release/"
    )  # the second one is told that it is released already
    colleague.post(f"/app/submissions/{good.pk}/replay/")
    delivered()
    bad.refresh_from_db()
    assert (bad.state, bad.released_by) == ("processed", colleague.user)
    assert colleague.get("/app/submissions/export/?format=csv").status_code == 200
    assert "Kontakt" in colleague.get(f"/app/people/{good.person_id or bad.person_id}/").content.decode()


def test_rows_and_rights(client, login, make_user, delivered):
    form = contact_form()
    add(form, "cv", "file")
    from django.core.files.uploadedfile import SimpleUploadedFile

    post(client, form, sent(form, email="a@example.com", cv=SimpleUploadedFile("cv.pdf", b"%PDF-1.7 x")))
    delivered()
    row = Submission.objects.get()
    upload = Upload.objects.get()
    mine = login("sales")
    assert mine.get(f"/app/submissions/{row.pk}/").status_code == 200
    answer = mine.get(f"/app/submissions/{row.pk}/files/{upload.pk}/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 x"
    person = row.person
    person.owner = make_user("sales")
    person.save()
    for address in ("", f"files/{upload.pk}/"):
        assert mine.get(f"/app/submissions/{row.pk}/{address}").status_code == 404
    assert "a@example.com" not in mine.get("/app/submissions/").content.decode()
    assert mine.post(f"/app/submissions/{row.pk}/release/").status_code == 403
    assert mine.get(f"/app/forms/{form.pk}/").status_code == 403
    nobody = login()
    assert nobody.get(f"/app/submissions/{row.pk}/").status_code == 403


def test_a_form_with_submissions_is_not_deleted(client, login):
    form = contact_form()
    post(client, form, sent(form, email="a@example.com"))
    assert login("marketing").post(f"/app/forms/{form.pk}/delete/").status_code == 422
    assert Form.objects.exists()


def test_settings_are_bounded(login):
    client = login("marketing")
    data = {"keep_ip_days": 99, "per_hour": 20, "per_hour_unproven": 4}
    assert client.post("/app/forms/settings/", data).status_code == 422
    assert client.post("/app/forms/settings/", data | {"keep_ip_days": 3}).status_code == 302

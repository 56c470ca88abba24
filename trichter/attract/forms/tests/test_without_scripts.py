"""The same form in a browser without scripts: steps, conditions, errors, thanks."""

import html
import re

import pytest

from trichter.attract.forms.models import Submission

from .making import add, hidden_inputs, make_form, sent

pytestmark = pytest.mark.django_db


def stepped():
    form = make_form("offer", seconds=0, thanks_de="Danke schön")
    add(
        form,
        "what",
        "choice",
        options=[{"value": "new", "de": "Neu"}, {"value": "old", "de": "Alt"}],
        required=True,
    )
    add(form, "number", required=True, show_field="what", show_value="old")
    add(form, "more", "step", label_de="Über Sie")
    add(form, "email", "email", required=True, target="person.email")
    return form


def here(page):
    """Number of the step that is seen."""
    shown = [("hidden" not in tag) for tag in re.findall(r"<fieldset class=\"trf-step\"[^>]*>", page)]
    return shown.index(True)


def carried(page, **values):
    return {key: html.unescape(value) for key, value in hidden_inputs(page).items()} | values


def test_steps_conditions_and_errors(client, delivered):
    stepped()
    page = client.get("/f/offer/").content.decode()
    assert here(page) == 0 and "trf-field trf-text" in page
    answer = client.post("/f/offer/", carried(page, _next="1"))
    assert answer.status_code == 422 and here(answer.content.decode()) == 0
    assert not Submission.objects.exists()
    answer = client.post("/f/offer/", carried(page, _next="1", what="old"))
    page = answer.content.decode()  # the condition came true, so the question is asked first
    assert here(page) == 0 and 'data-trf-field="number"' in page
    assert client.post("/f/offer/", carried(page, _next="1", what="old")).status_code == 422
    page = client.post("/f/offer/", carried(page, _next="1", what="old", number="K-7")).content.decode()
    assert here(page) == 1 and 'value="K-7"' in page
    back = client.post("/f/offer/", carried(page, _back="1", what="old", number="K-7")).content.decode()
    assert here(back) == 0
    answer = client.post("/f/offer/", carried(page, what="old", number="K-7", email="nonsense"))
    assert answer.status_code == 422 and "aria-invalid" in answer.content.decode()
    answer = client.post("/f/offer/", carried(page, what="old", number="K-7", email="a@example.com"))
    assert answer.status_code == 302
    assert "Danke schön" in client.get(answer.headers["Location"]).content.decode()
    delivered()
    row = Submission.objects.get()
    assert row.state == "processed" and [one["value"] for one in row.answers] == [
        "old",
        "K-7",
        "a@example.com",
    ]


def test_german_and_english(client):
    form = make_form()
    add(form, "email", "email", label_de="E-Mail-Adresse", label_en="E-mail address")
    german = client.get("/f/contact/?lang=de").content.decode()
    english = client.get("/f/contact/?lang=en").content.decode()
    assert "E-Mail-Adresse" in german and "Absenden" in german
    assert "E-mail address" in english and ">Send<" in english


def test_the_thank_you_page_may_be_of_ones_own(client):
    form = make_form(thanks_page="/danke/", seconds=0)
    add(form, "email", "email")
    data = sent(form, email="a@example.com")
    del data["_js"]
    assert client.post("/f/contact/", data).headers["Location"] == "/danke/"

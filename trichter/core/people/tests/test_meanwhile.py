"""Two tabs with the same contact: what was left alone stays as the other left it, what both changed is asked."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from trichter.core.people.models import Person
from trichter.core.people.tests.helpers import person

pytestmark = pytest.mark.django_db


def url(name: str, pk: int) -> str:
    return reverse(f"people:{name}", args=[pk])


def opened(client: Client, pk: int) -> dict[str, list[str]]:
    """What a browser would send of the form as it is shown now."""
    form = client.get(url("person_edit", pk)).context["form"]
    page = client.get(url("person_edit", pk)).content.decode()
    sent = {"_seen": [html.unescape(re.search(r'name="_seen" value="([^"]*)"', page)[1])]}
    for name in form.fields:
        value = form.fields[name].widget.format_value(form[name].value())
        if isinstance(form[name].value(), bool):
            sent[name] = ["on"] if form[name].value() else []
        else:
            sent[name] = (
                [str(one) for one in value] if isinstance(value, list | tuple) else [str(value or "")]
            )
    return sent


def test_a_field_that_was_left_alone_keeps_what_the_other_tab_wrote(login):
    one, client = person("max@firma.de", city="Ulm", job_title="Einkauf"), login("marketing")
    first, second = opened(client, one.pk), opened(client, one.pk)
    assert client.post(url("person_edit", one.pk), first | {"city": "Bonn"}).status_code == 302
    assert client.post(url("person_edit", one.pk), second | {"job_title": "Leitung"}).status_code == 302
    one.refresh_from_db()
    assert (one.city, one.job_title) == ("Bonn", "Leitung")


def test_a_field_that_both_changed_is_asked_once_and_then_overwritten(login):
    one, client = person("max@firma.de", city="Ulm"), login("marketing", language="de")
    first, second = opened(client, one.pk), opened(client, one.pk)
    client.post(url("person_edit", one.pk), first | {"city": "Bonn"})
    asked = client.post(url("person_edit", one.pk), second | {"city": "Köln"})
    page = asked.content.decode()
    assert asked.status_code == 422 and "inzwischen auf „Bonn“ geändert" in page and 'value="Köln"' in page
    assert Person.objects.get().city == "Bonn"
    seen = html.unescape(re.search(r'name="_seen" value="([^"]*)"', page)[1])
    assert (
        client.post(url("person_edit", one.pk), second | {"city": "Köln", "_seen": seen}).status_code == 302
    )
    assert Person.objects.get().city == "Köln"


def test_both_may_change_the_same_field_to_the_same(login):
    one, client = person("max@firma.de", city="Ulm"), login("marketing")
    first, second = opened(client, one.pk), opened(client, one.pk)
    client.post(url("person_edit", one.pk), first | {"city": "Bonn"})
    assert client.post(url("person_edit", one.pk), second | {"city": "Bonn"}).status_code == 302


@pytest.mark.parametrize(
    "seen", ["", "{", "[]", '{"city": 1}', '{"nope": ["x"]}', "[" * 100_000, '{"city": [1]}']
)
def test_what_a_page_says_it_has_seen_need_not_make_sense(login, seen):
    one, client = person("max@firma.de", city="Ulm"), login("marketing")
    sent = opened(client, one.pk) | {"city": "Bonn", "_seen": seen}
    assert client.post(url("person_edit", one.pk), sent).status_code == 302
    assert Person.objects.get().city == "Bonn"

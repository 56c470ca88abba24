"""The field that chooses one contact: who is found, and who must not be."""

from datetime import UTC, datetime

import pytest

from trichter.close.handover.forms import TryForm
from trichter.core.people.forms import PersonField, WhoForm
from trichter.core.people.models import Person
from trichter.core.segments.forms import WhyForm
from trichter.engage.journeys.forms import PersonForm

pytestmark = [pytest.mark.django_db]
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def person(**fields):
    return Person.objects.create(created_at=NOW, **fields)


def chosen(form_class, user, text):
    form = form_class({"person": text})
    form.for_user(user)
    return form.cleaned_data["person"] if form.is_valid() else form.errors.as_data()["person"][0].message


@pytest.mark.parametrize("form_class", [WhoForm, WhyForm, PersonForm, TryForm])
def test_a_contact_is_found_by_name_address_or_number_only_by_whom_may_see_it(form_class, make_user):
    user, other = make_user("sales"), make_user("sales")
    mine = person(first_name="Anna", last_name="Huber", email="anna@example.com", owner=user)
    hidden = person(first_name="Bert", last_name="Maier", email="bert@example.com", owner=other)
    merged = person(first_name="Cora", owner=user, merged_into=mine)
    for text in ("Anna Huber", "anna@example.com", f"Anna Huber · anna@example.com #{mine.pk}"):
        assert chosen(form_class, user, text) == mine
    for text in ("Bert", f"#{hidden.pk}", "Cora", f"#{merged.pk}", "\x00"):
        assert chosen(form_class, user, text) == PersonField.default_error_messages["unknown"]
    assert chosen(form_class, other, "Bert") == hidden


def test_it_says_when_several_fit_and_shows_the_one_that_was_chosen(make_user):
    user = make_user("sales")
    first = person(first_name="Anna", email="anna@example.com", owner=user)
    person(first_name="Anna", last_name="Zwei", owner=user)
    assert chosen(WhoForm, user, "Anna") == PersonField.default_error_messages["several"]
    form = WhoForm(initial={"person": first})
    form.for_user(user)
    assert f"anna@example.com #{first.pk}" in str(form["person"])
    assert PersonField(label="Wer", required=False).label == "Wer"

"""The timeline names a purpose of consent as people know it."""

import pytest
from django.utils.translation import override

from trichter.core.consent.models import Purpose
from trichter.core.journal.models import Event
from trichter.core.people.headlines import headline


@pytest.mark.django_db
def test_a_confirmed_double_opt_in_names_the_purpose_and_not_its_key():
    purpose = Purpose.objects.get(key="mail-tracking")
    event = Event(kind="optin.confirmed", data={"purpose": purpose.key})
    with override("de"):
        assert headline(event, stages={}) == f"Double-Opt-in für „{purpose.name_de}“ bestätigt"
    with override("en"):
        assert f"“{purpose.name_en}”" in headline(event, stages={})


@pytest.mark.django_db
def test_a_purpose_that_is_gone_keeps_its_key():
    with override("en"):
        assert "“old”" in headline(Event(kind="optin.confirmed", data={"purpose": "old"}), stages={})

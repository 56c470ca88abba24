"""What a test committed is gone afterwards, and what the migrations made is there again."""

import pytest
from wagtail.models import Page

from trichter.core.journal.actions import identify
from trichter.core.journal.models import Identity
from trichter.core.people.models import Tag

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_test_with_transactions_leaves_the_house_as_it_was(restored_after_transactions):
    identify(kind="visitor", value="left behind")
    Tag.objects.create(name="left behind")
    Page.objects.all().delete()
    restored_after_transactions.restore()
    assert Page.objects.filter(depth=2).exists()
    assert not Identity.objects.exists() and not Tag.objects.exists()
    identify(kind="visitor", value="the next one")
    assert Identity.objects.count() == 1

"""Companies that belong to companies: no loops, also through merges; what the page shows."""

import pytest
from django.urls import reverse

from trichter.close.pipeline.models import Deal, Pipeline
from trichter.core.people import actions
from trichter.core.people.errors import ParentLoop
from trichter.core.people.groups import above, below
from trichter.core.people.models import Company
from trichter.core.people.tests.snapshots import everything

from .helpers import START

pytestmark = pytest.mark.django_db


def firm(name, parent=None, **fields):
    return Company.objects.create(name=name, parent=parent, created_at=START, **fields)


def merged(survivor, absorbed, **choices):
    return actions.company_merge(survivor=survivor, absorbed=absorbed, reason="", by=None, choices=choices)


def parents():
    return dict(Company.objects.filter(merged_into=None).values_list("name", "parent__name"))


def test_nobody_stands_above_itself():
    top = firm("Holding AG")
    middle = firm("Mitte GmbH", top)
    low = firm("Werk GmbH", middle)
    for parent in (top, middle, low):
        top.parent = parent
        with pytest.raises(ParentLoop):
            actions.save_company(company=top, at=START)
    top.refresh_from_db()
    assert (top.parent, above(low.pk)) == (None, [low.pk, middle.pk, top.pk])
    assert below(top.pk) == [top.pk, middle.pk, low.pk]
    low.parent = top
    actions.save_company(company=low, at=START)
    assert parents() == {"Holding AG": None, "Mitte GmbH": "Holding AG", "Werk GmbH": "Holding AG"}


def test_a_merge_takes_the_group_along_and_undo_gives_it_back():
    top = firm("Holding AG")
    keeper, goner = firm("Weser GmbH"), firm("Weser", top)
    firm("Werk GmbH", goner)
    before = everything()
    done = merged(keeper, goner)
    assert parents() == {"Holding AG": None, "Weser GmbH": "Holding AG", "Werk GmbH": "Weser GmbH"}
    actions.undo_company_merge(merge=done, by=None)
    assert everything() == before


@pytest.mark.parametrize("above_stays", [True, False])
def test_merging_within_a_group_makes_no_loop_and_undo_is_exact(above_stays):
    top = firm("Holding AG")
    upper = firm("Weser GmbH", top)
    middle = firm("Mitte GmbH", upper)
    lower = firm("Weser", middle)
    before = everything()
    keeper, goner = (upper, lower) if above_stays else (lower, upper)
    done = merged(keeper, goner, parent="absorbed" if above_stays else "survivor")
    assert parents() == {"Holding AG": None, keeper.name: "Holding AG", "Mitte GmbH": keeper.name}
    actions.undo_company_merge(merge=done, by=None)
    assert everything() == before


def test_undo_does_not_bring_a_loop_back():
    top = firm("Holding AG")
    keeper, goner = firm("Weser GmbH"), firm("Weser", top)
    child = firm("Werk GmbH", goner)
    done = merged(keeper, goner, parent="survivor")
    top.parent = child  # allowed while the child belongs to the survivor
    actions.save_company(company=top, at=START)
    undone = actions.undo_company_merge(merge=done, by=None)
    assert parents() == {"Holding AG": "Werk GmbH", "Werk GmbH": "Weser", "Weser": None, "Weser GmbH": None}
    assert [kept.field for kept in undone.kept] == ["parent"]


def test_the_form_finds_the_parent_by_name_or_domain(login, make_user):
    client = login("sales")
    firm("Holding AG", domain="holding.de")
    child, hidden = firm("Werk GmbH"), firm("Fremd AG", owner=make_user("sales"))
    url = reverse("people:company_edit", args=[child.pk])
    assert client.post(url, {"name": "Werk GmbH", "parent": "holding.de"}).status_code < 400
    assert parents()["Werk GmbH"] == "Holding AG"
    for name in ("Gibt es nicht", hidden.name):
        answer = client.post(url, {"name": "Werk GmbH", "parent": name})
        assert (answer.status_code, parents()["Werk GmbH"]) == (422, "Holding AG")
    top = reverse("people:company_edit", args=[child.parent_id or Company.objects.get(name="Holding AG").pk])
    answer = client.post(top, {"name": "Holding AG", "parent": "Werk"})
    assert answer.status_code == 422
    assert str(ParentLoop()) in answer.content.decode()
    client.post(url, {"name": "Werk GmbH", "parent": ""})
    assert parents()["Werk GmbH"] is None


def test_the_page_shows_the_group_and_what_is_open_in_it(login, make_user):
    client, colleague = login("sales"), make_user("sales")
    top = firm("Holding AG")
    child, hidden = firm("Werk GmbH", top, city="Ulm"), firm("Geheim GmbH", top, owner=colleague)
    pipeline = Pipeline.objects.create(name="Neu")
    for amount, company, owner, status in (
        (100_00, top, None, "open"), (250_00, child, None, "open"), (7_00, child, None, "won"),
        (9_999_00, hidden, colleague, "open"),
    ):  # fmt: skip
        Deal.objects.create(
            name="Bedarf", pipeline=pipeline, company=company, amount=amount, currency="EUR", owner=owner,
            status=status, opened_at=START,
        )  # fmt: skip
    page = client.get(reverse("people:company_detail", args=[top.pk])).content.decode()
    assert ("Werk GmbH" in page, "Geheim GmbH" in page) == (True, False)
    assert "350" in page.partition("card-footer")[2][:200]
    page = client.get(reverse("people:company_detail", args=[child.pk])).content.decode()
    assert ("Holding AG" in page, "card-footer" in page) == (True, False)

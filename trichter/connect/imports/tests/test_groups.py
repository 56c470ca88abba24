"""Parent companies from a file, by name or domain, in any order; and their way back."""

import pytest

from trichter.connect.imports.undo import undo
from trichter.core.people.models import Company

from .helpers import bring_in, counts, problems, untouched, write

pytestmark = pytest.mark.django_db
GROUP = (
    "Firma;Domain;Muttergesellschaft\nWerk GmbH;werk.de;Mitte\nMitte GmbH;mitte.de;holding.de\n"
    "Holding AG;holding.de;\nLager GmbH;;Spedition KG\n"
)


def parents():
    return dict(Company.objects.values_list("name", "parent__name"))


def test_a_group_is_read_in_any_order_and_undone_whole(tmp_path):
    before = untouched()
    path = write(tmp_path / "g.csv", GROUP)
    table = bring_in("companies", path)
    assert parents() == {
        "Werk GmbH": "Mitte GmbH", "Mitte GmbH": "Holding AG", "Holding AG": None,
        "Lager GmbH": "Spedition KG", "Spedition KG": None,
    }  # fmt: skip
    assert counts(bring_in("companies", path))[1:4] == (0, 0, 4)
    undo(run=table.run, by=None)
    assert untouched() == before


def test_a_parent_that_somebody_uses_stays(tmp_path):
    table = bring_in("companies", write(tmp_path / "g.csv", GROUP))
    holding = Company.objects.get(domain="holding.de")
    own = Company.objects.create(name="Eigene GmbH", parent=holding, created_at=holding.created_at)
    undo(run=table.run, by=None)
    own.refresh_from_db()
    assert (set(parents()), own.parent) == ({"Holding AG", "Eigene GmbH"}, holding)


def test_a_loop_is_left_out(tmp_path):
    text = "Firma;Muttergesellschaft\nA GmbH;B GmbH\nB GmbH;C GmbH\nC GmbH;A GmbH\nD GmbH;D GmbH\n"
    table = bring_in("companies", write(tmp_path / "l.csv", text))
    assert parents() == {"A GmbH": "B GmbH", "B GmbH": "C GmbH", "C GmbH": None, "D GmbH": None}
    assert [(row, code) for row, _column, code, _value in problems(table)] == [
        (4, "parent_loop"), (5, "parent_loop"),
    ]  # fmt: skip
    later = bring_in("companies", write(tmp_path / "m.csv", "Firma;Muttergesellschaft\nC GmbH;A GmbH\n"))
    assert ([one[2] for one in problems(later)], parents()["C GmbH"]) == (["parent_loop"], None)


def test_known_companies_are_hung_as_the_options_say(tmp_path):
    bring_in(
        "companies", write(tmp_path / "a.csv", "Firma;Muttergesellschaft\nWerk GmbH;Alt AG\nFrei GmbH;\n")
    )
    path = write(tmp_path / "b.csv", "Firma;Muttergesellschaft\nWerk GmbH;Neu AG\nFrei GmbH;Neu AG\n")
    before = untouched()
    filled = bring_in("companies", path, existing="fill")
    assert (parents()["Werk GmbH"], parents()["Frei GmbH"]) == ("Alt AG", "Neu AG")
    undo(run=filled.run, by=None)
    assert untouched() == before
    bring_in("companies", path, existing="update")
    assert parents()["Werk GmbH"] == "Neu AG"

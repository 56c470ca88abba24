"""What is left to fill in."""

import pytest

from trichter.kit.gaps import gaps

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(("said", "found"), [
    ("Wie [Kunde] das schafft", ["[Kunde]"]),
    ("[das Problem in einem Satz] und noch einmal [das Problem in einem Satz]", ["[das Problem in einem Satz]"]),
    ("Lorem ipsum dolor", ["Lorem ipsum"]),
    ("Er sagte: „Wir […] und [...] auch [sic]“ [12]", []),
    ("{{ vars['[x y]'] }} {% if a['[b c]'] %}", []),
])  # fmt: skip
def test_gaps_are_found_and_omissions_are_none(said: str, found: list[str]) -> None:
    assert gaps([said]) == found

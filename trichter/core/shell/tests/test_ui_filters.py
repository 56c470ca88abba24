"""Initials and tints of avatars."""

import pytest

from trichter.core.shell.templatetags.shell_ui import initials, tint


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sofia Lüdenscheidt-Hagenbeck", "SL"),
        ("Änne von der Heide", "ÄH"),
        ("cher", "CH"),
        ("a.berger@example.org", "AE"),
        ("", "?"),
        (" (–) ", "?"),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(name, expected):
    assert initials(name) == expected


def test_a_name_keeps_its_tint_between_processes():
    assert [tint("Sofia Wagner"), tint("Mehmet Koch")] == [tint("Sofia Wagner"), tint("Mehmet Koch")]
    assert {tint(f"Person {number}") for number in range(200)} == set(range(1, 9))

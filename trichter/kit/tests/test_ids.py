"""Identifiers repeat for the same parts and differ for different ones."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from trichter.kit.ids import Hasher, hash63, hash_hex, joined, short_code, stable_uuid, token

PARTS = st.lists(st.one_of(st.text(), st.integers(), st.none()), max_size=4)


@given(first=PARTS, second=PARTS)
def test_equal_parts_and_only_equal_parts_give_equal_identifiers(first, second):
    same = first == second
    assert (stable_uuid("x", *first) == stable_uuid("x", *second)) is same
    assert (hash63(*first) == hash63(*second)) is same


def test_identifiers_never_change_between_versions():
    assert stable_uuid("import.order", "A-1", 7) == UUID("6406ab86-3499-5809-981d-77834a5840ad")
    assert hash63("visitor", 7) == 4948506923012186614


def test_namespaces_keep_kinds_apart():
    assert stable_uuid("order", "1") != stable_uuid("deal", "1")


def test_text_one_and_number_one_and_nothing_differ():
    assert len({hash63("1"), hash63(1), hash63(None), hash63(""), hash63()}) == 5


@given(PARTS)
def test_hashes_fit_a_signed_column_and_are_never_zero(parts):
    assert 1 <= hash63(*parts) < 2**63


def test_a_key_changes_the_hash():
    assert hash63("a", key=b"one") != hash63("a", key=b"two")
    assert len(hash_hex("a", size=8)) == 16
    assert hash_hex("a", key=b"one") != hash_hex("a", key=b"two")


def test_tokens_differ_and_are_safe_in_a_url():
    made = {token() for _ in range(100)} | {short_code(12) for _ in range(100)}
    assert len(made) == 200
    assert all(t.replace("-", "").replace("_", "").isalnum() for t in made)


def test_a_hasher_gives_the_hashes_of_its_key() -> None:
    key, parts = b"k" * 20, ("view", "ä\udc80", 12, None, "")
    hasher = Hasher(key=key)
    assert hasher.hash63(*parts) == hash63(*parts, key=key)
    assert hasher.hash_hex(joined(*parts[:2]) + joined(*parts[2:])) == hash_hex(*parts, key=key, size=16)

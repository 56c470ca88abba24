from trichter.core.people.rules import (
    Match,
    base_domain,
    candidate,
    compare,
    email_key,
    find_company_matches,
    find_matches,
)


def pair(one, other):
    return compare(candidate(id=1, **one), candidate(id=2, **other))


def test_the_same_mailbox_in_two_spellings():
    assert email_key("Max.Muster+news@mail.firma.de") == email_key("maxmuster@firma.com") == "maxmuster@firma"
    assert email_key("a.b@googlemail.com") == email_key("ab@gmail.com")
    assert (email_key("info@firma.de"), base_domain("mail.firma.co.at")) == ("", "firma")
    assert pair({"emails": ["max.muster@firma.de"]}, {"emails": ["maxmuster@firma.com"]}) == Match(
        first=1, second=2, score=90, reasons=("email",)
    )


def test_umlauts_are_written_both_ways():
    one = {"first_name": "Jürgen", "last_name": "Müller", "company": "taunus"}
    other = {"first_name": "Juergen", "last_name": "MUELLER", "company": "taunus"}
    assert pair(one, other).reasons == ("name_company",)


def test_first_and_last_name_may_be_swapped():
    one = {"first_name": "Anna", "last_name": "Schmidt", "city": "Köln"}
    other = {"first_name": "Schmidt", "last_name": "Anna", "city": "Koeln"}
    assert pair(one, other).reasons == ("name_place",)


def test_a_slip_of_the_pen_in_the_same_place():
    one = {"first_name": "Sabine", "last_name": "Hoffmann", "postcode": "50667"}
    assert pair(one, {**one, "last_name": "Hofmann"}).reasons == ("similar_place",)
    assert pair(one, {**one, "last_name": "Hofmann", "postcode": "10115"}) is None


def test_nicknames_and_colleagues_are_no_duplicates():
    one = {"first_name": "Alexander", "last_name": "Weber", "emails": ["a.weber@firma.de"]}
    assert pair(one, {"first_name": "Sascha", "last_name": "Weber", "emails": ["s.weber@firma.de"]}) is None


def test_a_number_shared_by_strangers_is_weaker_and_a_switchboard_says_nothing():
    number = {"phones": ["+4930123456"]}
    anna = {"first_name": "Anna", "last_name": "Berg", **number}
    paul = {"first_name": "Paul", "last_name": "Zwickel", **number}
    assert (pair(anna, {"first_name": "Anna", **number}).score, pair(anna, paul).score) == (80, 50)
    staff = [candidate(id=number_, **number) for number_ in range(1, 6)]
    assert list(find_matches(staff)) == []


def test_blocks_find_what_comparing_all_with_all_finds():
    names = [
        ("Anna", "Müller"),
        ("Anna", "Mueller"),
        ("Ana", "Müller"),
        ("Paul", "Klein"),
        ("Paula", "Klein"),
    ]
    people = [
        candidate(id=index, first_name=first, last_name=last, city="Köln", emails=[f"{first}@firma.de"])
        for index, (first, last) in enumerate(names)
    ]
    every = {
        match
        for index, one in enumerate(people)
        for other in people[index + 1 :]
        if (match := compare(one, other)) is not None
    }
    assert set(find_matches(people)) == every
    assert {(match.first, match.second) for match in every} >= {(0, 1), (0, 2), (1, 2), (3, 4)}


def test_companies_match_by_name_key_and_own_domain():
    rows = [
        (1, "mueller", "mueller.de"),
        (2, "mueller", ""),
        (3, "taunus", "www.mueller.de"),
        (4, "x", "gmx.de"),
    ]
    found = [(match.first, match.second, match.reasons) for match in find_company_matches(rows)]
    assert found == [(1, 2, ("name",)), (1, 3, ("domain",))]

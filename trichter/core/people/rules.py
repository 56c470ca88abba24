"""When two people, or two companies, look like one. Pure; nothing here joins anybody, it only suggests.

Comparing everybody with everybody would take 1.25 billion comparisons for 50,000 people. People are therefore
put into blocks by what a duplicate would share (a number, an address, a place and initials), and only
compared within a block.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from trichter.kit.text import domain_of, fold, is_freemail

Reason = Literal["identity", "email", "phone", "name_company", "name_place", "similar_place"]
THRESHOLD = 50
SIMILAR = 88.0
"""Least similarity of two names in percent (indel distance, rapidfuzz): one slip in eight letters."""
_CROWD = 400  # a block of more people than this says nothing (a switchboard, a test address)
_SHARED_NUMBER = 3
_SECOND_LEVEL = {"co", "com", "or", "ac", "gv", "org", "net"}
_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What the comparison needs of a person; build with `candidate`, which folds."""

    id: int
    name: str
    first: str
    last: str
    company: str
    emails: frozenset[str]
    phones: frozenset[str]
    places: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Two people (smaller id first), how sure (50 to 99) and why, the strongest reason first."""

    first: int
    second: int
    score: int
    reasons: tuple[Reason, ...]


def candidate(
    *, id: int, first_name: str = "", last_name: str = "", company: str = "", emails: Iterable[str] = (),
    phones: Iterable[str] = (), postcode: str = "", city: str = "",
) -> Candidate:  # fmt: skip
    """Fold a person's fields. `company`: anything that is equal for equal companies (id or name key)."""
    first, last = _words(first_name), _words(last_name)
    addresses = [email for email in emails if "@" in email]
    domains = {base_domain(domain_of(one)) for one in addresses if not is_freemail(one)}
    places = {f"domain:{domain}" for domain in domains if domain}
    places |= {f"postcode:{fold(postcode)}"} if postcode else set()
    places |= {f"city:{fold(city)}"} if city else set()
    return Candidate(
        id=id,
        # Sorted words: "Müller Anna" and "Anna Mueller" are written alike.
        name=" ".join(sorted(f"{first} {last}".split())),
        first=first,
        last=last,
        company=company,
        emails=frozenset(mail for mail in (email_key(one) for one in addresses) if mail),
        phones=frozenset(phone for phone in phones if phone.startswith("+")),
        places=frozenset(places),
    )


def _words(text: str) -> str:
    return " ".join(_WORD.sub(" ", fold(text)).split())


def base_domain(domain: str) -> str:
    """The name that a company registered, without subdomain and ending: `mail.firma.co.at` → `firma`."""
    labels = [label for label in domain.split(".") if label]
    if len(labels) >= 3 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2:
        return labels[-3]
    return labels[-2] if len(labels) >= 2 else "".join(labels)


def email_key(email: str) -> str:
    """What two spellings of one mailbox share: no sub-address, no dots, the company's bare name.

    `Max.Muster+news@mail.firma.de` and `maxmuster@firma.com` give one key. Addresses of functions
    (info@…) belong to many people and give none.
    """
    local, _, domain = email.lower().rpartition("@")
    local = local.partition("+")[0].replace(".", "")
    if not local or local in _FUNCTIONS:
        return ""
    if is_freemail(domain):
        return f"{local}@{'gmail.com' if domain == 'googlemail.com' else domain}"
    return f"{local}@{base_domain(domain)}"


_FUNCTIONS = frozenset(
    [
        "info", "kontakt", "contact", "office", "mail", "post", "buero", "vertrieb", "sales", "service",
        "support", "einkauf", "purchasing", "buchhaltung", "rechnung", "invoice", "marketing", "hr",
        "personal", "bewerbung", "jobs", "verwaltung", "empfang", "zentrale", "team", "hello", "hallo",
        "admin", "webmaster", "postmaster", "noreply", "no-reply", "presse", "newsletter",
    ]
)  # fmt: skip


def compare(one: Candidate, other: Candidate) -> Match | None:
    """How likely the two are one person; None when nothing speaks for it strongly enough."""
    points: list[tuple[int, Reason]] = []
    both_named = bool(one.first and one.last and other.first and other.last)
    likeness = fuzz.ratio(one.name, other.name) if one.name and other.name else 0.0
    strangers = both_named and likeness < 60
    if one.emails & other.emails:
        points.append((70 if strangers else 90, "email"))
    if one.phones & other.phones:
        points.append((50 if strangers else 80, "phone"))
    if both_named and one.name == other.name and one.company and one.company == other.company:
        points.append((92, "name_company"))
    elif both_named and one.places & other.places and likeness >= SIMILAR:
        exact = one.name == other.name
        points.append((75, "name_place") if exact else (round(likeness) - 28, "similar_place"))
    if not points:
        return None
    points.sort(key=lambda point: -point[0])
    score = min(99, points[0][0] + 4 * (len(points) - 1))
    if score < THRESHOLD:
        return None
    low, high = sorted((one.id, other.id))
    return Match(first=low, second=high, score=score, reasons=tuple(reason for _, reason in points))


def blocking_keys(one: Candidate) -> list[str]:
    """The blocks this person falls into; two people without a common block are never compared."""
    keys = [f"mail:{mail}" for mail in one.emails] + [f"phone:{phone}" for phone in one.phones]
    if one.first and one.last:
        if one.company:
            keys.append(f"company:{one.company}|{one.name}")
        initials = "".join(sorted((one.first[0], one.last[0])))
        for place in one.places:
            # Two ways in, so that a slip at the start of one name does not hide the pair.
            keys += [f"{place}|{initials}|{len(one.name) // 40}", f"{place}|{one.last[:5]}"]
    return keys


def find_matches(candidates: Sequence[Candidate]) -> Iterator[Match]:
    """Every pair worth a look, each once."""
    blocks: defaultdict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        for key in blocking_keys(one):
            blocks[key].append(one)
    seen: set[tuple[int, int]] = set()
    for key, members in blocks.items():
        limit = _SHARED_NUMBER if key.startswith("phone:") else _CROWD
        if not 1 < len(members) <= limit:
            continue
        by_name = key.startswith(("domain:", "postcode:", "city:"))
        for index, one in enumerate(members):
            for other in members[index + 1 :]:
                if by_name and not fuzz.ratio(one.name, other.name, score_cutoff=SIMILAR):
                    continue
                pair = (one.id, other.id) if one.id < other.id else (other.id, one.id)
                if pair in seen:
                    continue
                seen.add(pair)
                match = compare(one, other)
                if match is not None:
                    yield match


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyMatch:
    """Two companies (smaller id first) and why: `name` (without legal form), `domain`."""

    first: int
    second: int
    reasons: tuple[Literal["name", "domain"], ...]


def find_company_matches(rows: Iterable[tuple[int, str, str]]) -> list[CompanyMatch]:
    """Companies with the same name key or the same own domain; `rows`: (id, name key, domain)."""
    names: defaultdict[str, list[int]] = defaultdict(list)
    domains: defaultdict[str, list[int]] = defaultdict(list)
    for pk, name_key, domain in rows:
        if name_key:
            names[name_key].append(pk)
        if domain and not is_freemail(domain):
            domains[domain.removeprefix("www.")].append(pk)
    found: defaultdict[tuple[int, int], list[Literal["name", "domain"]]] = defaultdict(list)
    for reason, groups in (("name", names), ("domain", domains)):
        for members in groups.values():
            members.sort()
            for other in members[1:50]:
                found[members[0], other].append("name" if reason == "name" else "domain")
    return [
        CompanyMatch(first=first, second=second, reasons=tuple(reasons))
        for (first, second), reasons in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    ]

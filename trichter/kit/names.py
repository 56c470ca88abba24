"""Names of people and of companies: taken apart, and made comparable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nameparser import HumanName

from trichter.kit.folding import clean, fold

_SALUTATIONS = {
    **dict.fromkeys(("herr", "herrn", "hr", "mr", "mister", "sir", "m", "monsieur", "signor"), "mr"),
    **dict.fromkeys(("mann", "maennlich", "male"), "mr"),
    **dict.fromkeys(("frau", "fr", "fraeulein", "mrs", "ms", "miss", "madam", "mme", "madame"), "ms"),
    **dict.fromkeys(("signora", "w", "f", "weiblich", "female"), "ms"),
    **dict.fromkeys(("mx", "divers", "d", "x", "non-binary"), "mx"),
}
_ONLY_AS_COLUMN = {"m", "w", "f", "d", "x", "mann", "maennlich", "weiblich", "male", "female", "divers"}
_TITLE = re.compile(
    r"(?:dr|ddr|prof|univ\.-prof|pd|priv\.-doz|mag|mmag|ing|dipl|dott|lic|bakk|doc|h\.\s?c|mult|habil|med|jur|"
    r"rer|nat|pol|phil|oec|vet|dent|theol|soc|techn|e\.\s?h)\.?|dipl\.?-\S+|\((?:fh|ba|dh|uni)\)|dr\.-ing\.?",
    re.IGNORECASE,
)
_STARTS_TITLE = re.compile(
    r"(?:dr|ddr|prof|univ|pd|priv|mag|mmag|ing|dipl|dott|lic|bakk|doc)\b", re.IGNORECASE
)
_SUFFIX = re.compile(
    r"(?:b|m)\.?\s?(?:sc|a|eng|ed)\.?|mba|emba|llm|ll\.\s?m\.?|ph\.?d\.?|jun\.?|jr\.?|sen\.?|sr\.?|cpa|"
    r"(?:b|m)\.?\s?sc\.?\s?\(?\w*\)?",
    re.IGNORECASE,
)
_PARTICLES = {
    *("von", "vom", "van", "zu", "zum", "zur", "de", "del", "della", "di", "da", "dos", "der", "den"),
    *("ter", "ten", "la", "le", "du", "el", "al", "bin", "ben", "af", "av"),
}
_NOBLE = {
    *("graf", "graefin", "freiherr", "freifrau", "freiin", "baron", "baronin", "prinz", "prinzessin"),
    *("fuerst", "fuerstin", "herzog", "herzogin", "ritter", "edler", "edle"),
}


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a name. ``salutation`` is ``mr``, ``ms``, ``mx`` or ``""``; the rest is as written."""

    salutation: str = ""
    title: str = ""
    first: str = ""
    last: str = ""
    suffix: str = ""


def parse_salutation(text: str) -> str:
    """Read a salutation or gender column, German or English: ``mr``, ``ms``, ``mx`` or ``""``."""
    words = fold(text).replace(".", " ").split()
    return next((_SALUTATIONS[word] for word in words if word in _SALUTATIONS), "")


@lru_cache(maxsize=4096)
def split_name(text: str) -> PersonName:
    """Take a full name apart: ``Herr Dr. Karl-Heinz von der Heide``, ``Müller, Anna``, ``Anna Huber, MSc``.

    Middle names stay with the first name, particles and titles of nobility with the last name. A single
    word is a first name, unless a salutation or title before it says otherwise (``Frau Müller``).
    """
    rest = clean(text)[:200]
    rest, suffix = _cut_suffix(rest)
    words = rest.split()
    salutation = ""
    titles: list[str] = []
    while words:
        word = fold(words[0]).rstrip(".")
        last_word = len(words) == 1
        if not (salutation or titles or last_word) and word in _SALUTATIONS and word not in _ONLY_AS_COLUMN:
            salutation = _SALUTATIONS[word]
        elif not last_word and _TITLE.fullmatch(words[0]) and (titles or _STARTS_TITLE.match(words[0])):
            titles.append(words[0])
        else:
            break
        words.pop(0)
    first, last = _first_and_last(words)
    if (salutation or titles) and first and not last:
        first, last = "", first
    return PersonName(salutation, " ".join(titles), first, last, suffix)


def _cut_suffix(name: str) -> tuple[str, str]:
    """Cut degrees and jr./sr. off the end of a name, with or without a comma."""
    found: list[str] = []
    while True:
        head, comma, tail = name.rpartition(",")
        if not comma:
            head, _, tail = name.rpartition(" ")
        if not head or not _SUFFIX.fullmatch(tail.strip()):
            return name, ", ".join(reversed(found))
        found.append(tail.strip())
        name = head.rstrip(" ,")


def _first_and_last(words: list[str]) -> tuple[str, str]:
    """Divide the words of a name that has lost its titles."""
    if len(words) < 2:
        return " ".join(words), ""
    if "," not in " ".join(words) and fold(words[0]) in _PARTICLES:
        return "", " ".join(words)
    for index, word in enumerate(words[1:], start=1):
        if fold(word) in _NOBLE and "," not in " ".join(words[:index]):
            return " ".join(words[:index]), " ".join(words[index:])
    parsed = HumanName(" ".join(words))
    first = " ".join(part for part in (parsed.title, parsed.first, parsed.middle) if part)
    return first, " ".join(part for part in (parsed.last, parsed.suffix) if part)


# Longest first, so that "GmbH & Co. KG" is not read as "KG". Written for folded text; \W* stands for any of
# the points and blanks people put in or leave out.
_FORMS = [
    (r"(?:gmbh|ug(?:\W*haftungsbeschraenkt\W?)?|ag|se|stiftung|ltd|limited|b\W?v|s\W?a\W?r\W?l)\W*(?:&|und|and|u)?"
     r"\W*co(?:mp(?:agnie)?)?\W*(?:kgaa|kg|ohg|gbr)", "& Co. KG"),
    (r"co\W*(?:kgaa|kg)", "& Co. KG"),
    (r"ug\W*(?:\(?haftungsbeschraenkt\)?)?", "UG (haftungsbeschränkt)"),
    (r"unternehmergesellschaft(?:\W*\(?haftungsbeschraenkt\)?)?", "UG (haftungsbeschränkt)"),
    (r"partnerschaftsgesellschaft|part\W?g\W*mb\W?b|partgmbb|partg", "PartG"),
    (r"(?:gemeinnuetzige\W*)?gesellschaft\W*(?:mit|m\W?)\W*b(?:eschraenkter|\W?)\W*h(?:aftung|\W?)", "GmbH"),
    (r"ges\W*m\W*b\W*h", "GmbH"),
    (r"g?\W?gmbh|mbh", "GmbH"),
    (r"aktiengesellschaft|ag", "AG"),
    (r"kommanditgesellschaft(?:\W*auf\W*aktien)?|kgaa|kg", "KG"),
    (r"offene\W*handelsgesellschaft|ohg|og", "OHG"),
    (r"gesellschaft\W*buergerlichen\W*rechts|e?gbr", "GbR"),
    (r"eingetragener?\W*kauf(?:mann|frau)|e\W{0,2}k(?:fm|fr)?", "e.K."),
    (r"eingetragener\W*verein|e\W{0,2}v", "e.V."),
    (r"eingetragene\W*genossenschaft|genossenschaft|e\W{0,2}g|egen", "eG"),
    (r"einzelunternehmen|einzelfirma|e\W{0,2}u|inhaber(?:in)?\W.*|inh\W.*", "e.U."),
    (r"a\W?oe\W?r|k\W?d?\W?oe\W?r", "AöR"),
    (r"s\W?e", "SE"),
    (r"s\W?a\W?r\W?l(?:\W?s)?", "S.à r.l."),
    (r"s\W?p\W?a", "S.p.A."),
    (r"s\W?r\W?l(?:\W?s)?", "S.r.l."),
    (r"s\W?a\W?s(?:\W?u)?", "SAS"),
    (r"e\W?u\W?r\W?l", "EURL"),
    (r"s\W?a", "S.A."),
    (r"b\W?v(?:\W?b\W?a)?", "B.V."),
    (r"n\W?v", "N.V."),
    (r"sp\W*z\W*o\W*o", "Sp. z o.o."),
    (r"s\W?r\W?o", "s.r.o."),
    (r"a\W?s", "a.s."),
    (r"d\W?o\W?o", "d.o.o."),
    (r"kft|zrt|nyrt", "Kft."),
    (r"oyj?|ab|a/s|aps|asa", "Oy/AB/A/S"),
    (r"s\W?l(?:\W?u)?|lda|unipessoal", "S.L."),
    (r"p\W?l\W?c|l\W?l\W?p|l\W?l\W?c|private\W*limited|limited|ltd|co\W*ltd|pty\W*ltd", "Ltd."),
    (r"incorporated|inc|corporation|corp", "Inc."),
]  # fmt: skip
_FORM_PATTERNS = [(re.compile(rf"(?:^|[\s,(&-])(?:{pattern})[\s.)]*$"), form) for pattern, form in _FORMS]


@dataclass(frozen=True, slots=True)
class CompanyName:
    """``key``: folded name without legal form, for comparing. ``legal_form``: the form found, or ``""``."""

    key: str
    legal_form: str = ""


@lru_cache(maxsize=8192)
def normalise_company(text: str) -> CompanyName:
    """Return the comparable core of a company name: ``Müller & Söhne GmbH & Co. KG`` → ``mueller soehne``.

    Legal forms of Germany, Austria, Switzerland and common ones of the EU, UK and US are taken off the end,
    also when written out, abbreviated with or without points, or repeated. A name that is nothing but a legal
    form stays as it is.
    """
    rest = fold(text)[:300].strip(" ,;.")
    forms: list[str] = []
    found = True
    while found:
        found = False
        for pattern, form in _FORM_PATTERNS:
            match = pattern.search(rest)
            if match and re.search(r"[a-z0-9]", rest[: match.start()]):
                rest = rest[: match.start()].strip(" ,;.(-&")
                forms.append(form)
                found = True
                break
    words = re.sub(r"[^\w]+", " ", rest.replace("&", " ")).split()
    core = [word for word in words if word not in {"und", "and"}] or words
    return CompanyName(" ".join(core), forms[0] if forms else "")

"""How a letter addresses somebody. Pure."""

FORMAL, FAMILIAR = "formal", "familiar"


def salutation(
    *, language: str, form: str, kind: str = "", title: str = "", first_name: str = "", last_name: str = ""
) -> str:
    """The line before the comma. `form`: formal or familiar; `kind`: ms, mr, mx or "" (not known).

    Whoever is not known to be a woman or a man is addressed by the full name; without a last name nobody is
    addressed by a name that may be wrong.
    """
    words = {"title": title.strip(), "first": first_name.strip(), "last": last_name.strip()}
    german = language.startswith("de")
    if form == FAMILIAR:
        hello = "Hallo" if german else "Hello"
        return _joined(hello, words["first"] or (words["last"] and _full(words)))
    if not words["last"]:
        return "Guten Tag" if german else "Hello"
    if german:
        polite = {"ms": "Sehr geehrte Frau", "mr": "Sehr geehrter Herr"}.get(kind)
        if polite:
            return _joined(polite, words["title"], words["last"])
        return _joined("Guten Tag", _full(words)) if words["first"] or words["title"] else "Guten Tag"
    if kind in ("ms", "mr"):
        # English uses one of the two: “Dear Dr Miller”, not “Dear Ms Dr Miller”.
        return _joined("Dear", words["title"] or {"ms": "Ms", "mr": "Mr"}[kind], words["last"])
    return _joined("Dear", _full(words)) if words["first"] or words["title"] else "Hello"


def _full(words: dict[str, str]) -> str:
    return _joined(words["title"], words["first"], words["last"])


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)

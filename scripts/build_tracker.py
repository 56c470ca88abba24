"""Minify the tracker: `tracker.js` into `tracker.min.js` beside it, which is the file that is served.

rjsmin takes comments and spaces out; names of our own are shortened, and declarations in a row become one.
Only names that are declared in the file with const, let or as a parameter are touched, and none that is also
a property or a word of a text.
"""

import re
from pathlib import Path
from string import ascii_letters, ascii_lowercase, ascii_uppercase

from rjsmin import jsmin

FOLDER = Path(__file__).resolve().parent.parent / "trichter" / "attract" / "tracking" / "tag"
# Declared in the file, and neither a property nor a word in a text there.
NAMES = [
    "address", "asked", "survives", "FILES", "AGE", "queue", "flying", "pause", "timer",
    "gone", "here", "previous", "since", "attention", "deepest", "told", "begun", "marks",
    "figures", "came", "known", "more", "cookie", "keep", "uuid", "later", "add", "packed", "part", "drop",
    "transmit", "farewell", "tick", "measure", "leave", "moved", "what", "where", "names",
    "label", "watch", "read", "api", "money", "tag", "list", "some", "gpc",
    "team", "one", "content", "name", "seconds", "size", "answer", "node", "old",
    "sent", "first", "last", "shift", "front", "seen", "most", "round", "painted", "mark", "value", "age",
    "view", "yes", "call", "written", "clock",
]  # fmt: skip


def minified() -> str:
    """What the served file must hold."""
    text = str(jsmin((FOLDER / "tracker.js").read_text(encoding="utf-8"))).strip()
    kept = re.findall(r"\"[^\"]*\"|'[^']*'", text)
    often = sorted(NAMES, key=lambda name: -len(re.findall(rf"\b{name}\b", text)))
    used = set(re.findall(r"\w+", text))
    letters = [*ascii_uppercase, *(one for one in ascii_lowercase if one not in used)]
    renamed = dict(zip(often, [*letters, *(f"_{one}" for one in ascii_letters)], strict=False))
    pattern = re.compile(r"(\"[^\"]*\"|'[^']*'|/\^[^/\n]*\$/|\.{3}|\.\w+|\w+)")

    def rename(match: re.Match[str]) -> str:
        word = match[0]
        if text[match.end() : match.end() + 1] == ":" and text[match.start() - 1] in "{,":
            return word  # the name of a property
        return renamed.get(word, word)

    found = pattern.sub(rename, text)
    assert re.findall(r"\"[^\"]*\"|'[^']*'", found) == kept
    # One line: rjsmin keeps line ends where a statement might end without a semicolon.
    found = re.sub(r"(?<=[;{},])\n", "", found)
    # What nothing assigns to again is none the worse for a shorter word.
    found = re.sub(r"\bconst ", "let ", found)
    found = re.sub(r"\((\w+)\)=>", r"\1=>", found)
    # No statement of the file is empty, so a block's last one needs no end of its own.
    return joined(found).replace(";}", "}") + "\n"


def joined(text: str) -> str:
    """Declarations that follow one another as one: `let a=1;let b=2` is `let a=1,b=2`."""
    parts: list[str] = []
    begins = [0]  # of the running statement, by depth of brackets
    done = 0
    for place, sign in enumerate(text):
        if sign in "([{":
            begins.append(place + 1)
        elif sign in ")]}":
            begins.pop()
        elif sign == ";":
            if text.startswith("let ", begins[-1]) and text.startswith(";let ", place):
                parts.append(text[done:place] + ",")
                done = place + len(";let ")
            begins[-1] = place + 1
    return "".join(parts) + text[done:]


if __name__ == "__main__":
    target = FOLDER / "tracker.min.js"
    target.write_text(minified(), encoding="utf-8")
    print(f"{target.name}: {target.stat().st_size} bytes")  # noqa: T201

"""What the scripts' addresses answer."""

import json
from functools import cache
from pathlib import Path

from trichter.core.consent.defaults import RECORDING

from ..rules import ReplayRules

_HERE = Path(__file__).parent
_VENDOR = Path(__file__).resolve().parents[3] / "core" / "shell" / "static" / "shell" / "vendor"
# Appended to the tracker; it loads one script more. The tag's address stays the only one a company enters.
# A page that requires Trusted Types takes no bare address for a script, only one out of a policy with a name.
_LOADER = (
    b'((d,u,t,s)=>{s=d.createElement("script");'
    b's.src=t?t.createPolicy("trichter",{createScriptURL:a=>a}).createScriptURL(u):u;'
    b'd.head.append(s)})(document,new URL("/h.js",trichter.on),window.trustedTypes);\n'
)


def loader() -> bytes:
    """For the end of the tracker."""
    return _LOADER


@cache
def page(rules: ReplayRules) -> bytes:
    """/h.js with the settings in it; the same for everybody."""
    config = {
        "heat": rules.heat,
        "pages": rules.heat_pages,
        "moves": rules.moves,
        "record": rules.record,
        "recorded": rules.record_pages,
        "sample": rules.sample,
        "purpose": RECORDING,
    }
    text = json.dumps(config, separators=(",", ":")).replace("<", "\\u003c")
    return _read("page.min.js").replace("__CONFIG__", text).encode()


@cache
def recorder() -> bytes:
    """/r.js: rrweb's recorder, kept away from module loaders of the page, and what drives it."""
    library = (_VENDOR / "rrweb-record.min.js").read_text(encoding="utf-8")
    wrapped = f"(function(exports,module,define){{{library}\n}}).call(window);\n"
    return (wrapped + _read("recorder.min.js")).encode()


@cache
def overlay() -> bytes:
    """/heat.js: draws a heatmap over the page itself, for colleagues."""
    return _read("overlay.min.js").encode()


@cache
def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")

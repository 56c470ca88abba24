"""The tracker's file, and the tracker in a real browser on a page of another host."""

import sys
from pathlib import Path

from trichter.attract.tracking.tag.script import FILE

ROOT = Path(__file__).resolve().parents[4]


def test_the_served_script_is_the_built_source_and_below_five_thousand_bytes():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from build_tracker import minified
    finally:
        sys.path.pop(0)
    assert FILE.read_text(encoding="utf-8") == minified(), "run scripts/build_tracker.py"
    assert FILE.stat().st_size < 5_000


def test_the_script_evaluates_nothing_and_writes_no_storage():
    text = FILE.read_text(encoding="utf-8")
    for word in ("eval(", "Function(", "localStorage", "sessionStorage", "indexedDB", "innerHTML", ".style"):
        assert word not in text

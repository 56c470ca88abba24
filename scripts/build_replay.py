"""Minify the scripts of heatmaps and recordings: `*.js` into `*.min.js` beside them, which are served."""

from pathlib import Path

from rjsmin import jsmin

FOLDER = Path(__file__).resolve().parent.parent / "trichter" / "attract" / "replay" / "tag"
NAMES = ("page", "recorder", "overlay")


def minified(name: str) -> str:
    """What the served file must hold."""
    return str(jsmin((FOLDER / f"{name}.js").read_text(encoding="utf-8"))).strip() + "\n"


if __name__ == "__main__":
    for one in NAMES:
        target = FOLDER / f"{one}.min.js"
        target.write_text(minified(one), encoding="utf-8")
        print(f"{target.name}: {target.stat().st_size} bytes")  # noqa: T201

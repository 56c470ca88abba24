"""What is vendored: packages with pinned versions, and the files taken from each."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Take:
    """One file of a package: `path` inside it, `name` in our vendor folder."""

    path: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Package:
    """A pinned npm package. `licence` is its SPDX identifier, `licence_file` None if it ships no text."""

    name: str
    version: str
    licence: str
    licence_file: str | None
    takes: tuple[Take, ...]


TABLER_ICONS = "@tabler/icons"

PACKAGES: tuple[Package, ...] = (
    Package(
        name="@tabler/core",
        version="1.6.1",
        licence="MIT",
        licence_file=None,
        takes=(
            # The whole stylesheet: a purge would silently drop classes of templates that are written later.
            Take(path="dist/css/tabler.min.css", name="tabler.min.css"),
            Take(path="dist/js/tabler.min.js", name="tabler.min.js"),
        ),
    ),
    Package(
        name="htmx.org",
        # 2.x on purpose: 4.x no longer inherits hx-headers, which breaks the CSRF pattern.
        version="2.0.11",
        licence="0BSD",
        licence_file="LICENSE",
        takes=(Take(path="dist/htmx.min.js", name="htmx.min.js"),),
    ),
    Package(
        name="sortablejs",
        version="1.15.7",
        licence="MIT",
        licence_file="LICENSE",
        takes=(Take(path="Sortable.min.js", name="sortable.min.js"),),
    ),
    Package(
        name="@fontsource-variable/inter",
        version="5.3.0",
        licence="OFL-1.1",
        licence_file="LICENSE",
        takes=(
            Take(path="files/inter-latin-wght-normal.woff2", name="inter-latin.woff2"),
            Take(path="files/inter-latin-ext-wght-normal.woff2", name="inter-latin-ext.woff2"),
        ),
    ),
    Package(
        # What a visitor's browser loads after consent: the recorder alone, a quarter of the whole of rrweb.
        name="@rrweb/record",
        version="2.1.6",
        licence="MIT",
        licence_file=None,
        takes=(Take(path="umd/record.min.js", name="rrweb-record.min.js"),),
    ),
    Package(
        # 2.1.7 asks for a version of rrweb that was never published.
        name="rrweb-player",
        version="2.1.6",
        licence="MIT",
        licence_file=None,
        takes=(
            Take(path="umd/rrweb-player.min.js", name="rrweb-player.min.js"),
            Take(path="dist/style.min.css", name="rrweb-player.min.css"),
        ),
    ),
    Package(name=TABLER_ICONS, version="3.51.0", licence="MIT", licence_file="LICENSE", takes=()),
)

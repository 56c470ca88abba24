"""Fetch the vendored front-end files; maintainers run `python -m trichter.core.shell.assets.vendor`.

Needs the `npm` client, which verifies each tarball against the registry's checksum. Writes
`static/shell/vendor/*` and `assets/manifest.json` (versions, licences, sha256 of every shipped file).
To add an icon, add its name to `icons.txt` and run the script again.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from trichter.core.shell.assets.sources import PACKAGES, TABLER_ICONS, Package

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "static" / "shell" / "vendor"
MANIFEST = HERE / "manifest.json"
ICONS = HERE / "icons.txt"
SPRITE = "icons.svg"

# A hashed static storage would look for the map next to the file and fail the build.
_SOURCE_MAP = re.compile(rb"\s*(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*$")
_SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_ICON_BOX = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def sha256(*, path: Path) -> str:
    """Return the hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch(*, package: Package, into: Path) -> tuple[Path, str]:
    """Download and unpack one package; return its folder and the tarball's sha256."""
    into.mkdir(parents=True)
    subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=into,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (tarball,) = into.glob("*.tgz")
    with tarfile.open(tarball) as archive:
        archive.extractall(into, filter="data")
    return into / "package", sha256(path=tarball)


def sprite(*, icons: Path, names: list[str]) -> str:
    """Join outline icons into one SVG of `<symbol>`s; colour and stroke come from the page's CSS."""
    symbols = []
    for name in names:
        source = (icons / "outline" / f"{name}.svg").read_text()
        found = _SVG_BODY.search(source)
        if found is None:
            raise ValueError(f"{name}.svg is not an SVG")
        body = re.sub(r"\s*\n\s*", "", _ICON_BOX.sub("", found.group(1)))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def icon_names() -> list[str]:
    """Return the icons we ship, sorted."""
    return sorted(set(ICONS.read_text().split()))


def install(*, package: Package, folder: Path) -> list[str]:
    """Copy what we take from an unpacked package; return the names written."""
    written = []
    for take in package.takes:
        content = (folder / take.path).read_bytes()
        if take.name.endswith((".js", ".css")):
            content = _SOURCE_MAP.sub(b"", content) + b"\n"
        (VENDOR / take.name).write_bytes(content)
        written.append(take.name)
    if package.name == TABLER_ICONS:
        (VENDOR / SPRITE).write_text(sprite(icons=folder / "icons", names=icon_names()))
        written.append(SPRITE)
    if package.licence_file is not None:
        name = f"LICENCE-{package.name.replace('@', '').replace('/', '-')}.txt"
        (VENDOR / name).write_bytes((folder / package.licence_file).read_bytes())
        written.append(name)
    return written


def main() -> None:
    """Fetch every package, replace the vendor folder's files and write the manifest."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for old in VENDOR.iterdir():
        old.unlink()
    packages: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, package in enumerate(PACKAGES):
            folder, digest = fetch(package=package, into=Path(scratch) / str(number))
            written = install(package=package, folder=folder)
            packages.append(
                {
                    "name": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "tarball_sha256": digest,
                    "files": {name: sha256(path=VENDOR / name) for name in written},
                }
            )
            sys.stdout.write(f"{package.name} {package.version}: {', '.join(written)}\n")
    MANIFEST.write_text(json.dumps({"packages": packages}, indent=2) + "\n")


if __name__ == "__main__":
    main()

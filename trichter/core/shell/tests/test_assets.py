"""The committed third-party files are exactly the ones the manifest names."""

import json
import re

import pytest

from trichter.core.shell.assets import vendor
from trichter.core.shell.assets.sources import PACKAGES

MANIFEST = json.loads(vendor.MANIFEST.read_text())
SHIPPED = {name: digest for package in MANIFEST["packages"] for name, digest in package["files"].items()}
SHELL = vendor.HERE.parent


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_vendored_file_has_the_checksum_of_the_manifest(name):
    assert vendor.sha256(path=vendor.VENDOR / name) == SHIPPED[name]


def test_the_vendor_folder_holds_nothing_but_what_the_manifest_names():
    assert sorted(path.name for path in vendor.VENDOR.iterdir()) == sorted(SHIPPED)


def test_the_manifest_names_the_pinned_versions_and_licences():
    assert [(p["name"], p["version"], p["licence"]) for p in MANIFEST["packages"]] == [
        (p.name, p.version, p.licence) for p in PACKAGES
    ]


def test_the_sprite_holds_every_listed_icon():
    found = re.findall(r'<symbol id="([^"]+)"', (vendor.VENDOR / vendor.SPRITE).read_text())
    assert found == vendor.icon_names()


def test_vendored_text_files_point_to_no_source_map():
    for path in vendor.VENDOR.iterdir():
        if path.suffix in {".js", ".css"}:
            last = path.read_bytes().rstrip().rpartition(b"\n")[2]  # what stands in a text is none
            assert b"# sourceMappingURL" not in last[-200:], path.name


def test_every_icon_named_in_a_template_is_in_the_sprite():
    known = set(vendor.icon_names())
    used = set()
    for template in (SHELL / "templates").rglob("*.html"):
        text = template.read_text()
        used |= set(re.findall(r'<c-icon name="([a-z0-9-]+)"', text))
        used |= set(re.findall(r'\bicon="([a-z0-9-]+)"', text))
    assert used - known == set()


def test_templates_and_scripts_keep_to_the_content_security_policy():
    forbidden = re.compile(r'\sstyle="|\son[a-z]+="|\shx-on|<style\b|<script(?![^>]*\bsrc=)(?![^>]*json)')
    for template in (SHELL / "templates").rglob("*.html"):
        assert forbidden.findall(template.read_text()) == [], template.name

"""Whether an address leads to something people can see: for links and buttons that were set up long ago."""

from collections.abc import Iterable
from typing import Literal
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from trichter.attract.tracking.rules_source import own_domains
from trichter.kit.traffic import is_own

State = Literal["ok", "gone", "foreign"]
_FILES = ("/static/", "/media/", "/t.js")


def states_of(addresses: Iterable[str]) -> dict[str, State]:
    """By address: `ok`, `gone` (no published page, no view, no redirect), or `foreign`, which is not asked.

    Two queries, however many there are.
    """
    found: dict[str, State] = {}
    pages: dict[str, str] = {}
    domains = own_domains()
    for address in addresses:
        path = _own_path(address, domains)
        if address.startswith("#"):  # a place on the page itself
            found[address] = "ok"
        elif path is None:
            found[address] = "foreign"
        elif _is_view(path):
            found[address] = "ok"
        else:
            pages[address] = path
    if pages:
        there = _there(set(pages.values()))
        found |= {address: "ok" if path in there else "gone" for address, path in pages.items()}
    return found


def _own_path(address: str, domains: tuple[str, ...]) -> str | None:
    """The path on this site; "/" for a place on the same page; None for other sites, mail and telephone."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https") or (host and not is_own(host, domains)):
        return None
    return unquote(parts.path) or "/"


def _is_view(path: str) -> bool:
    if path.startswith(_FILES):
        return True
    try:
        match = resolve(path if path.endswith("/") or "." in path.rsplit("/", 1)[-1] else f"{path}/")
    except Resolver404:
        return False
    return match.url_name != "wagtail_serve"


def _there(paths: set[str]) -> set[str]:
    """Those of these paths that have a live page, or a redirect to one."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    base = site.root_page.url_path if site is not None else "/"

    def url_path(path: str) -> str:
        inner = path.strip("/").removesuffix("feed.xml").strip("/")
        return f"{base}{inner}/" if inner else base

    wanted = {url_path(path): path for path in paths}
    live = Page.objects.live().filter(url_path__in=wanted).values_list("url_path", flat=True)
    known = set(live)
    found = {path for path in paths if url_path(path) in known}
    olds = {Redirect.normalise_path(path): path for path in paths - found}
    rows = Redirect.objects.filter(old_path__in=olds).select_related("redirect_page")
    for row in rows:
        if row.redirect_link or (row.redirect_page is not None and row.redirect_page.live):
            found.add(olds[row.old_path])
    return found

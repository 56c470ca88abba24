"""What visitors do on the company's pages."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class PageViewed(Event):
    """A page was shown to somebody who is not a known robot."""

    kind = "page.viewed"
    area = "web"
    icon = "eye"
    title = "Viewed page"

    heading: str = ""
    referrer: str = ""
    browser: str = ""
    os: str = ""
    entry: bool = False


@dataclass(frozen=True, kw_only=True)
class FormSubmitted(Event):
    """A form arrived and passed its checks."""

    kind = "form.submitted"
    area = "web"
    icon = "forms"
    title = "Submitted form “%(form)s”"

    form: str
    goal: str = ""


@dataclass(frozen=True, kw_only=True)
class FileDownloaded(Event):
    """A file was fetched by somebody who had the right to it."""

    kind = "file.downloaded"
    area = "web"
    icon = "download"
    title = "Downloaded “%(asset)s”"

    asset: str


@dataclass(frozen=True, kw_only=True)
class LinkClicked(Event):
    """A link that leads away from the company's pages was followed."""

    kind = "link.clicked"
    area = "web"
    icon = "external-link"
    title = "Followed link to %(target)s"

    target: str

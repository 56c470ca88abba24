"""What visitors do on the company's pages."""

from dataclasses import dataclass, field

from .base import Event


@dataclass(frozen=True, kw_only=True)
class PageViewed(Event):
    """A page was shown to somebody who is not a known robot. `site`: the host it was on, without “www.”."""

    kind = "page.viewed"
    area = "web"
    icon = "eye"
    title = "Viewed page"

    heading: str = ""
    referrer: str = ""
    browser: str = ""
    os: str = ""
    entry: bool = False
    site: str = ""


@dataclass(frozen=True, kw_only=True)
class AdClicked(Event):
    """A visit began with a click on an ad, and the browser allowed to keep the network's id of the click."""

    kind = "ad.clicked"
    area = "web"
    icon = "ad"
    title = "Came by an ad (%(network)s)"
    personal = ("click",)
    behaviour = False

    network: str
    parameter: str
    click: str


@dataclass(frozen=True, kw_only=True)
class VisitContinued(Event):
    """A visit began without consent and goes on, from its first event on, under the id that was agreed to.

    Recorded once for the identity that lost its events and once for the one that has them now; neither names
    the other. Followers recompute both.
    """

    kind = "visit.continued"
    area = "web"
    icon = "shield-check"
    title = "Agreed to be recognised"
    behaviour = False


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


@dataclass(frozen=True, kw_only=True)
class ShortLinkFollowed(Event):
    """One of the house's short links was followed; once per link, visitor and day. `qr`: by its QR code."""

    kind = "shortlink.followed"
    area = "web"
    icon = "link"
    title = "Followed short link “%(name)s”"

    link: int
    name: str
    target: str = ""
    qr: bool = False


@dataclass(frozen=True, kw_only=True)
class PageLeft(Event):
    """A page was left or put aside: `engaged` seconds of attention since it was last put aside."""

    kind = "page.left"
    area = "web"
    icon = "eye"
    title = "Left page after %(engaged)s s"
    behaviour = False

    engaged: int = 0
    scroll: int = 0


@dataclass(frozen=True, kw_only=True)
class VideoProgressed(Event):
    """A video was played up to a mark: 10, 25, 50, 75, 90 or 100 per cent."""

    kind = "video.progressed"
    area = "web"
    icon = "eye"
    title = "Watched “%(video)s” up to %(percent)s %%"

    video: str
    percent: int = 0


@dataclass(frozen=True, kw_only=True)
class FormStarted(Event):
    """Somebody typed into a form for the first time on this page."""

    kind = "form.started"
    area = "web"
    icon = "forms"
    title = "Started form “%(form)s”"

    form: str


@dataclass(frozen=True, kw_only=True)
class FormAttempted(Event):
    """The browser was told to send a form; whether it arrived, only the server knows (`form.submitted`)."""

    kind = "form.attempted"
    area = "web"
    icon = "forms"
    title = "Tried to send form “%(form)s”"

    form: str


@dataclass(frozen=True, kw_only=True)
class WebVitalsSummed(Event):
    """As version 2, but CLS is the plain sum of all shifts of the page, which is too high for long visits."""

    kind = "web_vitals.measured"
    area = "web"
    icon = "activity"
    title = "Page speed measured"
    behaviour = False

    lcp: int | None = None
    inp: int | None = None
    cls: int | None = None


@dataclass(frozen=True, kw_only=True)
class WebVitalsMeasured(Event):
    """How fast a page felt: TTFB, FCP, LCP, INP in ms, CLS (worst session window) in thousandths.

    Told when the page is left or put aside; the last one of a page view has its final figures.
    """

    kind = "web_vitals.measured"
    area = "web"
    icon = "activity"
    version = 2
    title = "Page speed measured"
    behaviour = False

    lcp: int | None = None
    inp: int | None = None
    cls: int | None = None
    fcp: int | None = None
    ttfb: int | None = None


@dataclass(frozen=True, kw_only=True)
class CustomHappened(Event):
    """Something the company named itself, reported by its pages or another program."""

    kind = "custom.happened"
    area = "web"
    icon = "activity"
    title = "Event “%(name)s”"
    personal = ("props",)

    name: str
    props: dict[str, str | int | float | bool] = field(default_factory=dict)

"""What is known of whoever looks at a page, read only when a condition asks for it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils import timezone

from trichter.attract.forms.visitors import browser_of
from trichter.attract.tracking.rules_source import own_domains
from trichter.core.consent.webconsents import BROWSER_ID
from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Link, Person
from trichter.core.people.queries import survivor_of
from trichter.core.segments.models import Membership
from trichter.kit.traffic import Touch, classify

from .rules import like

_VISIT = timedelta(minutes=30)
_ATTRIBUTE = "_trichter_visitor"
_MOST_PAGES = 1_000


class RequestVisitor:
    """Whoever sends this request. One per request and language; see `visitor_of`.

    `asked`: something beyond the page's language was looked at, so that the answer is not everybody's.
    page, referrer, sent: where a script asks on behalf of a page, its address, the page before, and the id of
    a browser that consented; else the request itself is the page's.
    """

    def __init__(
        self,
        request: HttpRequest,
        language: str,
        *,
        page: str | None = None,
        referrer: str = "",
        sent: str = "",
    ) -> None:
        self._request = request
        self._sent = sent
        if page is None:
            query, referrer = request.META.get("QUERY_STRING", ""), request.headers.get("Referer", "")
        else:
            query = _query_of(page)
        self._came = (query, referrer)
        self.language = language
        self.asked = False

    @cached_property
    def _identity(self) -> int | None:
        """Of the browser, if it may be recognised by the ledger of consents and was seen before."""
        self.asked = True
        browser = browser_of(self._request, sent=self._sent)
        if not browser:
            return None
        rows = Identity.objects.filter(kind="visitor", value=f"{BROWSER_ID}{browser}")
        return rows.values_list("pk", flat=True).first()

    @cached_property
    def _person(self) -> Person | None:
        if self._identity is None:
            return None
        link = Link.objects.filter(identity=self._identity).select_related("person").first()
        return survivor_of(link.person) if link is not None else None

    @cached_property
    def _touch(self) -> Touch:
        """Where the visit came from: by the journal for recognised browsers, else by this request."""
        self.asked = True
        here = classify(*self._came, own_domains())
        if not here.is_direct or self._identity is None:
            return here
        running = Event.objects.filter(
            identity=self._identity, at__gte=timezone.now() - _VISIT, session__isnull=False
        ).order_by("-at", "-id")
        found = running.values_list("source", "medium", "campaign", "content", "term").first()
        return Touch(*found) if found is not None else here

    @property
    def source(self) -> str:
        """Of the visit."""
        return self._touch.source

    @property
    def medium(self) -> str:
        """Of the visit."""
        return self._touch.medium

    @property
    def campaign(self) -> str:
        """Of the visit."""
        return self._touch.campaign

    @cached_property
    def returning(self) -> bool | None:
        """Whether the browser was here in an earlier visit; None for one that may not be recognised."""
        if not browser_of(self._request, sent=self._sent):
            self.asked = True
            return None
        if self._identity is None:
            return False
        return Event.objects.filter(identity=self._identity, at__lt=timezone.now() - _VISIT).exists()

    @property
    def stage(self) -> str | None:
        """Of the person; None for nobody known."""
        return self._person.stage if self._person is not None else None

    def in_segment(self, segment: int) -> bool | None:
        """Whether the person is in it; None for nobody known."""
        if self._person is None:
            return None
        return Membership.objects.filter(segment_id=segment, person=self._person).exists()

    def has_seen(self, page: str, days: int) -> bool | None:
        """Whether the browser looked at such a page; None for one that may not be recognised."""
        return None if self._identity is None else seen_by([self._identity], page, days)


def _query_of(page: str) -> str:
    try:
        return urlsplit(page).query
    except ValueError:
        return ""


def seen_by(identities: list[int], page: str, days: int) -> bool:
    """Whether one of these looked at a page like this within so many days."""
    rows = Event.objects.filter(
        identity__in=identities, kind="page.viewed", at__gte=timezone.now() - timedelta(days=days)
    )
    if "*" not in page:
        return rows.filter(page=page.rstrip("/") or "/").exists()
    found = rows.order_by("-at").values_list("page", flat=True)[:_MOST_PAGES]
    patterns = (page.lower(), page.lower().removesuffix("/*"))
    return any(like(one, patterns) for one in found)


def visitor_of(request: Any, language: str) -> RequestVisitor:
    """The visitor of this request: asked once, however many blocks want to know."""
    found = getattr(request, _ATTRIBUTE, None)
    if not isinstance(found, RequestVisitor) or found.language != language:
        before = found
        found = RequestVisitor(request, language)
        found.asked = bool(before is not None and before.asked)
        setattr(request, _ATTRIBUTE, found)
    return found


def was_asked(request: Any) -> bool:
    """Whether a block of the page looked at the visitor."""
    found = getattr(request, _ATTRIBUTE, None)
    return isinstance(found, RequestVisitor) and found.asked


@dataclass(frozen=True, kw_only=True)
class Supposed:
    """A visitor as a preview supposes him. person: None for an unknown one; known: browser consented."""

    language: str = "de"
    source: str = "direct"
    medium: str = "none"
    campaign: str = ""
    returning: bool | None = None
    person: Person | None = None

    @property
    def stage(self) -> str | None:
        """Of the person."""
        return self.person.stage if self.person is not None else None

    def in_segment(self, segment: int) -> bool | None:
        """Whether the person is in it."""
        if self.person is None:
            return None
        return Membership.objects.filter(segment_id=segment, person=self.person).exists()

    def has_seen(self, page: str, days: int) -> bool | None:
        """Whether one of the person's browsers looked at it."""
        if self.person is None:
            return None
        rows = Link.objects.filter(person=self.person, identity__kind="visitor")
        return seen_by(list(rows.values_list("identity_id", flat=True)), page, days)

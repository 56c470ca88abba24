"""One chunk into the journal, with all that is counted about it, in one transaction."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from trichter.core.consent.defaults import AD_CLICKS
from trichter.core.consent.webconsents import BROWSER_ID, web_consents, web_states
from trichter.core.events import AdClicked, PageViewed
from trichter.core.jobs.crash import crash_point
from trichter.core.journal.actions import Entry, continue_visits, identify_many, record_many
from trichter.core.journal.models import Event, Identity
from trichter.kit.addresses import normalise_email
from trichter.kit.folding import clean
from trichter.kit.ids import stable_uuid
from trichter.kit.pages import page_of_url
from trichter.kit.traffic import DIRECT, Click, Touch, classify, click_of, host_of

from ..models import InboxPosition
from ..pipeline.reasons import Reason
from ..rules_source import tracking_settings
from .counting import count
from .facts import fact_of
from .lines import Arrived, Chunk
from .visits import INACTIVITY_MS, OpenVisits, Visit, visible

_ASKED = 2_000
_MS = 1_000


def write(
    *, chunk: Chunk, segment: str, offset: int, visits: OpenVisits, own_domains: tuple[str, ...]
) -> int:
    """Record a chunk and move the position. Returns how many events were new.

    Events and position are committed together: after a crash the segment is read on from there, and the
    journal's unique uid guards what a client sent twice.
    """
    try:
        with transaction.atomic():
            moves: list[tuple[int, int, int]] = []
            entries, clicks, duplicates = _entries(
                chunk=chunk, visits=visits, own_domains=own_domains, moves=moves
            )
            new = record_many(entries)
            continue_visits(moves)
            record_many(clicks)  # one a visit, whatever its other pages say once more
            if new < len(entries):  # another machine was faster with the same uid
                duplicates[""] += len(entries) - new
            now = int(timezone.now().timestamp() * _MS)
            for site, number in duplicates.items():
                chunk.dropped.append((now, site, Reason.DUPLICATE.value, number))
            count(chunk=chunk, taken=_by_site(chunk=chunk, duplicates=duplicates))
            InboxPosition.objects.update_or_create(segment=segment, defaults={"offset": offset})
            crash_point("drain_before_commit")
    except Exception:
        visits.forget_all()
        raise
    crash_point("drain_after_commit")
    return new


def _by_site(*, chunk: Chunk, duplicates: Counter[str]) -> Counter[str]:
    taken = Counter(event.site for event in chunk.events)
    taken.subtract(duplicates)
    return taken


def _entries(
    *, chunk: Chunk, visits: OpenVisits, own_domains: tuple[str, ...], moves: list[tuple[int, int, int]]
) -> tuple[list[Entry], list[Entry], Counter[str]]:
    """What is new, the clicks on ads among it, and how much was known already, by site.

    moves: gets the visits that go on under the id their visitor agreed to, for `continue_visits`.
    """
    known = _known_uids(event.uid for event in chunk.events)
    duplicates: Counter[str] = Counter()
    fresh: list[Arrived] = []
    for event in chunk.events:
        if event.uid in known:
            duplicates[event.site] += 1
            continue
        known.add(event.uid)
        fresh.append(event)
    _ask_the_ledger(fresh)
    ids = _identities(fresh, visits)
    fresh.sort(key=lambda event: event.at)  # stable: what came first stays first
    agreed = {event.identity: event for event in fresh if _agrees(event)}
    entries = []
    for event in fresh:
        if event.identity in agreed:
            _go_on(event, agreed[event.identity], ids, visits, moves)
        entries.append(_entry(event, ids, visits, own_domains))
    return entries, _clicks(fresh, entries), duplicates


def _agrees(event: Arrived) -> bool:
    """Whether it tells of a consent that the ledger knows: its id would else have been taken away."""
    return event.view is not None and event.identity[1].startswith(BROWSER_ID)


def _go_on(
    event: Arrived, said: Arrived, ids: dict[tuple[str, str], int], visits: OpenVisits,
    moves: list[tuple[int, int, int]],
) -> None:  # fmt: skip
    """Before the first event with an id: the visit without one, in which it was agreed to, goes on."""
    kind, _value = event.identity
    old, new = ids.get((kind, said.instead)), ids[event.identity]
    if old is None or said.view is None:
        return
    visit = visits.hand_over(old=old, new=new, view=said.view, at=event.at)
    if visit is not None:
        moves.append((old, new, visit.session))


def _clicks(events: list[Arrived], entries: list[Entry]) -> list[Entry]:
    """A line of its own for each visit that an ad began, of browsers that allow to keep the network's id.

    The ledger is asked only when there is such a visit; without that consent the id is gone with the query.
    """
    found: list[tuple[str, Entry, Click]] = []
    for event, entry in zip(events, entries, strict=True):
        visitor = event.identity[1]
        if not visitor.startswith(BROWSER_ID) or not entry.source or "?" not in event.url:
            continue
        click = click_of(event.url.partition("?")[2])
        if click is not None:
            found.append((visitor.removeprefix(BROWSER_ID), entry, click))
    allowed = web_consents({one for one, _entry, _click in found}, purpose=AD_CLICKS) if found else set()
    return [
        replace(
            entry, uid=stable_uuid("ad.clicked", str(entry.session), click.value), value=None, currency="",
            fact=AdClicked(network=click.network, parameter=click.parameter, click=click.value),
        )
        for visitor, entry, click in found if visitor in allowed
    ]  # fmt: skip


def _known_uids(uids: Iterable[Any]) -> set[Any]:
    wanted = list(uids)
    found: set[Any] = set()
    for start in range(0, len(wanted), _ASKED):
        part = wanted[start : start + _ASKED]
        found.update(Event.objects.filter(uid__in=part).values_list("uid", flat=True))
    return found


def _ask_the_ledger(events: list[Arrived]) -> None:
    """Whoever may not be recognised becomes the visitor of one day that everybody is without consent."""
    asked = {event.identity[1].removeprefix(BROWSER_ID) for event in events if event.instead}
    if not asked:
        return
    fine = {"given", "none"} if tracking_settings().other_banner else {"given"}
    allowed = {one for one, state in web_states(asked).items() if state in fine}
    for event in events:
        if event.instead and event.identity[1].removeprefix(BROWSER_ID) not in allowed:
            event.identity = (event.identity[0], event.instead)


def _identities(events: list[Arrived], visits: OpenVisits) -> dict[tuple[str, str], int]:
    """Ids of all identities, and their running visits out of the journal where none is remembered."""
    by_kind: dict[str, dict[str, list[int]]] = {}
    for event in events:
        if event.identity[0] == Identity.Kind.EMAIL.value:
            event.identity = (event.identity[0], _address(event.identity[1]))
        by_kind.setdefault(event.identity[0], {}).setdefault(event.identity[1], []).append(event.at)
        for other in _others(event):
            by_kind.setdefault(event.identity[0], {}).setdefault(other, []).append(event.at)
    ids: dict[tuple[str, str], int] = {}
    for kind, values in by_kind.items():
        old = _stored(kind, list(values))
        times = {pk: values[value] for value, pk in old.items()}
        _resume(visits, times)
        own = {event.identity[1] for event in events if event.identity[0] == kind}
        wanted = [value for value in values if value in old or value in own]
        ids.update(((kind, value), pk) for value, pk in identify_many(kind=kind, values=wanted).items())
    return ids


def _others(event: Arrived) -> list[str]:
    """Keys whose running visit the event may go on with. They are looked for and not made."""
    return [key for key in (event.before, event.instead if _agrees(event) else "") if key]


def _stored(kind: str, values: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(values), _ASKED):
        rows = Identity.objects.filter(kind=kind, value__in=values[start : start + _ASKED])
        found.update(rows.values_list("value", "id"))
    return found


def _resume(visits: OpenVisits, times: dict[int, list[int]]) -> None:
    """Remember the running visits of identities that were seen before: one query for a thousand of them."""
    asked = [pk for pk, moments in times.items() if visits.running(pk, min(moments)) is None]
    for start in range(0, len(asked), _ASKED):
        part = asked[start : start + _ASKED]
        first = min(min(times[pk]) for pk in part) - INACTIVITY_MS
        last = max(max(times[pk]) for pk in part)
        latest = Event.objects.filter(
            identity=OuterRef("pk"), session__isnull=False, at__gte=_instant(first), at__lte=_instant(last)
        ).order_by("-at", "-id")
        found = Identity.objects.filter(pk__in=part).values_list(Subquery(latest.values("pk")[:1]), flat=True)
        rows = Event.objects.filter(pk__in=[pk for pk in found if pk is not None])
        columns = ("identity_id", "session", "at", "source", "medium", "campaign", "content", "term")
        for identity, session, at, *touch in rows.values_list(*columns):
            visit = Visit(session, int(at.timestamp() * _MS), Touch(*touch))
            visits.remember(identity, visit)


def _entry(
    event: Arrived, ids: dict[tuple[str, str], int], visits: OpenVisits, own_domains: tuple[str, ...]
) -> Entry:
    kind, value = event.identity
    identity = ids.get((kind, event.before)) if event.before else None
    if identity is None or visits.running(identity, event.at) is None:
        # No visit runs over midnight: the key of the new day counts.
        identity = ids[kind, value]
    else:
        value = event.before
    query = event.url.partition("?")[2]
    touch = visible(classify(query, event.referrer, own_domains)) if event.url else DIRECT
    visit, first = visits.place(identity=identity, value=value, at=event.at, touch=touch)
    if visit.trail is not None:
        viewed = event.uid if event.kind == PageViewed.kind else None
        visits.step(visit=visit, view=viewed, page=_place(event.url), origin=_place(event.referrer))
    return Entry(
        fact=fact_of(event, entry=first),
        at=_instant(event.at),
        identity=identity,
        uid=event.uid,
        session=visit.session,
        source=visit.touch.source,
        medium=visit.touch.medium,
        campaign=visit.touch.campaign,
        content=visit.touch.content,
        term=visit.touch.term,
        page=clean(page_of_url(event.url)) if event.url else "",
        country=event.country,
        device=event.device,
        value=event.value,
        currency=event.currency,
    )


def _place(address: str) -> str:
    """Host and page."""
    return f"{host_of(address)}{page_of_url(address)}" if address else ""


def _address(text: str) -> str:
    """An address in the form in which identities are compared; as it came where it has none."""
    return normalise_email(text).value or clean(text).lower()[:254] or "?"


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at / _MS, UTC)

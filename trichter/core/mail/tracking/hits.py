"""Recording a hit at once, and judging it when its neighbours are known."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from trichter.core.events import MailClicked, MailOpened
from trichter.core.journal.actions import Entry, record
from trichter.core.shell.queries import company_today
from trichter.kit.agents import parse_agent

from ..ledger import identity_of, uid
from ..models import Delivery, Hit, MailCount, TrackedLink
from ..rules.machines import SETTLE, Request, machine, network_of

_KEEP = timedelta(days=180)
_CHUNK = 200


def note(
    *, delivery: int, kind: str, link: int | None, at: datetime, method: str, agent: str, ip: str
) -> None:
    """Store a hit as it came; one insert, so that the answer is quick and nothing is lost."""
    Hit.objects.create(
        delivery_id=delivery, kind=kind, link_id=link, at=at, method=method[:4], agent=agent[:300],
        network=network_of(ip),
    )  # fmt: skip


def count(*, mailing: int, kind: str, at: datetime, method: str, agent: str, ip: str, mark: str = "") -> None:
    """Add one to the day's sum of a mailing: of recipients who agreed to no evaluation. mark: of the link."""
    is_machine = method == "HEAD" or bool(network_of(ip)) or parse_agent(agent).is_bot
    row = {"mailing_id": mailing, "day": company_today(now=at), "kind": kind, "machine": is_machine,
           "mark": mark}  # fmt: skip
    if not MailCount.objects.filter(**row).update(count=F("count") + 1):
        MailCount.objects.bulk_create([MailCount(**row)], ignore_conflicts=True)
        MailCount.objects.filter(**row).update(count=F("count") + 1)


def judge_new(*, now: datetime) -> int:
    """Judge the hits whose time has come and tell the journal. Returns how many."""
    done = 0
    while waiting := _waiting(before=now - SETTLE):
        for pk in waiting:
            done += _judge_mail(delivery=pk, before=now - SETTLE)
    return done


def _waiting(*, before: datetime) -> list[int]:
    rows = Hit.objects.filter(machine__isnull=True, at__lte=before).order_by()
    return list(rows.values_list("delivery", flat=True).distinct()[:_CHUNK])


@transaction.atomic
def _judge_mail(*, delivery: int, before: datetime) -> int:
    row = (
        Delivery.objects.select_for_update(of=("self",)).select_related("mailing", "person").get(pk=delivery)
    )
    hits = list(Hit.objects.filter(delivery=row).order_by("at", "pk"))
    links = TrackedLink.objects.filter(mailing=row.mailing_id).count()
    all_of_it = [_request(one) for one in hits]
    done = 0
    for hit in hits:
        if hit.machine is not None or hit.at > before:
            continue
        hit.machine = machine(
            _request(hit), sent_at=row.sent_at or row.created_at, links=links, others=all_of_it
        )
        hit.save(update_fields=["machine"])
        _tell(row, hit)
        done += 1
    return done


def _request(hit: Hit) -> Request:
    return Request(
        kind=hit.kind,
        at=hit.at,
        method=hit.method,
        agent=hit.agent,
        network=hit.network,
        link=hit.link_id or 0,
    )


def _tell(row: Delivery, hit: Hit) -> None:
    """The first open, and the first click on each target, of people and of machines apart.

    An open is an image that was loaded: a click alone is never counted as one.
    """
    identity = identity_of(row)
    by_machine = bool(hit.machine)
    if hit.kind == Hit.Kind.TRAP or identity is None:
        return
    what = f"{hit.kind} {hit.link_id or ''} {by_machine}"
    fact: MailOpened | MailClicked
    if hit.kind == Hit.Kind.OPEN:
        fact = MailOpened(subject=row.subject, mailing=row.mailing.key, machine=by_machine)
    else:
        target = hit.link.url if hit.link else ""
        fact = MailClicked(
            subject=row.subject, mailing=row.mailing.key, target=target[:500], machine=by_machine,
            mark=hit.link.mark if hit.link else "",
        )  # fmt: skip
    record(Entry(fact=fact, at=hit.at, identity=identity, uid=uid(row, what)))
    if by_machine:
        return
    column = "opened_at" if hit.kind == Hit.Kind.OPEN else "clicked_at"
    if getattr(row, column) is None:
        setattr(row, column, hit.at)
        row.save(update_fields=[column])


def forget_old(*, now: datetime) -> int:
    """Delete raw hits that are judged and older than half a year; the facts stay in the journal."""
    return _delete(Hit.objects.filter(machine__isnull=False, at__lt=now - _KEEP).values_list("pk", flat=True))


def _delete(ids: Iterable[int]) -> int:
    return Hit.objects.filter(pk__in=list(ids[:10_000])).delete()[0]  # type: ignore[index]

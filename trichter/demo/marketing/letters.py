"""Mails of the past in the ledger: every row has left or come back, none waits."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trichter.core.journal.bulk import insert, insert_records
from trichter.core.mail.models import Delivery, Hit, Mailing, Step, TrackedLink
from trichter.kit.addresses import domain_of

from .past import Known, Past

HOST = "fjordwerk.example"
READER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0 Safari/537.36"
)
# Apple's proxy loads images before anybody reads; it gives no more than this.
PROXY = "Mozilla/5.0"
S = Delivery.State


@dataclass(kw_only=True, slots=True)
class Letter:
    """One mail: to whom, when asked for and when it left, and what became of it. `link`: which was followed.

    machine: when a machine loaded the image. hard: whether what came back at `bounced` is final.
    """

    to: Known
    key: str
    queued: datetime
    sent: datetime
    variables: Mapping[str, Any]
    opened: datetime | None = None
    clicked: datetime | None = None
    link: int = 0
    machine: datetime | None = None
    bounced: datetime | None = None
    hard: bool = False
    answer: str = ""
    unsubscribed: datetime | None = None

    @property
    def evaluated(self) -> bool:
        """Whether opens and clicks of this recipient are known by name."""
        return self.to.evaluated


def write(
    past: Past, *, mailing: Mailing, subject: str, renderer: str, letters: Sequence[Letter],
    links: Sequence[str] = (),
) -> list[Delivery]:  # fmt: skip
    """The rows of the ledger with their history and hits; the journal is the caller's. In the same order.

    links: paths on the house's own site that stand in the mail.
    """
    system = mailing.message_class == Mailing.Class.SYSTEM
    rows = [
        Delivery(
            mailing=mailing, key=one.key, identity_id=one.to.address, person=one.to.person,
            address=one.to.person.email, domain=domain_of(one.to.person.email), renderer=renderer,
            variables=dict(one.variables), subject=subject,
            message_id=f"<{past.rng.getrandbits(128):032x}@{HOST}>",
            state=S.BOUNCED if one.bounced else S.SENT,
            reason=_reason(one), detail=one.answer, lane=0 if system else 1, not_before=one.queued,
            next_at=one.queued, attempts=1, per_person=one.evaluated and not system, created_at=one.queued,
            sent_at=one.sent, bounced_at=one.bounced, opened_at=one.opened, clicked_at=one.clicked,
        )
        for one in letters
    ]  # fmt: skip
    insert_records(rows)
    steps = [
        (row.pk, at, state, reason, detail)
        for row, one in zip(rows, letters, strict=True)
        for at, state, reason, detail in _steps(one)
    ]
    insert(Step, ("delivery_id", "at", "state", "reason", "detail"), steps)
    numbers = _links(mailing=mailing, paths=links)
    hits = [
        (row.pk, kind, link, at, "GET", agent, network, machine)
        for row, one in zip(rows, letters, strict=True)
        for kind, link, at, agent, network, machine in _hits(one, numbers)
    ]
    columns = ("delivery_id", "kind", "link_id", "at", "method", "agent", "network", "machine")
    insert(Hit, columns, sorted(hits, key=lambda row: (row[3], row[0])))
    return rows


def _reason(one: Letter) -> str:
    if one.bounced is None:
        return ""
    return "bounced_hard" if one.hard else "bounced_soft"


def _steps(one: Letter) -> list[tuple[datetime, str, str, str]]:
    found = [(one.queued, S.DUE.value, "", ""), (one.sent, S.SENT.value, "", "")]
    if one.bounced is not None:
        found.append((one.bounced, S.BOUNCED.value, _reason(one), one.answer))
    if one.unsubscribed is not None:
        found.append((one.unsubscribed, S.SENT.value, "unsubscribed", "link"))
    return found


def _hits(one: Letter, links: Sequence[int]) -> list[tuple[str, int | None, datetime, str, str, str]]:
    found: list[tuple[str, int | None, datetime, str, str, str]] = []
    if one.machine is not None:
        found.append(("open", None, one.machine, PROXY, "apple", "apple"))
    if one.opened is not None:
        found.append(("open", None, one.opened, READER, "", ""))
    if one.clicked is not None and links:
        found.append(("click", links[one.link], one.clicked, READER, "", ""))
    return found


def target(path: str) -> str:
    """The whole address of a page, as it stands in a mail."""
    return f"https://{HOST}{path}"


def _links(*, mailing: Mailing, paths: Sequence[str]) -> list[int]:
    made = [
        TrackedLink(mailing=mailing, url=url, digest=hashlib.sha256(url.encode()).hexdigest())
        for url in map(target, paths)
    ]
    insert_records(made)
    return [one.pk for one in made]

"""Which browsers agreed to be recognised, fast enough to be asked for every batch of the collector.

Answers are kept in this process. What is kept is right, not just fresh: each call looks at the end of the
ledger (one row by its key) and drops the answers for browsers about which something was written since. As
writers of the ledger take turns, no row can appear behind an end that was seen.
"""

import threading
from collections.abc import Collection
from datetime import UTC, datetime

from django.utils import timezone

from trichter.core.journal.models import Identity

from .models import ChainHead, ConsentPart, ConsentRecord

_MOST = 200_000
_MOST_NEW = 2_000
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_REFUSED = datetime(1, 1, 1, tzinfo=UTC)
PURPOSE, CHANNEL = "statistics", "web"


class _Known:
    """Until when each browser may be recognised; in the past: not."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.until: dict[str, datetime] = {}
        self.number, self.hash = 0, ""

    def catch_up(self) -> None:
        number, end = ChainHead.objects.filter(pk=1).values_list("number", "hash").first() or (0, "")
        if end == self.hash and number == self.number:
            return
        ours = self.number > 0 and ConsentRecord.objects.filter(number=self.number, hash=self.hash).exists()
        fresh = ConsentRecord.objects.filter(number__gt=self.number, number__lte=number)
        erased = ours and fresh.filter(decision="erased").exists()
        if not ours or erased or number - self.number > _MOST_NEW or len(self.until) > _MOST:
            self.until.clear()
        else:
            parts = ConsentPart.objects.filter(record__in=fresh, name="subject")
            for content in parts.values_list("content", flat=True):
                self.until.pop(str(content.get("identity", "")).removeprefix("visitor:id:"), None)
        self.number, self.hash = number, end

    def learn(self, visitors: Collection[str]) -> None:
        wanted = sorted({one for one in visitors if one not in self.until})
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            identities = dict(
                Identity.objects.filter(kind="visitor", value__in=[f"id:{one}" for one in part])
                .values_list("value", "id")
            )  # fmt: skip
            until = _until(list(identities.values()))
            for one in part:
                self.until[one] = until.get(identities.get(f"id:{one}", 0), _REFUSED)


def _until(identities: Collection[int]) -> dict[int, datetime]:
    """Until when each identity's last statement allows it; those that are not allowed are left out."""
    rows = ConsentPart.objects.filter(
        identity_id__in=identities, name="subject", record__purpose__key=PURPOSE, record__channel=CHANNEL
    )
    found: dict[int, datetime] = {}
    fields = ("identity_id", "record__decision", "record__expires_at")
    for identity, decision, expires in rows.order_by("record__at", "record__number").values_list(*fields):
        found[identity] = (expires or _NEVER) if decision == "given" else _REFUSED
    return found


_known = _Known()


def web_consents(visitors: Collection[str], *, at: datetime | None = None) -> set[str]:
    """Those of these browser ids (values of the cookie `tr_id`) that may be used now."""
    moment = at or timezone.now()
    with _known.lock:
        _known.catch_up()
        _known.learn(visitors)
        return {one for one in visitors if _known.until[one] > moment}


def web_consent(visitor_id: str) -> bool:
    """The same for one browser."""
    return visitor_id in web_consents([visitor_id])

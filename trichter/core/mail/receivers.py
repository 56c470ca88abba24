"""Machines among those who open and click, by receiving domain."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Hit

_DAYS = 30
# What the reasons of `rules/machines.py` come from, as people know it.
MACHINES: Mapping[str, Promise] = {
    "apple": _("Apple Mail Privacy Protection"),
    "proxy": _("image proxies of Gmail, Yahoo and Outlook"),
    "scanner": _("link scanners"),
    "other": _("other programs"),
}
_SOURCE = {
    "apple": "apple", "proxy": "proxy", "scanner": "scanner", "trap": "scanner", "all_links": "scanner",
    "head": "scanner",
}  # fmt: skip
_FAMILIES = {
    "Gmail": ("gmail.com", "googlemail.com"),
    "Apple": ("icloud.com", "me.com", "mac.com"),
    "Outlook": ("outlook.", "hotmail.", "live.", "msn.com"),
    "GMX, WEB.DE": ("gmx.", "web.de"),
    "Yahoo, AOL": ("yahoo.", "aol.", "ymail.com"),
    "T-Online": ("t-online.de", "magenta.de"),
}


def family(domain: str) -> str:
    """The provider whose consumer mailboxes these are; empty for a company's own domain."""
    for name, ends in _FAMILIES.items():
        if any(domain.startswith(end) if end.endswith(".") else domain == end for end in ends):
            return name
    return ""


@dataclass(kw_only=True)
class Receiver:
    """Opens and clicks of a receiving domain, by people and by machines; machines by where they come from."""

    domain: str
    opens: int = 0
    machine_opens: int = 0
    clicks: int = 0
    machine_clicks: int = 0
    by: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def family(self) -> str:
        """The provider, where it is a known one."""
        return family(self.domain)


def receivers(*, now: datetime, most: int) -> list[Receiver]:
    """The receiving domains with most opens and clicks of the last thirty days; only judged ones.

    Of recipients who agreed to an evaluation: of all others only sums are kept, without a domain.
    """
    rows = Hit.objects.filter(
        at__gte=now - timedelta(days=_DAYS), machine__isnull=False, kind__in=[Hit.Kind.OPEN, Hit.Kind.CLICK]
    ).order_by()
    found: dict[str, Receiver] = {}
    for domain, kind, why, count in rows.values_list("delivery__domain", "kind", "machine").annotate(
        n=Count("id")
    ):
        if not domain:
            continue
        one = found.setdefault(domain, Receiver(domain=domain))
        machines = count if why else 0
        if kind == Hit.Kind.OPEN:
            one.opens, one.machine_opens = one.opens + count, one.machine_opens + machines
        else:
            one.clicks, one.machine_clicks = one.clicks + count, one.machine_clicks + machines
        if why:
            one.by[_SOURCE.get(why, "other")] += count
    return sorted(found.values(), key=lambda one: (-one.opens - one.clicks, one.domain))[:most]

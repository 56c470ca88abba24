"""The twelve points put together from what is stored; marketing waits until all of them are right."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from trichter.kit.addresses import is_freemail

from . import queries
from .models import Check, ProviderEvent
from .rules import preflight, rates

_PROOF_LASTS = timedelta(days=90)


def points() -> list[preflight.Point]:
    """The verdicts, in order."""
    return preflight.points(facts())


def blocking() -> list[str]:
    """Keys of the points that stop marketing; none while no mail leaves the house anyway."""
    if not queries.leaves_the_house():
        return []
    return [point.key for point in points() if not point.ok]


def facts() -> preflight.Facts:
    """What the rules need, from the settings, the last look at the name service, and the ledger."""
    house, now = queries.mail_settings(), timezone.now()
    found = {one.name: one for one in Check.objects.all()}
    sender = house.from_address
    level = rates.complaint_level(sent=(week := queries.rates(now=now)).sent, complained=week.complained)
    proven = house.proof_seen_at is not None and now - house.proof_seen_at < _PROOF_LASTS
    answers = {name: (one.found if (one := found.get(name)) else None) for name in
               ("spf", "dkim", "dmarc", "mx", "ptr")}  # fmt: skip
    return preflight.Facts(
        from_address=sender, freemail=is_freemail(sender), bounce_address=house.bounce_address,
        base_url=house.base_url, imprint=house.imprint, provider=queries.by_provider(),
        tls=bool(settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL) or _local_server(),
        selector=house.dkim_selector, public_key=house.dkim_public, proof=proven,
        provider_events=queries.by_provider() and ProviderEvent.objects.exists(),
        complaint_level=level, errors={name: one.error for name, one in found.items() if one.error},
        **answers,
    )  # fmt: skip


def _local_server() -> bool:
    """A mail server on this machine needs no TLS to be reached."""
    return settings.EMAIL_HOST in ("localhost", "127.0.0.1", "::1")

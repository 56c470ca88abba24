"""What the sitemap holds."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from ..models import ContentPage
from ..queries import published
from .head import absolute

MOST = 50_000  # the protocol's limit per file


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An address with its last change and the languages it exists in."""

    url: str
    changed: datetime | None
    alternates: tuple[tuple[str, str], ...]


def entries(*, request: HttpRequest, base: str) -> list[Entry]:
    """Live, public, indexable pages whose text does not stand first elsewhere."""
    rows = list(published().filter(noindex=False, canonical="").order_by("path").defer("body")[:MOST])
    addresses = {page.pk: absolute(page.get_url(request) or "", base=base) for page in rows}
    groups: dict[int, list[ContentPage]] = defaultdict(list)
    for page in rows:
        groups[page.translation_of_id or page.pk].append(page)
    found = []
    for page in rows:
        group = groups[page.translation_of_id or page.pk]
        alternates = tuple((one.language, addresses[one.pk]) for one in group) if len(group) > 1 else ()
        if addresses[page.pk]:
            found.append(Entry(url=addresses[page.pk], changed=page.last_published_at, alternates=alternates))
    return found

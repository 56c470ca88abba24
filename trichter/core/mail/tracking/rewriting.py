"""Links and the image that tell of clicks and opens.

Who agreed to that evaluation gets links of his own; for all others the links name the mailing alone.
"""

import hashlib
from collections.abc import Iterable, Sequence
from html import escape

from .. import addresses, html, tokens
from ..memory import Memo, remembered
from ..models import Delivery, MailSettings, TrackedLink


def counted(
    text: str, *, delivery: Delivery, house: MailSettings, per_person: bool, links: Sequence[str], memo: Memo
) -> str:
    """The HTML part with counted links; our own addresses to unsubscribe stay as they are.

    links: targets in the text.
    """
    base = addresses.base_url(house)
    token = tokens.sign(use="track", number=delivery.pk)
    wanted = tuple(url for url in links if not url.startswith(f"{base}/m/") and len(url) <= 2_000)
    numbers = remembered(
        memo, ("links", delivery.mailing_id, wanted),
        lambda: link_ids(mailing=delivery.mailing_id, urls=wanted),
    )  # fmt: skip

    def target(url: str) -> str:
        link = numbers.get(url)
        if link is None:
            return escape(html.unmarked(url)[0])
        if per_person:
            return f"{base}/m/c/{token}/{link}"
        return f"{base}/m/l/{remembered(memo, ('link', link), lambda: tokens.sign(use='link', number=link))}"

    if per_person:
        pixel = f"{base}/m/o/{token}.gif"
        # Nobody sees it, so nobody follows it but a program that follows everything.
        trap = f'<a href="{base}/m/t/{token}" style="display:none" tabindex="-1" aria-hidden="true"></a>'
    else:
        pixel = f"{base}/m/a/{tokens.sign(use='count', number=delivery.mailing_id)}.gif"
        trap = ""
    image = f'<img src="{pixel}" width="1" height="1" alt="" style="display:block;border:0">'
    return html.with_links(text, to=target, tail=f"{trap}{image}")


def link_ids(*, mailing: int, urls: Iterable[str]) -> dict[str, int]:
    """The numbers of these targets in this mailing, by target; each is stored once for each mark."""
    digests = {hashlib.sha256(url.encode()).hexdigest(): url for url in urls}
    rows = TrackedLink.objects.filter(mailing_id=mailing, digest__in=digests)
    found = dict(rows.values_list("digest", "pk"))
    if len(found) < len(digests):
        TrackedLink.objects.bulk_create(
            [
                TrackedLink(mailing_id=mailing, digest=digest, url=target, mark=mark[:40])
                for digest, (target, mark) in (
                    (digest, html.unmarked(url)) for digest, url in digests.items() if digest not in found
                )
            ],
            ignore_conflicts=True,
        )
        found = dict(rows.all().values_list("digest", "pk"))
    return {url: found[digest] for digest, url in digests.items()}

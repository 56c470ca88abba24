"""The channel a source and medium belong to: the twelve groups reports speak of.

Precedence, first match wins:

1. ``AI Assistants``: medium ``ai`` or a source that is an assistant
2. ``Affiliates``: medium ``affiliate``
3. ``Email``: medium ``email``, or source ``newsletter``
4. ``Video``: medium ``video``, or a video site as source whatever is paid there
5. paid media (``cpc``, ``paid_social`` …): ``Paid Social`` when the medium says so or the source is a
network,
   ``Paid Search`` when the source is a search engine or unknown; medium ``display`` is ``Display``
6. ``Organic Social``: medium ``social``, or a network as source without another known medium
7. ``Organic Search``: medium ``organic``
8. ``Referral``: medium ``referral``
9. ``Direct``: source ``direct``, medium ``none``
10. ``Other``: everything else, for instance print, push, SMS, or a source that is not set
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from trichter.kit.data import table_of

Channel = Literal[
    "Organic Search",
    "Paid Search",
    "Organic Social",
    "Paid Social",
    "Email",
    "Referral",
    "Display",
    "Affiliates",
    "Video",
    "AI Assistants",
    "Direct",
    "Other",
]
CHANNELS: tuple[Channel, ...] = (
    "Organic Search",
    "Paid Search",
    "Organic Social",
    "Paid Social",
    "Email",
    "Referral",
    "Display",
    "Affiliates",
    "Video",
    "AI Assistants",
    "Direct",
    "Other",
)
_PAID = {"cpc", "paid_social", "cpm", "cpp", "cpv", "paid"}


@lru_cache(maxsize=1)
def _sources() -> dict[str, frozenset[str]]:
    """Return the known sources of each medium of the referrer table."""
    return {medium: frozenset(hosts.values()) for medium, hosts in table_of("referrers.toml").items()}


@lru_cache(maxsize=4096)
def channel(source: str, medium: str) -> Channel:
    """Return the channel of a normalised ``source`` and ``medium`` (as ``kit.traffic`` gives them)."""
    known = _sources()
    if medium == "ai" or source in known["ai"]:
        return "AI Assistants"
    if medium == "affiliate":
        return "Affiliates"
    if medium == "email" or (source == "newsletter" and medium not in _PAID):
        return "Email"
    if medium == "video" or source in known["video"]:
        return "Video"
    if medium == "display":
        return "Display"
    if medium in _PAID:
        return "Paid Social" if medium == "paid_social" or source in known["social"] else "Paid Search"
    if medium == "social" or (source in known["social"] and medium in ("", "referral")):
        return "Organic Social"
    if medium == "organic":
        return "Organic Search"
    if medium == "referral":
        return "Referral"
    if source == "direct" or (medium == "none" and not source):
        return "Direct"
    return "Other"

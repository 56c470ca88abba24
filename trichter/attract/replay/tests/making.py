"""Requests, consents and recordings for tests."""

import base64
import gzip
import json
import uuid
from datetime import timedelta

from django.utils import timezone

from trichter.attract.replay.actions import ensure_purpose
from trichter.attract.replay.writing import write
from trichter.core.consent.actions import give
from trichter.core.consent.defaults import RECORDING
from trichter.core.consent.models import Wording
from trichter.core.journal.actions import identify

SEEN = ["example.com", "/a", "desktop", "Chrome", "Linux"]
EVENTS = [
    {"type": 4, "data": {"href": "https://example.com/a", "width": 800, "height": 600}, "timestamp": 1},
    {"type": 2, "data": {"node": {"type": 0, "childNodes": [], "id": 1}}, "timestamp": 2},
]


def packed(events=EVENTS):
    return base64.b64encode(gzip.compress(json.dumps(events).encode())).decode()


def heat(**more):
    return {
        "uid": str(uuid.uuid4()), "url": "https://example.com/a", "w": 1200, "h": 700, "p": 3000, "v": 1,
        "s": [1, 2], "c": [[3, 4, "#buy", 5, 5, 2, 1, 1]], "m": [],
    } | more  # fmt: skip


def part(**more):
    return {
        "id": str(uuid.uuid4()), "rec": str(uuid.uuid4()), "take": str(uuid.uuid4()), "n": 0,
        "url": "https://example.com/a", "ago": 5_000, "until": 0, "clicks": 3, "rage": 1, "ev": packed(),
    } | more  # fmt: skip


def line(kind, body, *, seen=SEEN, at=None):
    """A record as the collector leaves it in the inbox."""
    moment = int((at or timezone.now()).timestamp() * 1_000)
    content = {"raw": "", "m": []} | {key: value for key, value in body.items() if key != "url"}
    return {"t": moment, "k": kind, "g": seen, "b": content}


def drain(*lines):
    return write(records=list(lines), segment="s", offset=1)


def agree(ident, *, purposes=("statistics", RECORDING), at=None):
    """The ledger knows that this browser allows it; its identity."""
    ensure_purpose()
    identity = identify(kind="visitor", value=f"id:{ident}")
    for purpose in purposes:
        wording = Wording.objects.filter(purpose__key=purpose, language="de").first()
        give(
            identity=identity, purpose=purpose, channel="web", at=at or timezone.now() - timedelta(hours=1),
            how="banner", wording=wording,
        )  # fmt: skip
    return identity

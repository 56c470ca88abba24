"""The web server's entry point: the collector stands before Django.

Django's pages run as WSGI in a pool of threads; under ASGI they would be several times slower.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any, cast

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trichter.config.settings")
_pages = get_wsgi_application()

from django.conf import settings  # noqa: E402

from trichter.attract.replay.door.app import PATHS as REPLAY_PATHS  # noqa: E402
from trichter.attract.replay.door.app import ReplayCollector  # noqa: E402
from trichter.attract.replay.door.house import ReplayHouse  # noqa: E402
from trichter.attract.tracking.collector.app import PATHS, Collector  # noqa: E402
from trichter.attract.tracking.collector.house import House  # noqa: E402
from trichter.config.bridge import Bridge, Pages  # noqa: E402
from trichter.kit.garbage import settle  # noqa: E402

_limit = settings.CONF.inbox_mb * 2**20
_replay = ReplayCollector(folder=settings.REPLAY_INBOX_DIR, limit=_limit, house=ReplayHouse())
_collector = Collector(folder=settings.INBOX_DIR, limit=_limit, house=House(), more=_replay.loader)
_bridge = Bridge(pages=cast(Pages, _pages), threads=settings.CONF.web_threads)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Every request."""
    if scope["type"] == "http":
        if scope["path"] in PATHS:
            await _collector(scope, receive, send)
        elif scope["path"] in REPLAY_PATHS:
            await _replay(scope, receive, send)
        else:
            await _bridge(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _collector.start()
            _replay.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            _collector.stop()
            _replay.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


# `trichter serve` prepares the database while this was being loaded.
_awaited = os.environ.get("TRICHTER_WAIT_FOR")
while _awaited and not (_said := Path(_awaited).read_text() if os.path.exists(_awaited) else ""):
    if not os.path.isdir(os.path.dirname(_awaited)):
        sys.exit(1)
    time.sleep(0.02)
if _awaited and _said == "no":
    sys.exit(1)

settle()

"""Starts collectors by forking, so that fifty of them take seconds: `python -m …collecting`.

Reads lines from its input: `start PORT [CRASH_POINT]` and `drain` answer with the child's process id.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trichter.config.settings")


def serve(port: int) -> None:
    """A collector and its drainer in this process."""
    from django.conf import settings
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from trichter.attract.tracking.collector.app import PATHS, Collector
    from trichter.attract.tracking.collector.house import House
    from trichter.attract.tracking.draining.drainer import Drainer

    limit = int(os.environ.get("INBOX_BYTES", settings.CONF.inbox_mb * 2**20))
    collector = Collector(folder=settings.INBOX_DIR, limit=limit, house=House())
    drainer = Drainer(folder=settings.INBOX_DIR)

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS:
            await collector(scope, receive, send)
        elif scope["type"] == "http":
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    async def main() -> None:
        collector.start()
        drainer.start()
        server = Server(
            application, address="127.0.0.1", port=port, interface=Interfaces.ASGI, websockets=False,
            log_enabled=False, backlog=1024,
        )  # fmt: skip
        await server.serve()

    asyncio.run(main())


def main(serve: Callable[[int], None] = serve) -> None:
    """Load everything once, then fork."""
    import django

    django.setup()
    import trichter.attract.tracking.collector.app
    import trichter.attract.tracking.draining.drainer  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        _word, port, *crash = line.split()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if crash:
                os.environ["TRICHTER_CRASH_AT"] = crash[0]
            try:
                serve(int(port))
            finally:
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()

"""The whole house in one process for browser tests: scripts, doors, pages, and both drainers."""

import asyncio

from trichter.attract.tracking.tests import collecting


def serve(port: int) -> None:
    """What `trichter serve` serves, without its worker."""
    from django.conf import settings
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from trichter.attract.replay.draining import ReplayDrainer
    from trichter.attract.tracking.draining.drainer import Drainer
    from trichter.config.asgi import _collector, _replay, application

    async def main() -> None:
        _collector.start()
        _replay.start()
        for drainer in (Drainer(folder=settings.INBOX_DIR), ReplayDrainer(folder=settings.REPLAY_INBOX_DIR)):
            drainer.start()
        server = Server(
            application, address="127.0.0.1", port=port, interface=Interfaces.ASGI, websockets=False,
            log_enabled=False, backlog=256,
        )  # fmt: skip
        await server.serve()

    asyncio.run(main())


if __name__ == "__main__":
    collecting.main(serve)

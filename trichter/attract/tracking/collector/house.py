"""What the collector knows of the house: settings, salts and tokens, read beside the requests.

A thread renews the rules every few seconds. When the database does not answer, the last ones stay valid:
the collector goes on taking events.
"""

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, close_old_connections, connection

from ..pipeline.draft import Rules
from ..rules_source import current_rules, token_refusal

logger = logging.getLogger(__name__)

_RENEW = 5.0
_FIRST = 10.0
TOKEN_SECONDS = 20.0
_MOST_TOKENS = 1_000

Refusal = tuple[int, str]


class Unknown(RuntimeError):
    """The database does not answer."""


class House:
    """Settings and tokens, remembered for seconds."""

    def __init__(self) -> None:
        self.rules = Rules()
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="collector-rules", daemon=True)
        self._asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="collector-tokens")
        self._tokens: dict[str, tuple[float, Refusal | None]] = {}

    def start(self) -> None:
        """Read the rules, and keep them fresh. Waits for the first reading, in a thread: the loop may not."""
        self._thread.start()
        if not self._ready.wait(timeout=_FIRST):
            logger.warning("the collector's settings could not be read; it refuses events until they are")

    def stop(self) -> None:
        """End the renewal."""
        self._stop.set()
        self._asking.shutdown(wait=False)

    def _renew(self) -> None:
        self._read()
        while not self._stop.wait(_RENEW):
            self._read()
        connection.close()

    def _read(self) -> None:
        try:
            close_old_connections()
            self._read_all()
        except DatabaseError as error:
            logger.warning("the collector's settings could not be renewed: %s", error)
        else:
            self._ready.set()

    def _read_all(self) -> None:
        self.rules = current_rules()

    async def refusal(self, *, secret: str) -> Refusal | None:
        """Why this token may not send events: status and sentence; None when it may. Raises Unknown."""
        if not secret or len(secret) > 200 or not secret.isascii():
            return 401, "A valid token is needed: “Authorization: Bearer …”."
        known = self._tokens.get(secret)
        now = time.monotonic()
        if known is not None and known[0] > now:
            return known[1]
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._asking, _ask, secret)
        except DatabaseError:
            raise Unknown from None
        if len(self._tokens) >= _MOST_TOKENS:
            self._tokens.clear()
        self._tokens[secret] = (now + TOKEN_SECONDS, found)
        return found


def _ask(secret: str) -> Refusal | None:
    close_old_connections()
    return token_refusal(secret=secret)

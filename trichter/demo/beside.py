"""Two halves of the work that need nothing of each other, on two cores."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, connections

logger = logging.getLogger(__name__)


class Failed(RuntimeError):
    """The other process did not finish its work; what went wrong is in the log."""


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Do this work while the block runs, in a process of its own; it is done when the block has ended.

    The block must not write: SQLite has one writer. Where no second process can help (one core, an open
    transaction, threads that a copy of the process would lack), the work is done first. Raises Failed.
    """
    alone = len(os.sched_getaffinity(0)) < 2 or connection.in_atomic_block or threading.active_count() > 1
    if alone:
        work()
        yield
        return
    connections.close_all()  # a connection belongs to one process
    sys.stdout.flush()
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            logger.exception("the work beside failed")
            os._exit(1)
        connections.close_all()
        os._exit(0)
    try:
        yield
    finally:
        _pid, status = os.waitpid(child, 0)
    if status:
        raise Failed

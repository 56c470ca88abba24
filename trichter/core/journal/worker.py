"""The worker: lets followers read, runs jobs that are due, and starts the scheduled ones.

Any number may run at once, in threads, processes or on machines that share the PostgreSQL database.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

from django.db import DatabaseError, connections
from django.utils import timezone
from wagtail import hooks

from trichter.core.jobs import beats, leases
from trichter.core.jobs.running import run_next
from trichter.core.jobs.schedule import Scheduler

from . import cursors
from .followers import catch_up, followers, run_once, tend
from .horizon import after
from .models import Cursor

logger = logging.getLogger(__name__)

_SHORTEST, _LONGEST = 0.2, 1.0
# Somebody waits for what followers do: a lead is with its colleague well within a second of the event.
_LONGEST_OF_FOLLOWERS = 0.5
_AFTER_TROUBLE = 5.0
_SWEEP_EVERY = 15.0
# Batches a follower may take in a row before the others get their turn.
_TURN = 10


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Work with a thread of its own in every worker, offered by the hook `register_worker_turn`.

    work: does a little and returns whether there was anything; called again and again, by one thread.
    close: called in that thread at the end.
    """

    name: str
    work: Callable[[threading.Event], bool]
    close: Callable[[], None] = lambda: None


def run_worker(*, stop: threading.Event, once: bool = False) -> None:
    """Work until `stop` is set; with `once`, do all that is due now and return.

    After `stop`, a follower ends its batch, and a job goes back to the queue at its next sign of progress.
    """
    worker = beats.worker_name()
    if once:
        _everything_once(worker=worker, stop=stop)
        return
    logger.info("worker %s started", worker)
    threads = [
        threading.Thread(
            name="followers",
            target=_repeat,
            args=(stop, lambda: followers_turn(stop=stop)),
            kwargs={"longest": _LONGEST_OF_FOLLOWERS},
        ),
        threading.Thread(
            name="jobs", target=_repeat, args=(stop, lambda: run_next(worker=worker, stop=stop))
        ),
    ]
    threads += [
        threading.Thread(name=turn.name, target=_run_turn, args=(stop, turn)) for turn in _offered_turns()
    ]
    for thread in threads:
        thread.start()
    try:
        _repeat(stop, _Upkeep(worker=worker), close=False)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        try:
            beats.goodbye(worker=worker)
        except DatabaseError:
            logger.warning("worker %s could not sign off", worker, exc_info=True)
        connections.close_all()
        logger.info("worker %s ended", worker)


def _offered_turns() -> list[Turn]:
    return [offer() for offer in hooks.get_hooks("register_worker_turn")]


def _run_turn(stop: threading.Event, turn: Turn) -> None:
    _repeat(stop, lambda: turn.work(stop), close=False)
    turn.close()
    connections.close_all()


def stop_on_signals(*, stop: threading.Event) -> None:
    """Let SIGTERM and Ctrl-C set `stop`; only in a process's main thread."""

    def asked(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)


def _everything_once(*, worker: str, stop: threading.Event) -> None:
    leases.sweep()
    Scheduler().tick()
    catch_up()
    while not stop.is_set() and run_next(worker=worker, stop=stop):
        catch_up()
    for turn in _offered_turns():
        while not stop.is_set() and turn.work(stop):
            catch_up()
        turn.close()


def _repeat(
    stop: threading.Event, work: Callable[[], bool], *, close: bool = True, longest: float = _LONGEST
) -> None:
    """Call `work` until `stop`; pause when it had nothing to do, longer while that lasts, up to `longest`."""
    pause = _SHORTEST
    try:
        while not stop.is_set():
            try:
                _drop_broken_connections()
                pause = _SHORTEST if work() else min(pause * 1.5, longest)
            except Exception:  # a worker outlives whatever it meets: a lost database, a full disk
                logger.exception("worker: trouble, going on in %s seconds", _AFTER_TROUBLE)
                pause = _AFTER_TROUBLE
            if pause > _SHORTEST:
                stop.wait(pause)
    finally:
        if close:
            connections.close_all()


def _drop_broken_connections() -> None:
    """A connection on which something failed is looked at, and opened anew when it is dead.

    Sound ones are kept: on SQLite the last one that closes would write back the whole write-ahead log.
    """
    for known in connections.all(initialized_only=True):
        if known.errors_occurred:
            known.close_if_unusable_or_obsolete()


def followers_turn(*, stop: threading.Event) -> bool:
    """Some batches for every follower that has something to read; False when none had.

    A follower that raises does not keep the others from reading.
    """
    busy = sum(tend(follower=follower) for follower in followers()) > 0
    if not _anything_new(now=timezone.now()):
        return busy
    for follower in followers():
        try:
            for _ in range(_TURN):
                if stop.is_set() or not run_once(follower=follower):
                    break
                busy = True
        except Exception:
            logger.exception("follower %s", follower.name)
    return busy


def _anything_new(*, now: datetime) -> bool:
    """Two short queries for all followers together: is there an event behind the hindmost cursor?"""
    names = {follower.name for follower in followers()}
    known = [cursor for cursor in Cursor.objects.all() if cursor.name in names]
    able = [cursor for cursor in known if cursors.may_run(cursor=cursor, now=now)]
    if len(known) < len(names):
        return True
    if not able:
        return False
    hindmost = min(able, key=lambda cursor: (cursor.txid, cursor.position))
    return after(txid=hindmost.txid, position=hindmost.position).exists()


class _Upkeep:
    """Sign of life, schedule and lost leases, each at its own interval."""

    def __init__(self, *, worker: str) -> None:
        self._worker = worker
        self._scheduler = Scheduler()
        self._beat = self._sweep = float("-inf")

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self._beat >= beats.EVERY.total_seconds():
            beats.beat(worker=self._worker)
            self._beat = now
        if now - self._sweep >= _SWEEP_EVERY:
            leases.sweep()
            self._sweep = now
        self._scheduler.tick()
        return False

"""Real processes on a real database, for tests of what happens when one of them dies or two meet.

A process is a fork of the test. On PostgreSQL it connects anew to the test database; for SQLite, whose test
database usually lives in memory, all processes of one test share a copy of it on disk.
"""

import os
import pickle
import signal
import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection


class Processes:
    """`call` runs a function in a process and returns its result; `start` and `end` do so in two steps."""

    def __init__(self, *, folder: Path) -> None:
        self._copy = folder / "processes.sqlite3"
        self._pipes: dict[int, int] = {}
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            # Closed at once: left to the garbage collector it would be closed under the processes, as the last
            # one to use the file by what SQLite knows here, and the journal they write would be deleted.
            with closing(sqlite3.connect(self._copy)) as copy:
                connection.connection.backup(copy)
                copy.execute("PRAGMA journal_mode=WAL")

    def call(self, work: Callable[[], Any]) -> Any:
        status, result = self.end(self.start(work))
        assert status == 0, result
        return result

    def start(self, work: Callable[[], Any], *, crash_at: str = "") -> int:
        """Begin `work` in a process of its own, which dies at `crash_at`; returns its number."""
        if connection.vendor == "postgresql":
            connection.close()
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            self._child(work=work, crash_at=crash_at, write=write)
        os.close(write)
        self._pipes[pid] = read
        return pid

    def end(self, pid: int) -> tuple[int, Any]:
        """Wait for a process: (0, result), (1, error text) or (-signal, None)."""
        with os.fdopen(self._pipes.pop(pid), "rb") as pipe:
            answer = pipe.read()
        _, raw = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(raw), pickle.loads(answer) if answer else None

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        assert self.end(pid)[0] == -signal.SIGKILL

    def end_all(self) -> None:
        """Leave no process behind when a test has failed in the middle."""
        for pid in list(self._pipes):
            os.kill(pid, signal.SIGKILL)
            self.end(pid)

    def _child(self, *, work: Callable[[], Any], crash_at: str, write: int) -> None:
        status = 1
        try:
            if crash_at:
                os.environ["TRICHTER_CRASH_AT"] = crash_at
            if connection.vendor == "sqlite":
                # Kept open unseen: closing the shared memory database is the test's affair.
                self._inherited = connection.connection
                connection.connection = None
                connection.settings_dict["NAME"] = str(self._copy)
            answer: Any = work()
            status = 0
        except BaseException:
            answer = traceback.format_exc()
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(status)

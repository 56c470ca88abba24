"""Access logs into page views of the journal."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from trichter.core.events import Event as Fact
from trichter.core.events import FileDownloaded, PageViewed
from trichter.core.jobs.crash import crash_point
from trichter.core.journal.actions import Entry, identify_many, record_many
from trichter.core.journal.models import Event, Identity
from trichter.core.shell.queries import company_zone, installation
from trichter.kit.ids import token
from trichter.kit.traffic import classify, host_of

from . import actions
from .loglines import raw_lines
from .messages import log_code
from .models import ImportProblem, ImportRun, VisitorSalt
from .parsing.access_log import Hit, LogError, Tally, read_log
from .parsing.ahead import ReaderLost, read_ahead
from .parsing.sessions import Settings, View, VisitTally, page_views
from .problems import ImportFailed
from .reading import digest
from .resuming import StoredVisits, visitor_value
from .running import Say, storable

VIEWS = 10_000
UNPACKED = 16 * 1024**3
_SAMPLE = 4_000
_OWN_SHARE = 0.2


def salt() -> bytes:
    """The company's secret for visitor keys, made at first use."""
    found, _ = VisitorSalt.objects.get_or_create(pk=1, defaults={"value": token(32).encode()[:40]})
    return bytes(found.value)


class LogRun:
    """Takes the files of one run through, in the order of their first page view.

    A run that was killed is simply repeated: what the journal has already, it does not take twice.
    """

    def __init__(
        self,
        *,
        run: ImportRun,
        paths: Sequence[Path],
        own_domains: Sequence[str] = (),
        dry: bool = False,
        say: Say | None = None,
        stop: Callable[[], bool] = bool,
    ) -> None:
        self.run = run
        self.dry = dry
        self.tally = Tally()
        self.visits = VisitTally()
        self.created = self.known = 0
        self._paths = list(paths)
        self._say = say
        self._stop = stop
        self._total = sum(path.stat().st_size for path in paths if path.exists())
        self._behind = 0
        self._current = Tally()
        self._visitors: set[int] = set()
        self._span: tuple[datetime, datetime] | None = None
        self._problems: list[ImportProblem] = []
        self.own_domains = tuple(own_domains) or tuple(installation().own_domains)

    def go(self) -> None:
        """Read, sessionise, record. Raises ImportFailed; page views recorded until then stay."""
        stored = self.run.pk is not None
        if stored:
            self._begin()
        try:
            with _few_collections():
                self._order()
                self.own_domains = self.own_domains or guess_own_domains(self._paths)
                self._read()
        except ReaderLost:
            error = ImportFailed("reader_lost")
            actions.fail(run=self.run, error=error)
            raise error from None
        except ImportFailed as error:
            actions.fail(run=self.run, error=error)
            raise
        if stored:
            self._end()

    def _begin(self) -> None:
        run = self.run
        run.fingerprint, run.failure, run.dry_run = digest(self._paths), {}, self.dry
        run.state, run.summary, run.skipped, run.finished_at = ImportRun.State.RUNNING, {}, {}, None
        run.rows_read = run.created = run.unchanged = run.rejected = run.events = 0
        run.save()
        ImportProblem.objects.filter(run=run).delete()

    def _order(self) -> None:
        """Rotated files come oldest first, so that visits go on from one to the next."""
        first: dict[Path, int] = {}
        seen_line = False
        for path in self._paths:
            tally = Tally()
            try:
                hit = next(iter(read_log(path, tally=tally, limit=UNPACKED)), None)
            except LogError as error:
                raise ImportFailed(error.code) from None
            except OSError:
                raise ImportFailed("no_file") from None
            seen_line |= hit is not None or bool(tally.left_out)
            first[path] = hit.at if hit else 0
        if not seen_line:
            raise ImportFailed("not_a_log")
        self._paths.sort(key=lambda path: first[path])

    def _hits(self) -> Iterator[Hit]:
        for path in self._paths:
            self._current = Tally()
            yield from read_ahead(path, tally=self._current, limit=UNPACKED)
            self._add(path)

    def _add(self, path: Path) -> None:
        """A file is done: add its counts to those of the run."""
        done, total = self._current, self.tally
        total.lines += done.lines
        total.hits += done.hits
        total.left_out += done.left_out
        total.rejected += done.rejected
        self._behind += done.bytes_read
        texts = raw_lines(path, {one.line for one in done.rejects}) if done.rejects else {}
        for one in done.rejects:
            text = storable(texts.get(one.line, ""))
            self._problems.append(
                ImportProblem(
                    run_id=self.run.pk,
                    row=one.line,
                    column=path.name[:200] if len(self._paths) > 1 else "",
                    code=log_code(one.code),
                    params={"position": one.column},
                    value=text[max(0, one.column - 60) : one.column + 140],
                    raw=[text[:5_000]],
                )
            )
        self._current = Tally()

    def _read(self) -> None:
        settings = Settings(
            salt=salt(), zone=company_zone(), own_domains=self.own_domains, resume=StoredVisits()
        )
        views = page_views(self._hits(), settings, tally=self.visits)
        while batch := list(islice(views, VIEWS)):
            if self._stop():
                raise ImportFailed("cancelled")
            if self.dry:
                known = _known(batch)
                self.known += known
                self.created += len(batch) - known
            else:
                self._write(batch)
                crash_point("import_batch_written")
            self._look(batch)
            if self._say is not None:
                self._say(self._behind + self._current.bytes_read, max(self._total, 1))

    def _write(self, batch: list[View]) -> None:
        with transaction.atomic():
            values = {view.visit.visitor: visitor_value(view.visit.visitor) for view in batch}
            ids = identify_many(kind=Identity.Kind.VISITOR.value, values=values.values())
            run = self.run.pk
            facts: dict[tuple[object, ...], Fact] = {}
            new = record_many([
                _entry(view, identity=ids[values[view.visit.visitor]], run=run, facts=facts) for view in batch
            ])  # fmt: skip
            self.created += new
            self.known += len(batch) - new
            ImportRun.objects.filter(pk=run).update(
                rows_read=self.tally.lines + self._current.lines, created=self.created, events=self.created
            )

    def _look(self, batch: list[View]) -> None:
        self._visitors.update(view.visit.visitor for view in batch)
        first, last = min(view.at for view in batch), max(view.at for view in batch)
        self._span = (min(self._span[0], first), max(self._span[1], last)) if self._span else (first, last)

    @property
    def problems(self) -> Sequence[ImportProblem]:
        """The first lines of every file that could not be read; of a dry run they are nowhere else."""
        return self._problems

    @property
    def summary(self) -> dict[str, Any]:
        """What the log held: visits, visitors, days, the company's own domains."""
        span = [at.isoformat() for at in self._span] if self._span else []
        return {
            "visits": self.visits.visits,
            "visitors": len(self._visitors),
            "span": span,
            "late": self.visits.late,
            "own_domains": list(self.own_domains),
        }

    def _end(self) -> None:
        run = self.run
        if not self.dry:
            # After a kill part of it was recorded by an earlier attempt: count what is there.
            recorded = Event.objects.filter(batch=run.pk).count()
            self.known -= recorded - self.created
            self.created = recorded
        run.rows_read, run.skipped = self.tally.lines, dict(self.tally.left_out)
        run.created = self.created
        run.events = 0 if self.dry else self.created
        run.unchanged, run.updated = self.known, 0
        run.rejected = self.tally.rejected.total()
        ImportProblem.objects.bulk_create(self._problems, batch_size=500)
        if self.dry:
            run.state, run.finished_at = ImportRun.State.UPLOADED, datetime.now(UTC)
            run.summary = self.summary
            run.save()
            return
        actions.finish(run=run, summary=self.summary)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let the collector of garbage look rarely: millions of tuples come and go here, and none in a circle."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _entry(view: View, *, identity: int, run: int, facts: dict[tuple[object, ...], Fact]) -> Entry:
    """The entry of a view; views that tell the same share their fact, which is then written out once."""
    visit, touch = view.visit, view.visit.touch
    key = (view.page,) if view.is_download else (visit.referrer, visit.browser, visit.os, view.first)
    fact = facts.get(key)
    if fact is None:
        fact = facts[key] = (
            FileDownloaded(asset=view.page)
            if view.is_download
            else PageViewed(referrer=visit.referrer, browser=visit.browser, os=visit.os, entry=view.first)
        )
    return Entry(
        fact=fact,
        at=view.at,
        identity=identity,
        uid=view.uid,
        session=visit.session,
        source=touch.source,
        medium=touch.medium,
        campaign=touch.campaign,
        content=touch.content,
        term=touch.term,
        page=view.page,
        country=visit.country,
        device=visit.device,
        batch=run,
    )


def _known(batch: Sequence[View]) -> int:
    """How many of these page views the journal has."""
    uids = [view.uid for view in batch]
    parts = (uids[start : start + 2_000] for start in range(0, len(uids), 2_000))
    return sum(Event.objects.filter(uid__in=part).count() for part in parts)


def guess_own_domains(paths: Iterable[Path]) -> tuple[str, ...]:
    """The company's own domains when nobody has named them: virtual hosts, or where most visitors came from.

    On a site with inner links its own pages are by far the most frequent referrers.
    """
    hosts: Counter[str] = Counter()
    came: Counter[str] = Counter()
    total = 0
    for path in paths:
        for hit in islice(read_log(path), _SAMPLE):
            total += 1
            if hit.host:
                hosts[hit.host.lower()] += 1
            if hit.referrer and classify("", hit.referrer).medium == "referral":
                came[host_of(hit.referrer)] += 1
        if total >= _SAMPLE:
            break
    found = [host for host, count in hosts.most_common(5) if count >= total * _OWN_SHARE and "." in host]
    if not found and came:
        host, count = came.most_common(1)[0]
        if count >= total * _OWN_SHARE:
            found = [host]
    return tuple(dict.fromkeys(host.removeprefix("www.") for host in found))

"""One table, row by row: read, checked, and written in batches of which each is all or nothing."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from trichter.core.accounts.audit import silent
from trichter.core.jobs.crash import crash_point
from trichter.kit.tables import Sheet, TableError
from trichter.kit.values import Cell, text_of

from .cells import Cells, Reading
from .models import ImportProblem, ImportRun
from .parsing.picking import Picked, Picker
from .problems import ImportFailed, Problem
from .writing.batch import Batch, Context, Importer, Outcome, RowRejected
from .writing.contacts import ContactImporter, read_contact
from .writing.costs import CostImporter, read_cost
from .writing.dealrows import read_deal
from .writing.deals import DealImporter
from .writing.figures import SearchImporter, VisitImporter, read_search, read_visits
from .writing.firms import FirmImporter, read_firm
from .writing.orders import OrderImporter, read_order

logger = logging.getLogger(__name__)

ROWS = 500
WHOLE_FILE = frozenset(
    {"ad-costs", "search", "analytics"}
)  # rows of one record must be added up before it is written
KEPT_ROWS = 100_000  # rejected rows kept for download; beyond they are only counted

_READERS: Final[Mapping[str, Callable[[Cells, Context], Any]]] = {
    "contacts": read_contact,
    "companies": read_firm,
    "deals": read_deal,
    "orders": read_order,
    "ad-costs": read_cost,
    "search": read_search,
    "analytics": read_visits,
}
_IMPORTERS: Final[Mapping[str, Callable[..., Importer]]] = {
    "contacts": ContactImporter,
    "companies": FirmImporter,
    "deals": DealImporter,
    "orders": OrderImporter,
    "ad-costs": CostImporter,
    "search": SearchImporter,
    "analytics": VisitImporter,
}

Say = Callable[[int, int], None]


@dataclass
class Counts:
    """What has become of the rows so far; `created` to `rejected` add up to `read`."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    events: int = 0
    position: int = 0

    def copy(self) -> "Counts":
        """The same numbers, to be changed."""
        return Counts(**self.__dict__)


@dataclass(slots=True)
class Item:
    """A row on its way. `draft` is None when it was rejected."""

    line: int
    cells: tuple[Cell, ...]
    picked: Picked | None
    draft: Any
    problems: list[Problem]
    noted: list[Problem] = field(default_factory=list)


@dataclass
class TableRun:
    """Takes one opened table through. `run` is unsaved in a dry run that shall leave no trace.

    With `dry` nothing is written but the report: counts in `counts`, problems through `report`.
    """

    run: ImportRun
    sheet: Sheet
    picker: Picker
    reading: Reading
    context: Context
    dry: bool
    say: Say
    report: Callable[[list[Item]], None] | None = None
    counts: Counts = field(default_factory=Counts)
    codes: Counter[str] = field(default_factory=Counter)
    tally: Counter[str] = field(default_factory=Counter)
    stop: Callable[[], bool] = bool

    def go(self) -> None:
        """Read to the end; rows up to `counts.position` have been done in an earlier attempt.

        Raises ImportFailed when the file cannot be read on or the run is cancelled; what was written until
        then stays and can be undone.
        """
        size = 10**9 if self.run.kind in WHOLE_FILE else ROWS
        shared = _IMPORTERS[self.run.kind](Batch(self.context), dry=True) if self.dry else None
        items: list[Item] = []
        index = 0
        done = self.counts.position
        try:
            with silent():
                for index, row in enumerate(self.sheet.rows(), start=1):
                    if index <= done:
                        continue
                    items.append(self._item(row.line, row.cells, row.problems))
                    if len(items) >= size:
                        self._batch(items, index, shared)
                        items = []
                if items:
                    self._batch(items, index, shared)
        except TableError as error:
            raise ImportFailed.of_table(error) from None

    def _item(self, line: int, cells: tuple[Cell, ...], wrong: tuple[TableError, ...]) -> Item:
        problems = [self._of_table(error) for error in wrong]
        if any(problem.rejects for problem in problems):
            return Item(line, cells, None, None, problems)
        picked = self.picker.pick(cells)
        reader = Cells(picked, self.reading)
        reader.problems += problems
        try:
            draft = _READERS[self.run.kind](reader, self.context)
        except Exception as error:  # a cell nobody thought of must cost its row, not the file
            logger.exception("import: row %s cannot be read", line)
            reader.problems.append(_refused(error))
            draft = None
        return Item(line, cells, picked, draft, reader.problems)

    def _of_table(self, error: TableError) -> Problem:
        column = ""
        if error.column is not None and error.column <= len(self.sheet.headers):
            column = self.sheet.headers[error.column - 1]
        rejects = error.code not in TableError.MENDED
        return Problem(code=error.code, column=column, params=dict(error.params), rejects=rejects)

    def _batch(self, items: list[Item], position: int, shared: Importer | None) -> None:
        if self.stop():
            raise ImportFailed("cancelled")
        if shared is not None:
            counts = self.counts.copy()
            self._plan(shared, items, counts)
            shared.forget()
            counts.events = shared.batch.planned  # type: ignore[attr-defined]
            self.tally = shared.batch.tally  # type: ignore[attr-defined]
            self._adopt(items, counts, position)
            return
        for attempt in range(3):
            try:
                counts = self._write(items, position)
                break
            except (OperationalError, InterfaceError):
                if attempt == 2:
                    raise
            except (DatabaseError, ArithmeticError, ValueError, TypeError, LookupError):
                logger.warning("import: a batch was refused; its rows are tried one by one", exc_info=True)
                counts = self._one_by_one(items, position)
                break
        crash_point("import_batch_written")
        self._adopt(items, counts, position, saved=True)

    def _write(self, items: list[Item], position: int) -> Counts:
        counts = self.counts.copy()
        with transaction.atomic():
            batch = self._work(items, counts)
            self._save(items, counts, position)
        batch.written()
        self.tally += batch.tally
        return counts

    def _one_by_one(self, items: list[Item], position: int) -> Counts:
        counts = self.counts.copy()
        with transaction.atomic():
            for item in items:
                before = counts.copy()
                try:
                    with transaction.atomic():
                        batch = self._work([item], counts)
                    batch.written()
                    self.tally += batch.tally
                except (OperationalError, InterfaceError):
                    raise
                except (DatabaseError, ArithmeticError, ValueError, TypeError, LookupError) as error:
                    counts = before
                    item.draft, item.noted = None, []
                    item.problems.append(_refused(error))
                    counts.rejected += 1
            self._save(items, counts, position)
        return counts

    def _work(self, items: list[Item], counts: Counts) -> Batch:
        batch = Batch(self.context)
        importer = _IMPORTERS[self.run.kind](batch, dry=False)
        self._plan(importer, items, counts)
        importer.flush()
        counts.events += batch.recorded
        return batch

    def _plan(self, importer: Importer, items: list[Item], counts: Counts) -> None:
        importer.load([item.draft for item in items if item.draft is not None])
        batch: Batch = importer.batch  # type: ignore[attr-defined]
        for item in items:
            outcome: Outcome = "rejected"
            item.noted = []
            if item.draft is not None:
                batch.row, batch.notes = item.line, []
                try:
                    outcome = importer.plan(item.draft)
                except RowRejected as error:
                    item.noted.append(_placed(item, error.code, error.field, error.params, rejects=True))
                item.noted += [_placed(item, *note, rejects=False) for note in batch.notes]
            setattr(counts, outcome, getattr(counts, outcome) + 1)

    def _save(self, items: list[Item], counts: Counts, position: int) -> None:
        """Problems and progress, in the rows' transaction; a second worker on the same run fails here."""
        rows = [problem for item in items for problem in self._problems(item)]
        ImportProblem.objects.bulk_create(rows, batch_size=500)
        mine = ImportRun.objects.filter(pk=self.run.pk, position=self.counts.position)
        changed = mine.update(
            position=position,
            rows_read=self.counts.read + len(items),
            created=counts.created,
            updated=counts.updated,
            unchanged=counts.unchanged,
            rejected=counts.rejected,
            events=counts.events,
        )
        if not changed:
            raise ImportFailed("running")

    def _problems(self, item: Item) -> list[ImportProblem]:
        found: list[ImportProblem] = []
        if self.counts.rejected > KEPT_ROWS:
            return found
        raw = [storable(text_of(cell) if not isinstance(cell, str) else cell) for cell in item.cells]
        for problem in (*item.problems, *item.noted):
            found.append(
                ImportProblem(
                    run_id=self.run.pk,
                    row=item.line,
                    column=storable(problem.column)[:200],
                    code=problem.code,
                    params=problem.params,
                    value=storable(problem.value)[:200],
                    rejects=problem.rejects,
                    raw=raw if problem.rejects and not any(one.rejects for one in found) else [],
                )
            )
        return found

    def _adopt(self, items: list[Item], counts: Counts, position: int, *, saved: bool = False) -> None:
        counts.read = self.counts.read + len(items)
        counts.position = position
        self.counts = counts
        for item in items:
            self.codes.update(problem.code for problem in (*item.problems, *item.noted))
        if not saved and self.run.pk is not None:
            rows = [problem for item in items for problem in self._problems(item)]
            ImportProblem.objects.bulk_create(rows, batch_size=500)
        if self.report is not None:
            self.report(items)
        self.say(position, max(self.sheet.size - self.sheet.header_line, position))


def _placed(item: Item, code: str, name: str, params: dict[str, Any], *, rejects: bool) -> Problem:
    cell = item.picked.one.get(name) if item.picked else None
    return Problem(
        code=code,
        column=cell.header[:200] if cell else "",
        value=text_of(cell.cell)[:200] if cell else "",
        params=params,
        rejects=rejects,
    )


def _refused(error: Exception) -> Problem:
    return Problem(
        code="not_stored",
        params={"error": storable(str(error).splitlines()[0] if str(error) else type(error).__name__)[:200]},
    )


def storable(text: str) -> str:
    """Text that every database stores: no zeros, no halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def now_for(run: ImportRun) -> Any:
    """The moment the run counts as: when it was made, also when it goes on tomorrow."""
    return run.created_at or timezone.now()

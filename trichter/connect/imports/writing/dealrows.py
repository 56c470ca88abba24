"""Reading rows about deals: what a deal is worth, where it stands, how it ended."""

from dataclasses import dataclass
from datetime import date, datetime

from trichter.kit.ids import hash_hex
from trichter.kit.text import fold

from ..cells import Cells
from ..stages import DealStatus, deal_status
from .batch import Context
from .companies import name_key
from .owners import owner_of


@dataclass(frozen=True, kw_only=True, slots=True)
class DealRow:
    """A row about a deal. `key`: (other system, its id); `reached`: dates at which stages were entered."""

    key: tuple[str, str]
    title: str
    amount: int | None
    currency: str
    pipeline: str
    stage: str
    reached: dict[str, datetime]
    probability: int | None
    status: DealStatus | None
    opened_at: datetime | None
    ended_at: datetime | None
    expected: date | None
    lost_reason: str
    email: str
    contact: str
    company: str
    owner: int | None
    source: str
    latest: datetime | None


def read_deal(cells: Cells, context: Context) -> DealRow | None:
    """A row as a deal; None, with the reason in `cells.problems`, when it cannot be one."""
    number = cells.code("external_id", 120)
    title = cells.text("title", 200)
    if not (title or number):
        cells.reject("nothing_to_identify", fields="title, external_id")
    elif (context.options.match == "key" and not number) or (context.options.match == "name" and not title):
        cells.reject(
            "nothing_to_identify", fields="external_id" if context.options.match == "key" else "title"
        )
    amount = cells.money("amount", currency=cells.currency())
    if amount is not None and amount.minor < 0:
        cells.reject("negative", "amount")
    reached = {
        stage[:80]: at
        for stage, cell in cells.stages.items()
        if (at := cells.moment("", placed=cell)) is not None
    }
    stage = cells.text("stage", 80)
    won_at, lost_at = cells.moment("won_at"), cells.moment("lost_at")
    status = _status(cells, stage=stage, won_at=won_at, lost_at=lost_at)
    ended_at, expected = _end(cells, status=status, won_at=won_at, lost_at=lost_at, reached=reached)
    opened_at = cells.moment("created_at")
    contact = cells.text("contact_email", 250)
    email = cells.email("contact_email") if "@" in contact else ""
    company, pipeline = cells.text("company", 200), cells.text("pipeline", 80) or context.options.pipeline
    owner = owner_of(cells, context)
    if cells.rejected:
        return None
    if opened_at and ended_at and ended_at < opened_at:
        cells.note("end_before_start", "closed_at" if cells.has("closed_at") else "won_at")
    dates = [at for at in (opened_at, ended_at, *reached.values()) if at]
    source = (context.options.system or "import")[:40]
    return DealRow(
        key=(source, number or _made_up(title, email or contact, company, pipeline, opened_at)),
        title=title or number,
        amount=amount.minor if amount else None,
        currency=amount.currency if amount else cells.currency(),
        pipeline=pipeline,
        stage=stage,
        reached=reached,
        probability=cells.share("probability"),
        status=status,
        opened_at=opened_at or (min(dates) if dates else None),
        ended_at=ended_at,
        expected=expected,
        lost_reason=cells.text("lost_reason", 200),
        email=email,
        contact="" if email else contact,
        company=company,
        owner=owner,
        source=cells.text("source", 120),
        latest=max(dates) if dates else None,
    )


def _made_up(title: str, contact: str, company: str, pipeline: str, opened: datetime | None) -> str:
    """A number for a deal of a file without numbers: what does not change tells it from the others."""
    day = opened.isoformat() if opened else ""
    return "~" + hash_hex("deal", fold(title), fold(contact), name_key(company), fold(pipeline), day)


def _status(
    cells: Cells, *, stage: str, won_at: datetime | None, lost_at: datetime | None
) -> DealStatus | None:
    """Open, won or lost, from whatever column says so; None when none does."""
    text = cells.text("status", 60)
    said = deal_status(text) if text else None
    by_stage = deal_status(stage) if stage else None
    if cells.flag("is_won"):
        return "won"
    if cells.flag("is_lost"):
        return "lost"
    if said in ("won", "lost"):
        return said
    if by_stage in ("won", "lost"):
        return by_stage
    if cells.flag("is_closed"):
        return "lost"
    if said is None and (won_at or lost_at):
        return "won" if won_at and not (lost_at and lost_at > won_at) else "lost"
    # A stage of another name, or the word "open", says that nothing has been decided.
    return "open" if said or stage else None


def _end(
    cells: Cells,
    *,
    status: DealStatus | None,
    won_at: datetime | None,
    lost_at: datetime | None,
    reached: dict[str, datetime],
) -> tuple[datetime | None, date | None]:
    """When it ended, and when it is expected to: of an open deal the close date is a hope."""
    if status in ("won", "lost"):
        by_stage = [at for stage, at in reached.items() if deal_status(stage) == status]
        closed = cells.moment("closed_at", past=not (won_at or lost_at or by_stage))
        best = won_at if status == "won" else lost_at
        return best or (max(by_stage) if by_stage else closed), None
    return None, cells.day("closed_at", past=False)

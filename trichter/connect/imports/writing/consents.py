"""What a row says about being written to: consents with proof, opt-outs, dead addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from trichter.connect.imports.parsing.catalogue import wish_words
from trichter.connect.imports.parsing.picking import Placed
from trichter.core.consent.bulk import Saying, append_many
from trichter.core.consent.queries import said_many
from trichter.core.consent.rules import Statement, last_of, state_of
from trichter.core.journal.actions import identify_many
from trichter.core.journal.models import Identity
from trichter.core.mail.models import Suppression
from trichter.core.mail.queries import digest_of, stopped
from trichter.core.mail.returns import suppress
from trichter.kit.ids import stable_uuid
from trichter.kit.text import fold
from trichter.kit.values import CellError, parse_bool, text_of

from ..cells import Cells
from .batch import Batch, Context

CHANNEL: Final = "email"
_HOW: Final = "import"
_WORDS: Final = wish_words()
_YES, _NO, _OUT, _GONE = (_WORDS[name] for name in ("yes", "no", "out", "gone"))
_BEFORE = ("address", "identity_id", "why", "detail", "since", "lifted_at")


@dataclass(frozen=True, slots=True)
class Consent:
    """Permission to write to the address, given at a time, with what proves it. `purpose`: its key."""

    purpose: str
    at: datetime
    proof: str

    def uid(self, address: str) -> UUID:
        """The same for the same consent, however often it is imported."""
        return stable_uuid("imports.optin", address, self.purpose, self.at.isoformat())


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the other system says about an address. `out`, `gone`: column and word that say so, else "".

    at: when somebody opted out, None when the file does not say.
    """

    consent: Consent | None = None
    purpose: str = ""
    out: str = ""
    gone: str = ""
    at: datetime | None = None


def read_wish(cells: Cells, context: Context, email: str) -> Wish | None:
    """What the row says; None when it says nothing. An opt-out outranks a consent in the same row."""
    out, gone, at, unclear = _status(cells)
    word = fold(cells.text("consent_purpose", 120))
    if word in _OUT and not out:
        out = f"consent: {cells.text('consent_purpose', 120)}"
    if word in _GONE and not gone:
        gone = f"consent: {cells.text('consent_purpose', 120)}"
    chosen = context.purposes.get(fold(context.options.consent_purpose), "")
    if out or gone:
        if not email:
            cells.note("consent_unnamed", "opt_out")
            return None
        purpose = context.purposes.get(word, "") or chosen
        return Wish(purpose=purpose, out=out, gone=gone, at=min(at, context.now) if at else None)
    # Whoever may have opted out has not agreed.
    consent = None if unclear else _consent(cells, context, email, word)
    return Wish(consent=consent, purpose=consent.purpose) if consent else None


def _consent(cells: Cells, context: Context, email: str, word: str) -> Consent | None:
    at = cells.moment("consent_at")
    if word in _NO or not (word or at):
        return None
    if at is None:
        cells.note("consent_undated", "consent_purpose")
        return None
    if not email:
        cells.note("consent_unnamed", "consent_at")
        return None
    proof = cells.text("consent_proof", 300) or context.options.consent_proof
    if not proof:
        cells.note("consent_unproven", "consent_purpose" if cells.has("consent_purpose") else "consent_at")
        return None
    name = fold(context.options.consent_purpose) if not word or word in _YES else word
    purpose = context.purposes.get(name, "")
    if not purpose:
        cells.note("consent_unknown_purpose", "consent_purpose")
        return None
    return Consent(purpose, min(at, context.now), proof)


def _status(cells: Cells) -> tuple[str, str, datetime | None, bool]:
    """Words for an opt-out and for an address that does not exist, when the opt-out was, and whether
    something was said that cannot be understood.
    """
    out = gone = ""
    denied = unclear = False
    at = cells.moment("opt_out_at")
    for placed in cells.every("opt_out"):
        said, when = _meaning(cells, placed)
        if said == "out":
            out, at = out or _quoted(placed), at or when
        elif said == "gone":
            gone = gone or _quoted(placed)
        denied, unclear = denied or said == "no", unclear or not said
    for placed in cells.every("bounced"):
        word = fold(text_of(placed.cell))
        if word not in _NO and not word.startswith("soft") and _meaning_of_flag(placed) is not False:
            gone = gone or _quoted(placed)
    if at and not out and not denied and not gone:
        out = "date of the opt-out"
    return out, gone, at, unclear


def _meaning(cells: Cells, placed: Placed) -> tuple[str, datetime | None]:
    """Out, gone, no, or nothing that can be understood; a date says when somebody opted out."""
    word = fold(text_of(placed.cell))
    flag = _meaning_of_flag(placed)
    if word in _OUT or flag is True:
        return "out", None
    if word in _GONE:
        return "gone", None
    if flag is False or word in _NO or word in _YES:
        return "no", None
    if not isinstance(placed.cell, str) or (word[:1].isdigit() and len(word) >= 8):
        return "out", cells.moment("opt_out", placed=placed)
    cells.note_at("opt_out_unclear", placed)
    return "", None


def _meaning_of_flag(placed: Placed) -> bool | None:
    try:
        return parse_bool(placed.cell)
    except CellError:
        return None


def _quoted(placed: Placed) -> str:
    return f"{placed.header}: {text_of(placed.cell)}"[:200]


class Consents:
    """The statements of a batch: held against what is known, then appended to the ledger together."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._said: dict[tuple[str, str], list[Statement]] = {}
        self._stopped: dict[str, str] = {}
        self._asked: set[str] = set()
        self._sayings: list[tuple[str, dict[str, Any]]] = []
        self._bounces: dict[str, str] = {}

    def load(self, wishes: Sequence[tuple[str, Wish]]) -> None:
        """Look up what is known of these addresses; what was asked before is not asked again."""
        wanted = sorted({address for address, _ in wishes} - self._asked)
        if not wanted:
            return
        self._asked.update(wanted)
        ids: dict[int, str] = {}
        for start in range(0, len(wanted), 400):
            rows = Identity.objects.filter(kind="email", value__in=wanted[start : start + 400])
            ids.update(rows.values_list("pk", "value"))
        for purpose in sorted(set(self._batch.context.purposes.values())) if ids else ():
            for pk, said in said_many(identities=ids, purpose=purpose, channel=CHANNEL).items():
                self._said[ids[pk], purpose] = said
        gone = [address for address, wish in wishes if wish.gone]
        self._stopped.update(stopped(addresses=gone) if gone else {})

    def plan(self, address: str, wish: Wish) -> bool:
        """Note the statements that are new; returns whether there are any."""
        context, changed = self._batch.context, False
        if wish.gone and self._stopped.get(digest_of(address)) != "hard":
            self._stopped[digest_of(address)] = "hard"
            self._bounces[address] = wish.gone
            self._batch.tally["suppressed"] += 1
            changed = True
        if wish.out:
            at = wish.at or context.now
            given = [
                one for one in set(context.purposes.values()) if self._state(address, one, at) == "given"
            ]
            for purpose in sorted({*given, wish.purpose} - {""}):
                if self._state(address, purpose, at) != "withdrawn":
                    dated = wish.at.isoformat() if wish.at else ""
                    changed |= self._say(address, purpose, "withdrawn", at, words=wish.out, dated=dated)
        if (one := wish.consent) is not None:
            last = last_of(self._said.get((address, one.purpose), []), at=one.at)
            if last is None or last.decision != "given" or last.at != one.at:
                dated = one.at.isoformat()
                changed |= self._say(address, one.purpose, "given", one.at, words=one.proof, dated=dated)
        return changed

    def _state(self, address: str, purpose: str, at: datetime) -> str:
        return state_of(last_of(self._said.get((address, purpose), []), at=at), at=at)

    def _say(
        self, address: str, purpose: str, decision: str, at: datetime, *, words: str, dated: str
    ) -> bool:
        context = self._batch.context
        proof = {
            "words": words, "said_at": dated, "source": context.options.system,
            "file": context.evidence, "row": str(self._batch.row), "import": str(context.run or ""),
            "recorded_by": context.by,
        }  # fmt: skip
        saying = {"purpose": purpose, "decision": decision, "at": at, "proof": proof}
        self._sayings.append((address, saying))
        known = self._said.setdefault((address, purpose), [])
        known.append(Statement(number=2**62 + len(known), at=at, decision=decision))
        self._batch.tally[decision] += 1
        return True

    def flush(self) -> None:
        """Append the statements, suppress the addresses, and remember both for an undo."""
        run = self._batch.context.run
        ids = identify_many(kind="email", values=[address for address, _ in self._sayings])
        sayings = [
            Saying(identity=ids[address], channel=CHANNEL, how=_HOW, **one) for address, one in self._sayings
        ]
        for row in append_many(sayings, batch=run):
            self._batch.created(row, ())
        self._batch.recorded += len(sayings)
        for address, words in self._bounces.items():
            self._suppress(address, words)
        self.forget()

    def _suppress(self, address: str, words: str) -> None:
        context = self._batch.context
        known = Suppression.objects.filter(digest=digest_of(address)).first()
        before = {name: getattr(known, name) for name in _BEFORE} if known else {}
        detail = f"{context.evidence} – {words}"
        row = suppress(address=address, why="hard", at=context.now, detail=detail)
        if known is None:
            self._batch.created(row, ("why", "detail"))
        else:
            self._batch.updated(row, before)

    def forget(self) -> None:
        """A dry run goes on as if it had been written."""
        self._batch.planned += len(self._sayings) if self._batch.context.run is None else 0
        self._sayings, self._bounces = [], {}

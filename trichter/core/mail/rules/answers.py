"""What an answer of a receiving server means for one mail, its address, its domain and its mailing."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=6)
# With the growing pauses about two and a half days: longer than any mail server is down over a weekend.
MAX_ATTEMPTS = 16
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# RFC 3463: no such mailbox, bad address syntax, moved, no such system; and what servers write without codes.
_GONE = {(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
_GONE_WORDS = re.compile(
    r"user (?:is )?unknown|unknown user|no such (?:user|mailbox|recipient|person)|does ?n[o']t exist|"
    r"mailbox (?:not found|unavailable)|recipient (?:address )?rejected: (?:user|undeliver)|"
    r"invalid (?:recipient|mailbox)|account (?:is )?(?:disabled|inactive)|unbekannt|nicht gefunden",
    re.IGNORECASE,
)
_SLOW_DOWN = re.compile(
    r"rate limit|too (?:many|fast)|throttl|deferred|temporarily rate|slow down|exceed|try again later.*limit",
    re.IGNORECASE,
)


class Stage(StrEnum):
    """Where in the conversation an answer came."""

    CONNECT = "connect"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    BODY = "body"


class Outcome(StrEnum):
    """What to do with the row."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNCLEAR = "unclear"
    SERVER = "server"
    PAUSE = "pause"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """`outcome` of one attempt.

    RETRY: this recipient later. SERVER: our own server is not there, everything waits and no attempt is
    counted. PAUSE: the server refuses us as a sender, the mailing waits for a colleague. `gone`: the address
    does not exist. `hold`: the receiving domain wants fewer mails.
    """

    outcome: Outcome
    reason: str = ""
    gone: bool = False
    hold: bool = False


def judge(*, stage: Stage, code: int, text: str) -> Verdict:
    """`code`: the SMTP reply; 0 when the connection broke instead of one, at `stage`."""
    if 200 <= code < 300 and stage == Stage.BODY:
        return Verdict(outcome=Outcome.SENT)
    if code == 0:
        # Until the text has been handed over nothing can have arrived; from there on nobody knows.
        if stage == Stage.BODY:
            return Verdict(outcome=Outcome.UNCLEAR, reason="lost_answer")
        return Verdict(outcome=Outcome.SERVER, reason="no_connection")
    temporary = code < 500
    if stage in (Stage.CONNECT, Stage.LOGIN, Stage.SENDER):
        if temporary:
            return Verdict(outcome=Outcome.SERVER, reason="server_busy")
        reason = {Stage.LOGIN: "login_refused", Stage.SENDER: "sender_refused"}.get(
            stage, "connection_refused"
        )
        return Verdict(outcome=Outcome.PAUSE, reason=reason)
    if temporary:
        slow = code == 421 or _SLOW_DOWN.search(text) is not None or "4.7." in text
        return Verdict(outcome=Outcome.RETRY, reason="try_later", hold=slow)
    gone = is_gone(status=status_in(text), text=text)
    return Verdict(outcome=Outcome.FAILED, reason="no_mailbox" if gone else "refused", gone=gone)


def status_in(text: str) -> str:
    """The enhanced status code (RFC 3463) in an answer, such as `5.1.1`; empty when there is none."""
    found = _ENHANCED.search(text)
    return found[0] if found else ""


def is_gone(*, status: str, text: str) -> bool:
    """Whether a final refusal says that the address does not exist, and not that we are unwelcome."""
    parts = _ENHANCED.fullmatch(status)
    if parts:
        return parts[1] == "5" and (int(parts[2]), int(parts[3])) in _GONE
    return _GONE_WORDS.search(text) is not None


def retry_pause(*, attempts: int, chance: float) -> timedelta:
    """The pause after attempt number `attempts` (from 1): 2 min, doubling up to 6 h, up to a quarter more."""
    return min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 12), LONGEST_PAUSE) * (1 + chance / 4)


def hold_pause(*, failures: int) -> timedelta:
    """For how long a domain is left alone after its `failures`-th wish (from 1): 1 min doubling up to 1 h."""
    return min(timedelta(minutes=1) * 2.0 ** min(failures - 1, 10), timedelta(hours=1))

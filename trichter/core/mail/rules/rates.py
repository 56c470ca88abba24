"""When complaints and bounces are too many to go on."""

from typing import Literal

WARN, PAUSE = 0.001, 0.003
# Under this many complaints a rate says nothing: one among fifty mails is two per cent.
LEAST = 3
SOFT_WAVE, SOFT_LEAST = 0.20, 20

Level = Literal["good", "warn", "pause"]


def complaint_level(*, sent: int, complained: int) -> Level:
    """0.10 % is a warning, at 0.30 % sending stops: the limits of Google and Yahoo for bulk senders."""
    if not sent or complained < LEAST:
        return "good"
    rate = complained / sent
    return "pause" if rate >= PAUSE else "warn" if rate >= WARN else "good"


def soft_wave(*, tried: int, soft: int) -> bool:
    """Whether so many of the last mails were put off that a whole provider must have turned us away."""
    return soft >= SOFT_LEAST and soft / max(tried, 1) >= SOFT_WAVE

"""How long a job waits before it is tried again. Pure."""

from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)


def retry_pause(*, attempts: int, chance: float) -> timedelta:
    """The pause after the attempt number `attempts` (from 1): 10 s, doubling up to an hour.

    chance: a random number from 0 to 1; it stretches the pause by up to a quarter, so that jobs which
    failed together do not come back together.
    """
    doubled = FIRST_PAUSE * 2.0 ** min(attempts - 1, 16)
    return min(doubled, LONGEST_PAUSE) * (1 + chance / 4)

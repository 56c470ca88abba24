"""How often tests repeat what chance decides: some turns in every run, as many as are promised in `make test-full`."""

import os

FULL = bool(os.environ.get("TRICHTER_FULL"))


def size(*, usual: int, full: int) -> int:
    """Turns of a test that is marked `sized`."""
    return full if FULL else usual

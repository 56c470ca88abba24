"""Decisions about deals, without a database."""


def weighted(*, amount: int, probability: int) -> int:
    """Expected value in minor units: amount × probability in percent, half rounded up."""
    return (amount * probability + 50) // 100

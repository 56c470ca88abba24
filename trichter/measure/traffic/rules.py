"""Which period a report's mail is about. Pure: the day comes in."""

from datetime import date, timedelta

from trichter.kit.clock import Period, month_start, week_start


def finished(rhythm: str, *, today: date) -> Period:
    """The last day, week (Monday to Sunday) or month that is over. Raises ValueError for another rhythm."""
    if rhythm == "daily":
        day = today - timedelta(days=1)
        return Period(day, day)
    if rhythm == "weekly":
        monday = week_start(today)
        return Period(monday - timedelta(days=7), monday - timedelta(days=1))
    if rhythm == "monthly":
        return Period(month_start(today, months=-1), month_start(today) - timedelta(days=1))
    raise ValueError(f"no rhythm: {rhythm!r}")

"""Checks that features make of their own copies, for the status screen. Offered by the hook below.

@hooks.register("register_status_checks")
def checks() -> Iterable[StatusCheck]: …
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from wagtail import hooks


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCheck:
    """`text` says what was found; `url`: where to read more, may be empty."""

    label: str | Promise
    text: str
    good: bool
    url: str = ""


def status_checks() -> list[StatusCheck]:
    """All checks that features offer."""
    return [check for offer in hooks.get_hooks("register_status_checks") for check in offer()]

"""What follows from a submission in other features: mails that ask for a confirmation, downloads, journeys.

    @hooks.register("register_form_consequence")
    def double_opt_in() -> Consequence:
        return Consequence(key="optin", run=ask_for_confirmation)

`run` is called with an `Outcome` inside the transaction that processes the submission, after contact, answers
and event are written. It must be quick and idempotent, must not reach out of the house (it enqueues a job),
and may raise: then nothing of the submission is written, it is shown as failed, and can be processed again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wagtail import hooks

from trichter.core.consent.models import Wording
from trichter.core.people.models import Person

from .models import Form, Submission


@dataclass(frozen=True, kw_only=True)
class Ticked:
    """A consent that was ticked. `given`: it is in the ledger; otherwise it waits for a confirmation."""

    purpose: str
    channel: str
    wording: Wording
    given: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A processed submission. `person`: None when the form asks for neither address nor number.

    `email`: the address that was typed, in its normal form.
    """

    form: Form
    submission: Submission
    person: Person | None
    new_person: bool
    email: str
    ticked: Sequence[Ticked]


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """Something a feature does with every submission that passed its checks."""

    key: str
    run: Callable[[Outcome], None]


def consequences() -> list[Consequence]:
    """All that are registered, in steady order."""
    found: list[Consequence] = [offer() for offer in hooks.get_hooks("register_form_consequence")]
    return sorted(found, key=lambda one: one.key)

"""What the mail house offers: a sender in every worker."""

from wagtail import hooks

from trichter.core.journal.worker import Turn

from .sending import Sender


@hooks.register("register_worker_turn")
def sender() -> Turn:
    """Sends what is due, with a connection of its own."""
    found = Sender()
    return Turn(name="mail", work=found.turn, close=found.close)

"""Why an act was refused; nothing was changed."""


class HandoverError(Exception):
    """Base of the refusals."""


class NotOpen(HandoverError):
    """The handover is in another state by now."""


class NotYours(HandoverError):
    """Another colleague has it."""


class NotAReason(HandoverError):
    """The reason is none of the agreed ones."""


class Unsafe(HandoverError):
    """The chat address is of an unknown kind or leads into the house's own network."""


class AlreadyInForce(HandoverError):
    """The version is in force; it can only be followed by another one."""


class AlreadySigned(HandoverError):
    """This side has signed already."""


class SameColleague(HandoverError):
    """One colleague cannot sign for both sides."""


class InThePast(HandoverError):
    """A version becomes effective now or later, never earlier."""

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

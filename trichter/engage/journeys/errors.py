"""Why something is not done."""


class NotRunning(Exception):
    """The journey is not running."""


class NotAllowed(Exception):
    """The person is in the journey already, or a rule or a restriction of processing forbids it."""


class Changed(Exception):
    """Somebody else was faster."""

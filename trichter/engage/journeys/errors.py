"""Why something is not done."""


class NotRunning(Exception):
    """The journey is not running."""


class NotAllowed(Exception):
    """The person is in the journey already, or its rule of re-entry or of who may enter forbids it."""


class Changed(Exception):
    """Somebody else was faster."""

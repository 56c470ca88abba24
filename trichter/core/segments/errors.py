"""What can be wrong with a change of a segment."""


class SegmentError(Exception):
    """The change is not possible."""


class Circular(SegmentError):
    """The rule would build on itself by way of other segments."""


class InUse(SegmentError):
    """Another segment builds on this one."""


class NotByHand(SegmentError):
    """A rule decides who is in this segment."""

"""The vocabulary: one frozen dataclass per kind of event, below everyone, no framework.

A kind is public. It is never edited: a change adds a new version beside it (`version = 2`).
`registry` maps a kind's name to its newest class; `load()` turns stored data back into an event.
"""

from .base import DERIVED, Event, UnknownKind, load, registry
from .consent import ConsentGiven, ConsentWithdrawn
from .deals import DealLost, DealOpened, DealReopened, DealStageReached, DealWon
from .handover import (
    HandoverAccepted,
    HandoverBreached,
    HandoverContacted,
    HandoverCreated,
    HandoverRecycled,
    HandoverReturned,
    HandoverRouted,
    HandoverWithdrawn,
)
from .journeys import JourneyEnded, JourneyEntered, JourneyScored
from .lifecycle import LifecycleEntered, StageSet
from .mail import MailBounced, MailClicked, MailComplained, MailOpened, MailSent, OptInConfirmed
from .orders import OrderPaid, OrderPlaced, OrderRefunded
from .people import (
    CallLogged,
    CompanyMerged,
    CompanyUnmerged,
    ContactCreated,
    IdentityLinked,
    IdentityUnlinked,
    MeetingHeld,
    NoteAdded,
    PersonMerged,
    PersonUnmerged,
    ProcessingReleased,
    ProcessingRestricted,
    ProfileNoted,
    TaskDone,
)
from .segments import SegmentJoined, SegmentLeft
from .system import EventsRetracted, ImportFinished
from .web import (
    AdClicked,
    CustomHappened,
    FileDownloaded,
    FormAttempted,
    FormStarted,
    FormSubmitted,
    LinkClicked,
    PageLeft,
    PageViewed,
    ShortLinkFollowed,
    VideoProgressed,
    VisitContinued,
    WebVitalsMeasured,
)

__all__ = [
    "DERIVED",
    "AdClicked",
    "CallLogged",
    "CompanyMerged",
    "CompanyUnmerged",
    "ConsentGiven",
    "ConsentWithdrawn",
    "ContactCreated",
    "CustomHappened",
    "DealLost",
    "DealOpened",
    "DealReopened",
    "DealStageReached",
    "DealWon",
    "Event",
    "EventsRetracted",
    "FileDownloaded",
    "FormAttempted",
    "FormStarted",
    "FormSubmitted",
    "HandoverAccepted",
    "HandoverBreached",
    "HandoverContacted",
    "HandoverCreated",
    "HandoverRecycled",
    "HandoverReturned",
    "HandoverRouted",
    "HandoverWithdrawn",
    "IdentityLinked",
    "IdentityUnlinked",
    "ImportFinished",
    "JourneyEnded",
    "JourneyEntered",
    "JourneyScored",
    "LifecycleEntered",
    "LinkClicked",
    "MailBounced",
    "MailClicked",
    "MailComplained",
    "MailOpened",
    "MailSent",
    "MeetingHeld",
    "NoteAdded",
    "OptInConfirmed",
    "OrderPaid",
    "OrderPlaced",
    "OrderRefunded",
    "PageLeft",
    "PageViewed",
    "PersonMerged",
    "PersonUnmerged",
    "ProcessingReleased",
    "ProcessingRestricted",
    "ProfileNoted",
    "SegmentJoined",
    "SegmentLeft",
    "ShortLinkFollowed",
    "StageSet",
    "TaskDone",
    "UnknownKind",
    "VideoProgressed",
    "VisitContinued",
    "WebVitalsMeasured",
    "load",
    "registry",
]

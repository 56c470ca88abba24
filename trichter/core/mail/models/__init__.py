"""Tables of the mail ledger, of what steers it, of what comes back, and of opens and clicks."""

from .control import Frequency, Hold, MailSettings, Quota, Suppression
from .inbound import Check, Inbound, ProviderCall, ProviderEvent
from .ledger import Content, Delivery, Mailing, Step
from .seeds import SeedBox, SeedResult, SeedTest
from .tracking import Hit, MailCount, TrackedLink

__all__ = [
    "Check", "Content", "Delivery", "Frequency", "Hit", "Hold", "Inbound", "MailCount", "MailSettings",
    "Mailing", "ProviderCall", "ProviderEvent", "Quota", "SeedBox", "SeedResult", "SeedTest", "Step",
    "Suppression", "TrackedLink",
]  # fmt: skip

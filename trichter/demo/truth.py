"""What is true in the demo world: rates per channel, and one leak that was planted on purpose.

A measurement of the demo data must find these numbers again, within the luck of the draw.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way to the site. Each rate is the share that goes on to the next stage.

    `share` of all visitors; `campaigns` with the landing page each leads to; `cost_per_click` in cents.
    """

    name: str
    source: str
    medium: str
    share: float
    lead: float
    mql: float
    sql: float
    won: float
    repeat: float = 0.35
    campaigns: tuple[tuple[str, str], ...] = (("", "/"),)
    cost_per_click: int = 0


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A fault that costs leads: who is struck, since how many days, and the rate that is left."""

    channel: str
    device: str
    days: int
    lead: float
    story: str


VISITORS = 40_000
DAYS = 365
WHITEPAPER = "Wartung planbar machen"

CHANNELS: tuple[Channel, ...] = (
    Channel(
        name="Organic Search", source="google", medium="organic", share=0.33,
        lead=0.042, mql=0.34, sql=0.46, won=0.27,
        campaigns=(("", "/"), ("", "/blog/wartungsplan-vorlage"), ("", "/blog/instandhaltung-kosten-senken")),
    ),
    Channel(
        name="Paid Search", source="google", medium="cpc", share=0.21,
        lead=0.055, mql=0.38, sql=0.48, won=0.25, cost_per_click=240,
        campaigns=(("wartungssoftware", "/lp/wartungsplaner"), ("marke", "/")),
    ),
    Channel(
        name="Paid Social", source="linkedin", medium="paid_social", share=0.10,
        lead=0.030, mql=0.22, sql=0.30, won=0.18, cost_per_click=410,
        campaigns=(("whitepaper-q3", "/lp/whitepaper"), ("webinar-instandhaltung", "/webinar")),
    ),
    Channel(
        name="Organic Social", source="linkedin", medium="social", share=0.07,
        lead=0.024, mql=0.25, sql=0.35, won=0.20, campaigns=(("", "/blog/digitale-wartung-praxis"),),
    ),
    Channel(
        name="Email", source="newsletter", medium="email", share=0.08,
        lead=0.062, mql=0.45, sql=0.52, won=0.31,
        campaigns=(("newsletter", "/blog/wartungsplan-vorlage"), ("produktnews", "/produkt")),
    ),
    Channel(
        name="Referral", source="instandhaltung-magazin.example", medium="referral", share=0.06,
        lead=0.050, mql=0.36, sql=0.44, won=0.26, campaigns=(("", "/fallstudien/baeckerei-hansen"),),
    ),
    Channel(
        name="AI Assistants", source="chatgpt", medium="ai", share=0.03,
        lead=0.058, mql=0.40, sql=0.50, won=0.28, campaigns=(("", "/produkt"),),
    ),
    Channel(
        name="Direct", source="direct", medium="none", share=0.12,
        lead=0.034, mql=0.37, sql=0.47, won=0.29,
    ),
)  # fmt: skip

LEAK = Leak(
    channel="Paid Search",
    device="mobile",
    days=35,
    lead=0.006,
    story="The form on /lp/wartungsplaner cannot be sent on phones since the relaunch five weeks ago.",
)

DEVICES = (("desktop", 0.56), ("mobile", 0.39), ("tablet", 0.05))
COUNTRIES = (("DE", 0.78), ("AT", 0.10), ("CH", 0.08), ("NL", 0.02), ("", 0.02))

# Days from one stage to the next: shortest, most frequent, longest (triangular).
TO_MQL = (1.0, 5.0, 24.0)
TO_SQL = (0.3, 2.0, 9.0)
TO_CLOSE = (12.0, 28.0, 75.0)
TO_REPEAT = (60.0, 110.0, 200.0)
SESSION_GAP = timedelta(minutes=30)

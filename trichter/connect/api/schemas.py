"""The records as other programs see them. Sums are whole minor units (cents) with a currency."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Field, Schema
from pydantic import AfterValidator

from trichter.core.journal.models import Identity
from trichter.kit.clock import EARLIEST_DAY, LATEST_DAY

T = TypeVar("T")


class Listed(Schema, Generic[T]):
    """A page of records."""

    items: list[T]
    next: str | None = Field(None, description="Cursor of the next page; null on the last one.")


class PhoneOut(Schema):
    """One more number of a person, besides `phone` and `mobile`."""

    kind: str = Field(description="work, mobile or private")
    number: str
    note: str


class PersonOut(Schema):
    """A person."""

    id: int
    salutation: str
    title: str
    address_form: str = Field(description='formal (Sie), familiar (du) or "".')
    first_name: str
    last_name: str
    email: str
    phone: str
    mobile: str
    further_emails: list[str] = Field(description="Linked addresses beside the main one, the oldest first.")
    further_phones: list[PhoneOut]
    job_title: str
    buying_role: str = Field(description='decision, budget, champion, user, evaluator, gatekeeper or "".')
    company: int | None = Field(None, alias="company_id")
    street: str
    postcode: str
    city: str
    country: str
    language: str
    owner: int | None = Field(None, alias="owner_id")
    tags: list[str]
    stage: str
    score: int
    source: str
    medium: str
    created_at: datetime
    first_seen_at: datetime | None
    last_seen_at: datetime | None

    @staticmethod
    def resolve_tags(obj: Any) -> list[str]:
        """Names, in order."""
        return [tag.name for tag in obj.tags.all()]

    @staticmethod
    def resolve_further_emails(obj: Any) -> list[str]:
        """Every linked address but the main one."""
        links = sorted(obj.links.all(), key=lambda link: (link.since, link.pk))
        found = [link.identity for link in links]
        return [one.value for one in found if one.kind == Identity.Kind.EMAIL and one.value != obj.email]

    @staticmethod
    def resolve_further_phones(obj: Any) -> list[Any]:
        """In the order in which they came."""
        return list(obj.phones.all())


class SegmentOut(Schema):
    """A segment. `kind`: dynamic (a rule decides) or static (kept by hand); `size`: its members."""

    id: int
    name: str
    description: str
    kind: str
    rule: dict[str, Any]
    size: int
    created_at: datetime
    updated_at: datetime


class CompanyOut(Schema):
    """A company."""

    id: int
    name: str
    domain: str
    parent: int | None = Field(None, alias="parent_id")
    industry: str
    employees: int | None
    phone: str
    street: str
    postcode: str
    city: str
    country: str
    owner: int | None = Field(None, alias="owner_id")
    external_source: str
    external_id: str
    tags: list[str]
    created_at: datetime

    @staticmethod
    def resolve_tags(obj: Any) -> list[str]:
        """Names, in order."""
        return [tag.name for tag in obj.tags.all()]


class EventOut(Schema):
    """One line of a person's story; `data` depends on `kind`, see the event catalogue."""

    uid: str
    kind: str
    version: int
    at: datetime
    source: str
    medium: str
    campaign: str
    page: str
    country: str
    device: str
    value: int | None
    currency: str
    data: dict[str, Any]

    @staticmethod
    def resolve_uid(obj: Any) -> str:
        """As text."""
        return str(obj.uid)


class DealOut(Schema):
    """A sales opportunity as it stands today."""

    id: int
    name: str
    person: int | None = Field(None, alias="person_id")
    company: int | None = Field(None, alias="company_id")
    owner: int | None = Field(None, alias="owner_id")
    pipeline: str
    stage: str | None
    amount: int | None = Field(None, description="Minor units.")
    currency: str
    status: str = Field(description="open, won or lost")
    lost_reason: str
    opened_at: datetime
    closed_at: datetime | None
    expected_close: date | None
    external_source: str
    external_id: str

    @staticmethod
    def resolve_pipeline(obj: Any) -> str:
        """Its name."""
        return str(obj.pipeline.name)

    @staticmethod
    def resolve_stage(obj: Any) -> str | None:
        """Its name."""
        return str(obj.stage.name) if obj.stage else None


class OrderOut(Schema):
    """An order as it stands today."""

    id: int
    number: str
    person: int | None = Field(None, alias="person_id")
    company: int | None = Field(None, alias="company_id")
    status: str = Field(description="placed, paid, refunded or cancelled")
    total: int = Field(description="Gross, in minor units.")
    currency: str
    product: str
    coupon: str
    placed_at: datetime
    paid_at: datetime | None
    refunded_at: datetime | None


class FunnelOut(Schema):
    """A saved funnel."""

    slug: str
    name: str
    description: str
    default: bool
    preset: str


class FunnelDetail(FunnelOut):
    """A saved funnel with its definition."""

    definition: dict[str, Any]


def _in_range(day: date) -> date:
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise ValueError(f"must lie between {EARLIEST_DAY} and {LATEST_DAY}")
    return day


Day = Annotated[date, AfterValidator(_in_range)]


class KpiOut(Schema):
    """A key figure. Money in minor units, durations in seconds, shares as 0.25 for 25 %."""

    key: str
    label: str
    unit: str = Field(description="count, money, percent, seconds or factor")
    numerator: int
    denominator: int | None
    value: float | None
    before: float | None = Field(description="The period of equal length before.")
    low: float | None
    high: float | None
    few: bool = Field(description="A share of fewer than 30 cases.")


class KpisOut(Schema):
    """All key figures of a period."""

    first: date
    last: date
    currency: str
    items: list[KpiOut]

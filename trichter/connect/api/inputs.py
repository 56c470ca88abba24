"""What other programs may write. A field that is left out is not touched; `null` and "" empty it."""

from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict

from .paging import Id, Text
from .schemas import Day

_MOST_TAGS = _MOST_FURTHER = 20
LARGEST_SUM = 2**53


def _one_label(name: str) -> str:
    if "," in name:
        raise ValueError("a tag must not contain a comma")
    return name


Label = Annotated[Text, AfterValidator(_one_label)]
Labels = Annotated[list[Label], Field(max_length=_MOST_TAGS, description="All tags; new ones are made.")]


class Written(Schema):
    """Base: a field that we do not know is an error, not a thing to overlook."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.dict(exclude_unset=True)


class PhoneIn(Written):
    """One more number of a person."""

    kind: Literal["work", "mobile", "private"] = "work"
    number: Annotated[Text, Field(min_length=1)]
    note: Annotated[Text, Field(max_length=80)] = ""


class PersonIn(Written):
    """A person. A new one needs a name, an e-mail address or a phone number."""

    salutation: Text | None = None
    title: Text | None = None
    address_form: Literal["formal", "familiar", ""] | None = Field(
        None, description="formal (Sie) or familiar (du); goes before the form of a mail's template."
    )
    first_name: Text | None = None
    last_name: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    mobile: Text | None = None
    further_emails: Annotated[list[Text], Field(max_length=_MOST_FURTHER)] | None = Field(
        None,
        description="Addresses to link beside the main one. None is ever taken off here; one that belongs to "
        "somebody else is refused with 422.",
    )
    further_phones: Annotated[list[PhoneIn], Field(max_length=_MOST_FURTHER)] | None = Field(
        None,
        description="All numbers beside `phone` and `mobile`; those that are not in the list are removed.",
    )
    job_title: Text | None = None
    buying_role: Literal["decision", "budget", "champion", "user", "evaluator", "gatekeeper", ""] | None = (
        Field(None, description="Role in the company's decision to buy.")
    )
    company: Id | None = Field(None, description="Id of a company that this token's user may see.")
    company_name: Text | None = Field(None, description="Instead of the id; a new name makes a company.")
    street: Text | None = None
    postcode: Text | None = None
    city: Text | None = None
    country: Text | None = Field(None, description="Two letters, such as DE.")
    language: Literal["de", "en", ""] | None = None
    owner: Id | None = Field(None, description="Id of a colleague.")
    tags: Labels | None = None


class CompanyIn(Written):
    """A company. A new one needs a name."""

    name: Text | None = None
    domain: Text | None = None
    parent: Id | None = Field(
        None,
        description="Id of the parent company, which this token's user may see; not one of its own group.",
    )
    industry: Text | None = None
    employees: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    phone: Text | None = None
    street: Text | None = None
    postcode: Text | None = None
    city: Text | None = None
    country: Text | None = Field(None, description="Two letters, such as DE.")
    owner: Id | None = Field(None, description="Id of a colleague.")
    tags: Labels | None = None


class DealChange(Written):
    """Changes to a deal. `stage`: the name of a stage of its pipeline; a closed deal must be opened first."""

    name: Text | None = None
    person: Id | None = None
    company: Id | None = None
    owner: Id | None = Field(None, description="Id of a colleague.")
    stage: Text | None = None
    amount: Annotated[int, Field(ge=-LARGEST_SUM, le=LARGEST_SUM)] | None = Field(
        None, description="Minor units."
    )
    currency: Text | None = None
    expected_close: Day | None = None
    status: Literal["open", "won", "lost"] | None = None
    lost_reason: Text | None = Field(None, description="Needed to lose a deal.")


class DealIn(DealChange):
    """A new deal: opened in `stage` of `pipeline`, by default in the first one of the oldest pipeline."""

    pipeline: Text | None = Field(None, description="Its name.")

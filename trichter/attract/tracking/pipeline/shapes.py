"""The shape of an event as it is sent: what the collector checks and what the API's description shows.

One model per kind, so that the description is generated from the very classes that validate.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

MOST_EVENTS = 1_000
MOST_BYTES = 1_048_576
MOST_MONEY = 10**15
_MOST_MS = 10**12
_UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
_INSTANT = (
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
    r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
)
_KEY = re.compile(r"[A-Za-z0-9_.:@-]{1,50}")


def _real_instant(text: str) -> str:
    datetime.fromisoformat(text)  # 2026-02-30 raises ValueError
    return text


def _short_values(props: dict[str, Any]) -> dict[str, Any]:
    for key, value in props.items():
        if not _KEY.fullmatch(key):
            raise ValueError("a property's name is 1 to 50 of A-Z a-z 0-9 _ . : @ -")
        if isinstance(value, str) and len(value) > 300:
            raise ValueError("a property's text has at most 300 characters")
    return props


Uid = Annotated[
    str, Field(pattern=_UUID, description="Made by the sender, once per event: a retry never doubles.")
]
Text = Annotated[str, Field(max_length=300)]
Name = Annotated[str, Field(min_length=1, max_length=160, pattern=r"\S")]
Url = Annotated[str, Field(max_length=2_000, pattern=r"^https?://[^\s/?#]")]
Percent = Annotated[int, Field(ge=0, le=100)]
Milliseconds = Annotated[int, Field(ge=0, le=3_600_000)]
Instant = Annotated[
    str, Field(pattern=_INSTANT, max_length=40, description="With its zone."), AfterValidator(_real_instant)
]
Props = Annotated[
    dict[str, str | bool | int | float],
    Field(max_length=20, description="At most 20; texts of at most 300 characters."),
    AfterValidator(_short_values),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Common(_Strict):
    """What every event may carry."""

    uid: Uid
    at: Instant | None = None
    ago: int | None = Field(None, ge=0, le=_MOST_MS, description="Milliseconds since it happened.")
    url: Url | None = Field(None, description="Address of the page; campaign parameters are read from it.")
    referrer: Annotated[str, Field(max_length=2_000)] = ""
    value: int | None = Field(None, ge=-MOST_MONEY, le=MOST_MONEY, description="Minor units (cents).")
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$")
    visitor: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_.:-]{1,64}$", description="Your own id of the visitor; API only."
    )
    email: str | None = Field(None, max_length=254, description="Whose event it is; API only.")
    ip: str | None = Field(
        None, max_length=45, description="The visitor's address, for key and country; never stored. API only."
    )
    user_agent: str | None = Field(None, max_length=1_000, description="The visitor's browser. API only.")


class _Viewed(_Strict):
    heading: Text = ""


class _Left(_Strict):
    engaged: int = Field(0, ge=0, le=86_400, description="Seconds of attention.")
    scroll: Percent = 0


class _Clicked(_Strict):
    target: Annotated[str, Field(min_length=1, max_length=500)]


class _Downloaded(_Strict):
    asset: Annotated[str, Field(min_length=1, max_length=500)]


class _Video(_Strict):
    video: Name
    percent: Percent


class _Form(_Strict):
    form: Name


class _Submitted(_Form):
    goal: Text = ""


class _Vitals(_Strict):
    lcp: Milliseconds | None = None
    inp: Milliseconds | None = None
    cls: int | None = Field(None, ge=0, le=1_000_000, description="Thousandths, of the worst session window.")
    fcp: Milliseconds | None = None
    ttfb: Milliseconds | None = None


class _Custom(_Strict):
    name: Name
    props: Props = {}


class PageViewedIn(_Common):
    """A page was shown."""

    kind: Literal["page.viewed"]
    url: Url
    data: _Viewed = _Viewed()


class PageLeftIn(_Common):
    """A page was left or put aside."""

    kind: Literal["page.left"]
    view: Uid | None = Field(
        None,
        description="From the tracker alone: the view on whose page the visitor agreed to be recognised.",
    )
    data: _Left


class LinkClickedIn(_Common):
    """A link that leads away was followed."""

    kind: Literal["link.clicked"]
    data: _Clicked


class FileDownloadedIn(_Common):
    """A file was fetched."""

    kind: Literal["file.downloaded"]
    data: _Downloaded


class VideoProgressedIn(_Common):
    """A video was played up to a mark."""

    kind: Literal["video.progressed"]
    data: _Video


class FormStartedIn(_Common):
    """A form was begun."""

    kind: Literal["form.started"]
    data: _Form


class FormAttemptedIn(_Common):
    """The browser was told to send a form."""

    kind: Literal["form.attempted"]
    data: _Form


class FormSubmittedIn(_Common):
    """A form arrived and passed its checks."""

    kind: Literal["form.submitted"]
    data: _Submitted


class WebVitalsMeasuredIn(_Common):
    """How fast a page felt."""

    kind: Literal["web_vitals.measured"]
    data: _Vitals


class CustomHappenedIn(_Common):
    """An event of your own."""

    kind: Literal["custom.happened"]
    data: _Custom


EventIn = Annotated[
    PageViewedIn
    | PageLeftIn
    | LinkClickedIn
    | FileDownloadedIn
    | VideoProgressedIn
    | FormStartedIn
    | FormAttemptedIn
    | FormSubmittedIn
    | WebVitalsMeasuredIn
    | CustomHappenedIn,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[_Common] = TypeAdapter(EventIn)
Shape = _Common


class Batch(_Strict):
    """Several events at once; each is judged by itself."""

    events: list[EventIn] = Field(min_length=1, max_length=MOST_EVENTS)

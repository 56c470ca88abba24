"""What the scripts send. Nothing else is taken, so a field that names somebody cannot slip in."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ..rules import COLUMNS, MOST_ROWS, SCROLL_STEPS, WIDTH_STEP

_UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
Uid = Annotated[str, Field(pattern=_UUID)]
# Without query and fragment: scheme, host, path.
Address = Annotated[str, Field(max_length=1_000, pattern=r"^https?://[^\s/?#]+/[^\s?#]*$")]
X = Annotated[int, Field(ge=0, lt=COLUMNS)]
Y = Annotated[int, Field(ge=0, lt=MOST_ROWS)]
Tenth = Annotated[int, Field(ge=0, le=9)]
Few = Annotated[int, Field(ge=0, le=1_000)]
# Tags, places among their kind, and names without digits: `#menu>ul>li:nth-of-type(2)>a`.
Path = Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9#>:()_-]+$")]
Pixels = Annotated[int, Field(ge=0, le=1_000_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class HeatIn(_Strict):
    """Counts of one view of a page. c: x, y, path, x and y in the element, clicks, rage, dead. m: x, y, n."""

    uid: Uid
    url: Address
    w: Annotated[int, Field(ge=0, le=4_000, multiple_of=WIDTH_STEP)]
    h: Pixels
    p: Pixels
    v: Annotated[int, Field(ge=0, le=1)]
    s: Annotated[list[Annotated[int, Field(ge=1, le=SCROLL_STEPS)]], Field(max_length=SCROLL_STEPS)] = []
    c: Annotated[list[tuple[X, Y, Path, Tenth, Tenth, Few, Few, Few]], Field(max_length=200)] = []
    m: Annotated[list[tuple[X, Y, Few]], Field(max_length=300)] = []
    team: bool = False


class PartIn(_Strict):
    """A part of a recording. ago, until: milliseconds since its first and last event. ev: gzip in base64;
    raw: JSON as it is, for the last words of a page.
    """

    id: Uid
    rec: Uid
    take: Uid
    n: Annotated[int, Field(ge=0, le=100_000)]
    url: Address
    ago: Annotated[int, Field(ge=0, le=86_400_000)]
    until: Annotated[int, Field(ge=0, le=86_400_000)]
    clicks: Few = 0
    rage: Few = 0
    ev: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$")] = ""
    raw: str = ""
    gpc: bool = False
    team: bool = False


HEAT: TypeAdapter[HeatIn] = TypeAdapter(HeatIn)
PART: TypeAdapter[PartIn] = TypeAdapter(PartIn)

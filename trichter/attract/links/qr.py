"""QR codes for print: black on white, with the quiet zone the standard asks for (four modules)."""

from io import BytesIO
from typing import Final, Literal

import segno

Kind = Literal["svg", "png"]
QUIET: Final = 4
SIZES: Final = (20, 30, 50, 80, 120)  # millimetres with the quiet zone
DPI: Final = 600
TYPES: Final[dict[str, str]] = {"svg": "image/svg+xml", "png": "image/png"}


def code(*, address: str, kind: Kind, millimetres: int) -> bytes:
    """The code of an address as a file. Error level Q: a quarter of it may be dirty or torn.

    svg: exactly this size. png: the nearest whole pixels per module at 600 dpi, never fewer than four.
    """
    made = segno.make(address, error="q", micro=False, boost_error=False)
    modules = made.symbol_size(border=QUIET)[0]
    out = BytesIO()
    if kind == "svg":
        made.save(
            out, kind="svg", border=QUIET, scale=millimetres / modules, unit="mm", light="white",
            xmldecl=True, svgns=True, title=address,
        )  # fmt: skip
    else:
        scale = max(4, round(millimetres / 25.4 * DPI / modules))
        made.save(out, kind="png", border=QUIET, scale=scale, dpi=DPI, light="white")
    return out.getvalue()

"""Tables from anywhere: CSV, TSV and XLSX read safely row by row, CSV and XLSX written for Excel.

``read_table`` opens a file; its ``rows()`` streams ``Row`` objects with the line they came from and what was
wrong with them. A file that cannot be used raises ``TableError``; a row that cannot be used carries one, and
the rows around it are read on.
"""

from trichter.kit.tables.model import Limits, Row, Sheet, Source, TableError
from trichter.kit.tables.reading import read_table
from trichter.kit.tables.writing import Style, write_csv, write_xlsx

__all__ = [
    "Limits",
    "Row",
    "Sheet",
    "Source",
    "Style",
    "TableError",
    "read_table",
    "write_csv",
    "write_xlsx",
]

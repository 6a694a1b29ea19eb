"""Read the register files as they come: CSV, Excel, LibreOffice, GeoJSON, or folders of them.

Every cell comes out as text as it was written; the index of a frame is the row number that the
file's own program shows.
"""

from etl.reading.columns import ColumnMapping, ColumnsUnsure, header_name, known_mappings
from etl.reading.inputs import WORKBOOKS, extract, read_inputs, read_records, register_file
from etl.reading.model import (
    REGISTER_ROWS,
    Extract,
    Origin,
    name_register_rows,
    names_register_rows_only,
)

__all__ = [
    "REGISTER_ROWS",
    "WORKBOOKS",
    "ColumnMapping",
    "ColumnsUnsure",
    "Extract",
    "Origin",
    "extract",
    "header_name",
    "known_mappings",
    "name_register_rows",
    "names_register_rows_only",
    "read_inputs",
    "read_records",
    "register_file",
]

"""The brief that is handed on: two pages of A4 and the same numbers as a workbook.

Texts of the register are data to the typesetter, never markup: they reach the templates as
JSON, so nothing in them can be executed, open a file or change the layout.
"""

from ecosystem.brief.checklist import checklist_pdf
from ecosystem.brief.collection import collection_pdf
from ecosystem.brief.comparison import comparison_pdf
from ecosystem.brief.consortium import NO_PROMISE, consortium_pdf, consortium_xlsx
from ecosystem.brief.region import region_pdf
from ecosystem.brief.workbook import comparison_xlsx, region_xlsx

__all__ = [
    "NO_PROMISE",
    "checklist_pdf",
    "collection_pdf",
    "comparison_pdf",
    "comparison_xlsx",
    "consortium_pdf",
    "consortium_xlsx",
    "region_pdf",
    "region_xlsx",
]

"""What a check found, for people: as a page, and as a copy of their own workbook.

``words`` says it once for the command line, the page and the workbooks.
"""

"""The page of the investor day: a workbook comes in, is planned, shown and taken away again.

Participants are in the workbook and, while a page is open, in its session; nowhere else.
"""

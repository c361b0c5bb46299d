"""Sheets in and out: XLSX and CSV of any origin read in bounded memory, lists written safely."""

from quietmonday.kit.sheets.faults import UnreadableSheet
from quietmonday.kit.sheets.reading import Cell, Row, Sheet, read_sheet

__all__ = ["Cell", "Row", "Sheet", "UnreadableSheet", "read_sheet"]

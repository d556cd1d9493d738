"""Tables for spreadsheets: what a cell says is text, never a formula."""

import csv
import io
from collections.abc import Iterable

BOM = "\ufeff"
"""Without it a spreadsheet reads the file as of the local code page."""
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, or for a way into the next cell."""


def cell(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it: an apostrophe stands before a formula.

    Blanks before it are skipped by some programs, so they do not hide one.
    """
    return f"'{text}" if text.lstrip(" \u3000").startswith(_ACTIVE) else text


def lines(rows: Iterable[Iterable[str]]) -> str:
    """Rows as CSV (RFC 4180), each cell made safe."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([cell(text) for text in row] for row in rows)
    return buffer.getvalue()

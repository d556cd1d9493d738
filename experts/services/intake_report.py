"""The report of an import: what is wrong with the file, or what a newer list changes.

It names lines, columns, kinds of value and codes of experts. What was written in a cell is in none
of it, so that it may be stored, shown, downloaded and sent on.
"""

import csv
import io
from collections.abc import Iterable, Iterator

import openpyxl
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter

from experts.domain.pool_changes import KINDS
from experts.domain.pool_columns import COLUMNS, TITLES
from experts.domain.pool_faults import Line
from experts.models import Intake, IntakeLine
from experts.services.intake_lines import Listed

MOST_LINES = 10_000
"""Lines of a report that are kept; the counts tell of all."""
HEAD = ("行号", "列", "值的类型", "问题或者变更", "说明", "专家编号")
TITLE_OF = {**TITLES, "specialties": "专业", "from_pool": "来源专家库", "contact": "姓名或者电话"}
TEXT = "@"
BOM = "﻿"
"""By this mark Excel knows a CSV file for UTF-8."""


class Report:
    """Lines of a report as they are found, up to MOST_LINES; `found` counts all."""

    def __init__(self, row: Intake) -> None:
        self.row = row
        self.kept: list[IntakeLine] = []
        self.found = 0

    def faults(self, lines: Iterable[Line]) -> None:
        """Note every fault of these lines."""
        for fault in (fault for line in lines for fault in line.faults):
            self.add(fault.line, fault.code, fault.message, column=fault.column, kind=fault.kind)

    def changes(self, listed: Iterable[Listed]) -> None:
        """Note what a list changes of those who are known; new ones are counted, not listed."""
        for one in listed:
            if one.kind not in ("new", "unchanged"):
                facts = [*one.change.facts, *(["contact"] if one.change.contact else [])]
                column = "、".join(TITLE_OF[key] for key in facts)
                code = one.line.values["code"]
                self.add(one.line.number, one.kind, KINDS[one.kind], column=column, expert=code)

    def absent(self, codes: Iterable[str]) -> None:
        """Note who is not in a complete list any more."""
        for code in codes:
            self.add(0, "exited", "完整名单中已没有该专家,出库", expert=code)

    def add(
        self, line: int, what: str, note: str, *, column: str = "", kind: str = "", expert: str = ""
    ) -> None:
        """Note one line."""
        self.found += 1
        if len(self.kept) < MOST_LINES:
            about = {"column": column, "kind": kind, "expert": expert}
            self.kept.append(IntakeLine(owner=self.row, line=line, what=what, note=note, **about))

    def keep(self) -> None:
        """Write it, in place of an earlier one."""
        self.row.lines.all().delete()
        IntakeLine.objects.bulk_create(self.kept, batch_size=500)


def as_csv(row: Intake) -> Iterator[str]:
    """Yield the report as CSV for Excel: a mark, a head, a line for each."""
    yield BOM + _written(HEAD)
    for one in row.lines.order_by("line", "pk").iterator(chunk_size=500):
        line = one.line or "文件"
        yield _written((line, one.column, one.kind, _what(one), one.note, one.expert))


def template() -> Iterator[str]:
    """Yield the template as CSV: the head and one line that is evidently made up."""
    yield BOM + _written([column.title for column in COLUMNS])
    yield _written([column.example for column in COLUMNS])


def workbook() -> bytes:
    """The template as XLSX: every cell is text, so that no number loses its digits."""
    book, body = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = "专家名单"
    sheet.append([column.title for column in COLUMNS])
    sheet.append([column.example for column in COLUMNS])
    for place, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(14, 2 * len(column.title) + 4)
        sheet.column_dimensions[letter].number_format = TEXT
        for cell in sheet[letter]:
            cell.number_format = TEXT
        sheet.cell(1, place).comment = Comment(column.takes, "template")
    sheet.freeze_panes = "A2"
    book.save(body)
    return body.getvalue()


def _what(one: IntakeLine) -> str:
    return KINDS.get(one.what, "有误")


def _written(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()

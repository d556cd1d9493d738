"""Lines of a CSV or XLSX file, one at a time, whatever its size.

CSV: UTF-8 with or without a mark at its beginning, else GB18030 as Excel in China writes it. XLSX:
read-only and streaming; formulas are not computed, and what would blow up in memory is refused.
"""

import codecs
import csv
import io
import warnings
import zipfile
import zlib
from array import array
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO, overload

from django.db import DatabaseError
from openpyxl.cell import cell as cells
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from accounts.services.gate import BadInput
from experts.domain import pool_columns
from experts.domain.pool_faults import Broken, Formula
from experts.domain.pool_rows import is_blank

CSV, XLSX = "csv", "xlsx"
MOST_ROWS = 200_000
MOST_COLUMNS = 40
MOST_UNPACKED = 768 * 1024 * 1024
"""Bytes that a workbook may unpack to; 100,000 lines take about 75 MB."""
MOST_MEMBERS = 1000
MOST_RATIO = 300
"""How many times its size a member may unpack to; a list of people stays far below."""
_ZIP, _OLE, _UTF16 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", (b"\xff\xfe", b"\xfe\xff")
_BLOCK = 1024 * 1024
_ITEM = f"{{{SHEET_MAIN_NS}}}si"

Numbered = tuple[int, dict[str, object]]
"""The number of a line in the file, from 1, and its cells by column key."""


def kind_of(first: bytes) -> str:
    """CSV or XLSX, by the first bytes; raise BadInput for what is neither."""
    if first.startswith(_ZIP):
        return XLSX
    if first.startswith(_OLE):
        raise _refused("file_old_format", "文件已加密或者为旧版 .xls,请另存为 .xlsx 后重新上传")
    if first.startswith(_UTF16):
        raise _refused("file_utf16", "文件为 Unicode 文本,请另存为 CSV UTF-8 或者 .xlsx")
    if not first or b"\x00" in first:
        raise _refused("file_not_table", "文件是空的,或者不是 CSV、XLSX 表格")
    return CSV


def lines(file: BinaryIO, kind: str) -> Generator[Numbered, None, None]:
    """Yield the lines below the head line that hold anything; raise BadInput for a bad file."""
    head: dict[int, str] = {}
    found = 0
    with closing(_csv(file) if kind == CSV else _xlsx(file)) as rows:
        for number, row in enumerate(rows, start=1):
            if not head:
                head = _head(row)
                if not head and number >= pool_columns.DEEPEST_HEAD:
                    break
                continue
            line = {key: row[place] if place < len(row) else None for place, key in head.items()}
            if is_blank(line):
                continue
            found += 1
            if found > MOST_ROWS:
                raise _refused("file_too_long", f"一次最多导入 {MOST_ROWS} 行,请分开导入")
            yield number, line
    if not head:
        raise _refused("head_missing", "没有找到表头,请使用模板,不要改动表头的文字")
    if not found:
        raise _refused("file_empty", "表头以下没有数据")


def _head(row: Sequence[object]) -> dict[int, str]:
    """The head line, {} where this is none; raise BadInput where it lacks or repeats a column."""
    head = pool_columns.head_of(row)
    if len(head) < len(pool_columns.COLUMNS) // 2:
        return {}
    if lacking := pool_columns.missing(head):
        raise _refused("columns_missing", f"表头缺少列:{'、'.join(lacking)}")
    if repeated := pool_columns.twice(head):
        raise _refused("columns_twice", f"表头有重复的列:{'、'.join(repeated)}")
    return head


def _csv(file: BinaryIO) -> Generator[Sequence[object], None, None]:
    text = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
    try:
        yield from csv.reader(text)
    except (csv.Error, UnicodeDecodeError) as error:
        raise _damaged() from error
    finally:
        text.detach()  # the file is the caller's to close


def _encoding(file: BinaryIO) -> str:
    """The encoding, found by reading the whole file once; what is valid UTF-8 is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
        return "utf-8-sig"
    except UnicodeDecodeError:
        return "gb18030"
    finally:
        file.seek(0)


def _xlsx(file: BinaryIO) -> Generator[Sequence[object], None, None]:
    _check_archive(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = _Reader(file, read_only=True, data_only=False, keep_links=False)
            reader.read()
        with closing(reader.wb) as book:
            yield from _sheet(book)
    except (BadInput, DatabaseError):
        raise
    except Exception as error:  # what a parser may raise over other people's files is not listed
        raise _damaged() from error


def _sheet(book: Any) -> Iterator[Sequence[object]]:
    """The first sheet that is shown."""
    shown = [one for one in book.worksheets if one.sheet_state == "visible"]
    for sheet in shown[:1]:
        sheet.reset_dimensions()
        yield from _rows(sheet)


def _rows(sheet: Any) -> Iterator[Sequence[object]]:
    for row in sheet.iter_rows(max_col=MOST_COLUMNS):
        yield [_value(one) for one in row]


def _value(cell: Any) -> object:
    match cell.data_type:
        case cells.TYPE_FORMULA:
            return Formula()
        case cells.TYPE_ERROR:
            return Broken()
    return cell.value


def _check_archive(file: BinaryIO) -> None:
    """Refuse a workbook that unpacks to more than a list of people can be, or that has a DTD.

    A member never unpacks to more than it declares: zipfile stops there.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if _is_bomb(members) or any(_has_dtd(archive, one) for one in members):
                raise _refused("file_bomb", "文件解压后过大,或者含有外部定义,拒绝读取")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError) as error:
        raise _damaged() from error
    file.seek(0)


def _is_bomb(members: list[zipfile.ZipInfo]) -> bool:
    whole = sum(one.file_size for one in members)
    steep = any(
        one.file_size > _BLOCK and one.file_size > MOST_RATIO * max(1, one.compress_size)
        for one in members
    )
    return len(members) > MOST_MEMBERS or whole > MOST_UNPACKED or steep


def _has_dtd(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    if not member.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(member) as part:
        return b"<!DOCTYPE" in part.read(4096)


def _damaged() -> BadInput:
    return _refused("file_damaged", "文件读到一半出错,请重新另存后上传")


def _refused(code: str, message: str) -> BadInput:
    return BadInput(code, message, {"file": message})


class _Reader(ExcelReader):  # type: ignore[misc]
    """openpyxl's reader with the shared strings in one buffer instead of a list of objects."""

    def read_strings(self) -> None:
        """Read the table of shared strings, where there is one."""
        content = self.package.find(SHARED_STRINGS)
        if content is not None:
            with self.archive.open(content.PartName[1:]) as part:
                self.shared_strings = Strings(part)


class Strings(Sequence[str]):
    """A table of strings in one buffer: a tenth of what a list of Python's strings takes."""

    def __init__(self, part: Any) -> None:
        self._text, self._ends = bytearray(), array("L", [0])
        for one in _texts(part):
            self._text += one.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._text))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self._text[self._ends[place] : self._ends[place + 1]].decode(
            "utf-8", "surrogatepass"
        )


def _texts(part: BinaryIO) -> Iterator[str]:
    """Every shared string; what has been read is let go."""
    events = iter(iterparse(part, events=("start", "end")))
    _, root = next(events)
    for event, node in events:
        if event == "end" and node.tag == _ITEM:
            yield Text.from_tree(node).content.replace("x005F_", "")
            root.clear()

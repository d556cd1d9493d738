"""Files of experts as an office would hand them in: CSV and XLSX, right and wrong."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import openpyxl

from accounts.domain.id_number import check_character
from experts.domain.pool_columns import COLUMNS
from tests.experts import world

HEAD = [column.title for column in COLUMNS]
KEYS = [column.key for column in COLUMNS]


class Upload:
    """What a form hands on: pieces of a file."""

    def __init__(self, body: bytes, piece: int = 64 * 1024) -> None:
        self.body, self.piece = body, piece

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), self.piece):
            yield self.body[start : start + self.piece]


def id_number(number: int) -> str:
    """A number of a region that does not exist, born in 1980, with its check character."""
    first = f"00{number // 1000 % 10000:04d}19800101{number % 1000:03d}"
    return first + check_character(first)


def line(number: int, **changes: Any) -> dict[str, Any]:
    """Expert number n as a line of a list."""
    return {
        "code": f"N{number:06d}",
        "name": f"钱乙{number}",
        "id_number": id_number(number),
        "phone": f"100{number:08d}",
        "employer": world.employer(number % 5000),
        "region": world.REGION,
        "title": "高级工程师",
        "years": "12",
        "main": "A080104",
        "others": "A060101、A050101" if number % 2 else "",
        "term_from": "2025-01-01",
        "term_to": "2028-12-31",
        "status": "",
    } | changes


def rows(lines: Iterable[dict[str, Any]]) -> list[list[Any]]:
    return [HEAD, *([one[key] for key in KEYS] for one in lines)]


def as_csv(lines: Iterable[dict[str, Any]], encoding: str = "utf-8") -> Upload:
    text = io.StringIO()
    csv.writer(text).writerows(rows(lines))
    return Upload(text.getvalue().encode(encoding))


def as_xlsx(lines: Iterable[dict[str, Any]], above: Iterable[list[Any]] = ()) -> Upload:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("专家名单")
    for row in (*above, *rows(lines)):
        sheet.append(row)
    return saved(book)


def saved(book: Any) -> Upload:
    body = io.BytesIO()
    book.save(body)
    return Upload(body.getvalue())

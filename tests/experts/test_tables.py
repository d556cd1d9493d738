"""Reading CSV and XLSX files that offices hand in, and refusing those that are none."""

import io
import zipfile

import openpyxl
import pytest

from accounts.services.gate import BadInput
from experts.domain.pool_faults import Formula
from experts.services import tables
from tests.experts.sheets import HEAD, as_csv, as_xlsx, line, rows, saved


def read(body: bytes) -> list[tables.Numbered]:
    kind = tables.kind_of(body[:1000])
    return list(tables.lines(io.BufferedReader(io.BytesIO(body)), kind))


def refusal(body: bytes) -> str:
    with pytest.raises(BadInput) as bad:
        read(body)
    return bad.value.code


def text(*changed: str) -> bytes:
    """A CSV with one good line, and lines as given before it."""
    good = as_csv([line(1)]).body.decode().splitlines()
    return "\r\n".join([*changed, *good, ""]).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_offices_are_found(encoding):
    ((number, cells),) = read(as_csv([line(1)], encoding).body)
    assert (number, cells["name"], cells["title"]) == (2, "钱乙1", "高级工程师")


def test_gb18030_beyond_gbk_is_read():
    ((_, cells),) = read(as_csv([line(1, name="𠮷甲")], "gb18030").body)
    assert cells["name"] == "𠮷甲"


def test_a_workbook_is_read_with_a_title_in_merged_cells_above_its_head():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["2025 年专家名单"])
    sheet.merge_cells("A1:M1")
    for row in rows([line(1), line(2)]):
        sheet.append(row)
    found = read(saved(book).body)
    assert [(number, cells["code"]) for number, cells in found] == [(3, "N000001"), (4, "N000002")]


def test_blank_lines_are_passed_over_and_numbers_stay_those_of_the_file():
    body = as_xlsx([line(1)], above=[[], ["说明"], []]).body
    assert [number for number, _ in read(body)] == [5]


def test_columns_may_stand_in_another_order_and_others_beside_them():
    book = openpyxl.Workbook()
    book.active.append(["备注", *reversed(HEAD)])
    book.active.append(["不读", *reversed(rows([line(1)])[1])])
    ((_, cells),) = read(saved(book).body)
    assert cells == {key: value or None for key, value in line(1).items()}


def test_a_formula_is_not_computed():
    book = openpyxl.Workbook()
    for row in rows([line(1, years="=3+9")]):
        book.active.append(row)
    ((_, cells),) = read(saved(book).body)
    assert isinstance(cells["years"], Formula)


def test_shared_strings_are_read_as_a_spreadsheet_writes_them():
    body = shared(rows([line(1), line(2)]))
    assert [cells["name"] for _, cells in read(body)] == ["钱乙1", "钱乙2"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_not_table"),
        (b"\x00\x01\x02", "file_not_table"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "file_old_format"),
        ("专家编号\t姓名".encode("utf-16"), "file_utf16"),
        (b"PK\x03\x04" + bytes(100), "file_damaged"),
        ("姓名,电话\r\n甲,1\r\n".encode(), "head_missing"),
        ("\r\n".join(["x"] * 30).encode(), "head_missing"),
        (",".join(HEAD).encode(), "file_empty"),
        (",".join(HEAD[1:]).encode(), "columns_missing"),
        (",".join([*HEAD, HEAD[0]]).encode(), "columns_twice"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(body, code):
    assert refusal(body) == code


def test_a_bomb_is_refused_before_it_is_unpacked():
    body = io.BytesIO(as_xlsx([line(1)]).body)
    with zipfile.ZipFile(body, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", bytes(400 * 1024 * 1024))
    assert refusal(body.getvalue()) == "file_bomb"


def test_a_document_type_is_refused():
    body = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([line(1)]).body)) as good,
        zipfile.ZipFile(body, "w") as bad,
    ):
        for name in good.namelist():
            content = good.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE a [<!ENTITY b "c">]>' + content
            bad.writestr(name, content)
    assert refusal(body.getvalue()) == "file_bomb"


def test_more_lines_than_one_import_takes_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    assert refusal(as_csv([line(1), line(2), line(3)]).body) == "file_too_long"


def test_a_broken_workbook_is_refused():
    body = bytearray(as_xlsx([line(number) for number in range(200)]).body)
    for place in range(2000, 3000):
        body[place] ^= 0x55
    assert refusal(bytes(body)) == "file_damaged"


def shared(table: list[list[str]]) -> bytes:
    """The same workbook with its texts in a table of shared strings, as Excel has them."""
    strings = [cell for row in table for cell in row]
    numbers = iter(range(len(strings)))
    sheet = "".join(
        f'<row r="{n}">'
        + "".join(
            f'<c r="{chr(65 + c)}{n}" t="s"><v>{next(numbers)}</v></c>' for c in range(len(row))
        )
        + "</row>"
        for n, row in enumerate(table, start=1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = io.BytesIO()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([line(1)]).body)) as good,
        zipfile.ZipFile(body, "w") as made,
    ):
        for name in good.namelist():
            content = good.read(name).decode()
            if name.endswith("sheet1.xml"):
                content = f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>'
            if name == "[Content_Types].xml":
                part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
                content = content.replace("</Types>", part)
            made.writestr(name, content)
        items = "".join(f"<si><t>{one}</t></si>" for one in strings)
        made.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{items}</sst>')
    return body.getvalue()

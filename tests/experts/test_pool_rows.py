"""One line of a list: what is read, what is refused, and that a fault never holds the content."""

from datetime import date, datetime

import pytest

from accounts.domain.id_number import birth, check_character, is_valid
from experts.domain.pool_faults import Broken, Formula
from experts.domain.pool_rows import Asked, read
from experts.selectors.specialties import listed
from tests.experts import sheets

ASKED = Asked(listed(), lambda region: region.startswith("33"), 8)


def line(**changes):
    return read(7, sheets.line(1, **changes), ASKED)


def faults(**changes) -> list[tuple[str, str, str]]:
    return [(one.column, one.kind, one.code) for one in line(**changes).faults]


def test_a_sound_line_is_what_an_application_takes():
    assert line().entry == {
        "code": "N000001",
        "person": {"name": "钱乙1", "id_number": sheets.id_number(1), "phone": "10000000001"},
        "employer": sheets.line(1)["employer"],
        "region": "331002",
        "title": "高级工程师",
        "years": 12,
        "specialties": ["A080104", "A060101", "A050101"],
        "term_from": date(2025, 1, 1),
        "term_to": date(2028, 12, 31),
    }


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("code", " Ｎ０００００１ ", "N000001"),
        ("name", "钱\u3000乙", "钱 乙"),
        ("name", "\ufeff钱乙\u200b", "钱乙"),
        ("id_number", sheets.id_number(9).lower(), sheets.id_number(9)),
        ("phone", 13900000001, "13900000001"),
        ("phone", 13900000001.0, "13900000001"),
        ("phone", "0573-82000000", "0573-82000000"),
        ("region", 330402, "330402"),
        ("years", 12.0, 12),
        ("years", "１２", 12),
        ("main", "a080104", "A080104"),
        ("others", "", []),
        ("others", None, []),
        ("others", "A060101,A050101;A0101", ["A060101", "A050101", "A0101"]),
        ("term_from", "2025/1/5", date(2025, 1, 5)),
        ("term_from", "2025年1月5日", date(2025, 1, 5)),
        ("term_from", "20250105", date(2025, 1, 5)),
        ("term_from", 20250105, date(2025, 1, 5)),
        ("term_from", datetime(2025, 1, 5), date(2025, 1, 5)),
        ("status", None, "active"),
        ("status", "暂停", "suspended"),
    ],
)
def test_what_people_and_spreadsheets_write_is_read(column, cell, value):
    found = line(**{column: cell})
    assert found.faults == []
    assert found.values[column] == value


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("code", None, ("专家编号", "空", "cell_missing")),
        ("code", "  ", ("专家编号", "空", "cell_missing")),
        ("code", 12, ("专家编号", "数字", "code_as_number")),
        ("code", "E 1", ("专家编号", "文本(3 字)", "code_form")),
        ("code", Formula(), ("专家编号", "公式", "cell_formula")),
        ("name", "甲" * 41, ("姓名", "文本(41 字)", "cell_too_long")),
        ("name", Broken(), ("姓名", "错误值", "cell_error")),
        ("name", True, ("姓名", "逻辑值", "cell_error")),
        ("name", "=1+1", ("姓名", "文本(4 字)", "cell_formula")),
        ("id_number", 330402198001010010, ("身份证件号码", "数字", "digits_lost")),
        ("id_number", 3.30402198001010e17, ("身份证件号码", "数字", "digits_lost")),
        ("id_number", "3.30402E+17", ("身份证件号码", "文本(11 字)", "digits_lost")),
        ("id_number", "33040219800101001", ("身份证件号码", "文本(17 字)", "id_number_form")),
        ("id_number", "000000198013010011", ("身份证件号码", "文本(18 字)", "id_number_birth")),
        ("id_number", "000000198001010012", ("身份证件号码", "文本(18 字)", "id_number_check")),
        ("phone", "1390000000", ("手机号码", "文本(10 字)", "phone_form")),
        ("phone", float("inf"), ("手机号码", "数字", "cell_error")),
        (
            "employer",
            "91330499DM000000",
            ("工作单位统一社会信用代码", "文本(16 字)", "employer_form"),
        ),
        (
            "employer",
            "91330499DM0000001A",
            ("工作单位统一社会信用代码", "文本(18 字)", "employer_check"),
        ),
        ("region", "99", ("行政区划代码", "文本(2 字)", "region_form")),
        ("region", "990402", ("行政区划代码", "文本(6 字)", "region_form")),
        ("region", "320402", ("行政区划代码", "文本(6 字)", "region_outside")),
        ("years", "12.5", ("从业年限", "文本(4 字)", "years_form")),
        ("years", 12.5, ("从业年限", "数字", "years_form")),
        ("years", "7", ("从业年限", "文本(1 字)", "years_few")),
        ("main", "A08", ("主评专业", "文本(3 字)", "specialty_form")),
        ("main", "A0899", ("主评专业", "文本(5 字)", "specialty_unknown")),
        ("main", "C990101", ("主评专业", "文本(7 字)", "specialty_unknown")),
        ("others", "A060101、水利", ("其他专业", "文本(10 字)", "specialty_form")),
        ("others", "A080104", ("其他专业", "文本(7 字)", "specialty_twice")),
        ("term_from", 45658, ("聘期起", "数字", "date_as_number")),
        ("term_from", 45658.5, ("聘期起", "数字", "date_as_number")),
        ("term_from", "2025-02-30", ("聘期起", "文本(10 字)", "date_form")),
        ("term_to", "2024-12-31", ("聘期止", "文本(10 字)", "term_backwards")),
        ("status", "退休", ("状态", "文本(2 字)", "status_form")),
    ],
)
def test_what_is_wrong_is_said_by_column_kind_and_code(column, cell, fault):
    assert faults(**{column: cell}) == [fault]


def test_every_fault_of_a_line_is_found_at_once():
    found = faults(code=None, phone="x", years="x")
    assert [code for *_, code in found] == ["cell_missing", "phone_form", "years_form"]


def test_a_fault_holds_nothing_of_the_cell():
    found = line(id_number="330402198001010019", phone="13900000001x", name="孙丙丁" * 20).faults
    assert len(found) == 3
    text = "".join(f"{one}{one.message}" for one in found)
    assert [part for part in ("33040219", "139000", "孙丙") if part in text] == []


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_known_answers_of_the_standard(number):
    assert check_character(number[:17]) == number[17]
    assert is_valid(number)


def test_a_number_with_two_figures_swapped_is_refused():
    assert not is_valid("11010519491213002X")
    assert birth("11010519490231002X") is None

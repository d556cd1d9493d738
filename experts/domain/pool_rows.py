"""One line of a list of experts: read strictly, and what is wrong with it said without its content.

A fault names line, column, kind of value and reason. It never holds what was written there: the
report of an import is stored, shown and downloaded, and the lines are about people.
"""

import math
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.domain import credit_code, id_number
from experts.domain.pool_columns import EXAMPLES, STATUSES, TITLES, plain
from experts.domain.specialties import is_listed

MESSAGES = {
    "cell_missing": "没有填写",
    "example_left": "这是模板的示例行,请删除",
    "cell_formula": "含有公式,请粘贴为数值",
    "cell_error": "是表格软件的错误值",
    "cell_too_long": "超过允许的字数",
    "code_as_number": "存成了数字,前面的零可能已经丢失,请设为文本后重新填写",
    "code_form": "应为 1 至 20 位字母、数字或 . _ -",
    "digits_lost": "存成了数字,后几位已经丢失,请设为文本后重新填写",
    "id_number_form": "应为 18 位身份证件号码",
    "id_number_birth": "出生日期有误",
    "id_number_check": "校验位不符",
    "phone_form": "应为 11 位手机号码或者带区号的固定电话",
    "employer_form": "应为 18 位统一社会信用代码",
    "employer_check": "统一社会信用代码校验位不符",
    "region_form": "应为 6 位行政区划代码",
    "region_outside": "不在本单位管理的地区之内",
    "years_form": "应为 0 至 70 的整年数",
    "years_few": "从业年限不足规定年数",
    "specialty_form": "应为 5 位或者 7 位专业代码",
    "specialty_unknown": "不在专业分类标准之内",
    "specialty_twice": "同一专业重复填写",
    "date_form": "应为日期,如 2025-01-31",
    "date_as_number": "日期存成了数字,请设为日期或者文本格式",
    "term_backwards": "聘期止早于聘期起",
    "status_form": "应为在库、暂停、已出库或者取消资格",
    "code_repeated": "与前面一行的专家编号相同",
    "person_repeated": "与前面一行的身份证件号码相同",
    "code_taken": "该编号已被使用",
    "person_known": "该身份证件号码已有专家档案",
    "person_differs": "与该编号在本机登记的身份证件号码不一致",
    "person_forgotten": "该专家的个人信息已经注销,不能重新列入",
    "under_application": "该专家在本机正在办理入库,不能按名单变更",
}
"""Code of a fault → what is wrong, as the report says it."""
_REGIONS = (11, 12, 13, 14, 15, 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55))
PROVINCES = frozenset(map(str, (*_REGIONS, *range(61, 66), 71, 81, 82)))
"""First two digits of a region (GB/T 2260)."""
SPECIALTY = re.compile(r"[ABC]([0-9]{2}){2,3}")
CODE = re.compile(r"[A-Za-z0-9._-]{1,20}")
EXACT_DIGITS = 15
"""Numbers with more digits than these have been rounded by the spreadsheet."""
_PHONE = re.compile(r"1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_DATE = re.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?|([0-9]{8})")
_SPLIT = re.compile(r"[、,;|\s/]+")
_LONGEST = {"name": 40, "title": 20}


class Formula:
    """A cell that holds a formula; what it says is not looked at."""


class Broken:
    """A cell that holds an error of the spreadsheet's (#N/A)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: number of its line, head of its column, kind of value, code."""

    line: int
    column: str
    kind: str
    code: str

    @property
    def message(self) -> str:
        """What is wrong, in Chinese."""
        return MESSAGES[self.code]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is held to. `covers` says whether the body that hands it in answers for a region.

    `least_years` None: the years were judged by the pool's owner.
    """

    specialties: Set[str]
    covers: Callable[[str], bool]
    least_years: int | None


@dataclass(slots=True)
class Line:
    """A line as read: what it says, if nothing is wrong (`faults`)."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    cells: Mapping[str, object] = field(default_factory=dict)

    def fault(self, key: str, code: str) -> None:
        """Note what is wrong with a column."""
        kind = kind_of(self.cells.get(key))
        self.faults.append(Fault(self.number, TITLES[key], kind, code))

    @property
    def entry(self) -> dict[str, Any]:
        """What `applications.Entry` takes."""
        found = {key: self.values[key] for key in _ENTRY}
        specialties = [self.values["main"], *self.values["others"]]
        person = {key: self.values[key] for key in ("name", "id_number", "phone")}
        return found | {"person": person, "specialties": specialties}


_ENTRY = ("code", "employer", "region", "title", "years", "term_from", "term_to")


def read(number: int, cells: Mapping[str, object], asked: Asked) -> Line:
    """Read a line from its cells by column key; every fault of it is found at once."""
    line = Line(number, cells=cells)
    for key, column in _READERS.items():
        column(line, key, cells.get(key))
    _across(line, asked)
    return line


def read_some(number: int, cells: Mapping[str, object]) -> Line:
    """Read only the columns that are given, each by itself."""
    line = Line(number, cells=cells)
    for key, cell in cells.items():
        _READERS[key](line, key, cell)
    return line


def is_blank(cells: Mapping[str, object]) -> bool:
    """Whether a line holds nothing at all."""
    return all(
        cell is None or (isinstance(cell, str) and not plain(cell)) for cell in cells.values()
    )


def kind_of(cell: object) -> str:
    """What kind of value a cell holds, in words that tell nothing of it."""
    match cell:
        case None:
            return "空"
        case Formula():
            return "公式"
        case Broken():
            return "错误值"
        case bool():
            return "逻辑值"
        case int() | float():
            return "数字"
        case date():
            return "日期"
        case str() if not plain(cell):
            return "空"
        case str():
            return f"文本({len(plain(cell))} 字)"
    return "其他"


def _across(line: Line, asked: Asked) -> None:
    """What several columns, or the list's own conditions, decide."""
    known = line.values
    if (region := known.get("region")) and not asked.covers(region):
        line.fault("region", "region_outside")
    if asked.least_years is not None and known.get("years", asked.least_years) < asked.least_years:
        line.fault("years", "years_few")
    begins, ends = known.get("term_from"), known.get("term_to")
    if begins and ends and ends < begins:
        line.fault("term_to", "term_backwards")
    codes = [known.get("main"), *known.get("others", ())]
    for key, held in (("main", codes[:1]), ("others", codes[1:])):
        if any(code and not is_listed(code, asked.specialties) for code in held):
            line.fault(key, "specialty_unknown")
    if len(set(codes)) != len(codes):
        line.fault("others", "specialty_twice")


def _text(line: Line, key: str, cell: object, *, optional: bool = False) -> str:
    """The text of a cell, "" where there is none or it is no text, with the fault noted."""
    match cell:
        case Formula():
            line.fault(key, "cell_formula")
            return ""
        case Broken() | bool() | float() if not _is_finite(cell):
            line.fault(key, "cell_error")
            return ""
        case datetime() | date():
            return cell.strftime("%Y-%m-%d")
        case int() | float():
            return str(int(cell)) if cell == int(cell) else str(cell)
        case str() if text := plain(cell):
            if text.startswith("="):
                line.fault(key, "cell_formula")
                return ""
            return text
    if not optional:
        line.fault(key, "cell_missing")
    return ""


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _is_finite(cell: object) -> bool:
    return isinstance(cell, float) and math.isfinite(cell)


def _words(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell)
    if len(text) > _LONGEST[key]:
        line.fault(key, "cell_too_long")
    line.values[key] = text


def _code(line: Line, key: str, cell: object) -> None:
    if _is_number(cell):
        line.fault(key, "code_as_number")
        return
    text = _text(line, key, cell)
    if text and not CODE.fullmatch(text):
        line.fault(key, "code_form")
    line.values[key] = text


def _long_number(line: Line, key: str, cell: object) -> str:
    """A number too long for a spreadsheet's: as text, in capitals; "" with the fault noted."""
    rounded = isinstance(cell, int | float) and abs(cell) >= 10**EXACT_DIGITS
    text = "" if rounded else _text(line, key, cell).upper().replace(" ", "")
    if rounded or _SCIENTIFIC.fullmatch(text):
        line.fault(key, "digits_lost")
        return ""
    return text


def _id_number(line: Line, key: str, cell: object) -> None:
    text = _long_number(line, key, cell)
    if text and not id_number.FORM.fullmatch(text):
        line.fault(key, "id_number_form")
    elif text and id_number.birth(text) is None:
        line.fault(key, "id_number_birth")
    elif text and not id_number.is_valid(text):
        line.fault(key, "id_number_check")
    elif text == EXAMPLES[key]:
        line.fault(key, "example_left")
    line.values[key] = text


def _employer(line: Line, key: str, cell: object) -> None:
    text = _long_number(line, key, cell)
    if text and (len(text) != credit_code.LENGTH or set(text) - set(credit_code.ALPHABET)):
        line.fault(key, "employer_form")
    elif text and not credit_code.is_valid(text):
        line.fault(key, "employer_check")
    line.values[key] = text


def _phone(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell).replace(" ", "")
    if text and not _PHONE.fullmatch(text):
        line.fault(key, "phone_form")
    line.values[key] = text


def _region(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell)
    well_formed = len(text) == 6 and text.isascii() and text.isdigit() and text[:2] in PROVINCES
    if text and not well_formed:
        line.fault(key, "region_form")
        return
    line.values[key] = text


def _years(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell)
    if text and not (text.isascii() and text.isdigit() and int(text) <= 70):
        line.fault(key, "years_form")
    elif text:
        line.values[key] = int(text)


def _main(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell).upper()
    if text and not SPECIALTY.fullmatch(text):
        line.fault(key, "specialty_form")
    elif text:
        line.values[key] = text


def _others(line: Line, key: str, cell: object) -> None:
    codes = [one for one in _SPLIT.split(_text(line, key, cell, optional=True).upper()) if one]
    if not all(map(SPECIALTY.fullmatch, codes)):
        line.fault(key, "specialty_form")
        codes = []
    line.values[key] = codes


def _date(line: Line, key: str, cell: object) -> None:
    if _is_number(cell) and len(str(cell)) < 8:
        line.fault(key, "date_as_number")
        return
    text = "".join(_text(line, key, cell).split())
    found = _day(text) if text else None
    if found is not None:
        line.values[key] = found
    elif text:
        line.fault(key, "date_form")


def _day(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    whole = found[4] or f"{int(found[1]):04d}{int(found[2]):02d}{int(found[3]):02d}"
    try:
        return date(int(whole[:4]), int(whole[4:6]), int(whole[6:]))
    except ValueError:
        return None


def _status(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell, optional=True)
    if text and text not in STATUSES:
        line.fault(key, "status_form")
    line.values[key] = STATUSES.get(text, "active")


_READERS: dict[str, Callable[[Line, str, object], None]] = {
    "code": _code,
    "name": _words,
    "id_number": _id_number,
    "phone": _phone,
    "employer": _employer,
    "region": _region,
    "title": _words,
    "years": _years,
    "main": _main,
    "others": _others,
    "term_from": _date,
    "term_to": _date,
    "status": _status,
}

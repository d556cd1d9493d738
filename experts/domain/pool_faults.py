"""What can be wrong with a line of a list of experts, said without what the line holds.

A fault names line, column, kind of value and reason. It never holds what was written there: the
report of an import is stored, shown and downloaded, and the lines are about people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from experts.domain.pool_columns import TITLES, plain

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

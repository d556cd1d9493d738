"""The columns of a list of experts, and how a head line names them."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its head, what it takes, and an example that is evidently made up."""

    key: str
    title: str
    takes: str
    example: str
    required: bool = True


COLUMNS = (
    Column("code", "专家编号", "1 至 20 位字母、数字或 . _ -,设为文本格式", "SL000001"),
    Column("name", "姓名", "不超过 40 字", "王甲子"),
    Column("id_number", "身份证件号码", "18 位,设为文本格式", "000000190001010017"),
    Column("phone", "手机号码", "11 位手机号码或者带区号的固定电话", "10000000001"),
    Column("employer", "工作单位统一社会信用代码", "18 位,设为文本格式", "91330499DM00000018"),
    Column("region", "行政区划代码", "6 位", "330402"),
    Column("title", "职称", "不超过 20 字", "高级工程师"),
    Column("years", "从业年限", "整年数", "12"),
    Column("main", "主评专业", "一个专业代码,5 位或者 7 位", "A080104"),
    Column("others", "其他专业", "专业代码,多个以顿号分隔,可以不填", "A060101、A050101", False),
    Column("term_from", "聘期起", "日期,如 2025-01-01", "2025-01-01"),
    Column("term_to", "聘期止", "日期,如 2027-12-31", "2027-12-31"),
    Column("status", "状态", "在库、暂停、已出库或者取消资格,不填为在库", "在库", False),
)
"""The last one counts in a list of the owner's only; elsewhere everyone listed is to enter."""
EXAMPLES = {column.key: column.example for column in COLUMNS}
TITLES = {column.key: column.title for column in COLUMNS}
STATUSES = {
    "在库": "active",
    "暂停": "suspended",
    "已出库": "exited",
    "取消资格": "disqualified",
}
DEEPEST_HEAD = 10
"""The head line is one of the first ten: above it may stand a title, in merged cells or not."""


def plain(text: str) -> str:
    """Half-width, without blanks around and without marks that nobody sees."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf"
    ).strip()


def head_of(cells: Sequence[object]) -> dict[int, str]:
    """Return place → key of the columns that a line names; {} where it names none."""
    keys = {column.title: column.key for column in COLUMNS}
    named = {place: keys.get(_head(cell)) for place, cell in enumerate(cells)}
    return {place: key for place, key in named.items() if key}


def missing(head: Mapping[int, str]) -> list[str]:
    """The titles of required columns that a head line lacks."""
    return [one.title for one in COLUMNS if one.required and one.key not in head.values()]


def twice(head: Mapping[int, str]) -> list[str]:
    """The titles of columns that a head line names more than once."""
    keys = list(head.values())
    return [TITLES[key] for key in dict.fromkeys(keys) if keys.count(key) > 1]


def _head(cell: object) -> str:
    """A head as it is looked up: without its star and without what stands in brackets."""
    text = plain(cell) if isinstance(cell, str) else ""
    return "".join(text.partition("(")[0].split()).strip("*:")

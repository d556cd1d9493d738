"""A refusal says what is missing, by which rule, of which profile."""

import pytest

from rulebook.domain.blockers import Blocker, Refused, blocker, blocking, collect, refuse
from tests.rulebook.facts import COMPULSORY, VOLUNTARY, ZJ

BLOCK = Blocker("sheets_missing", "还差 2 位专家未提交评分", basis="某条例第五十三条")
WARN = Blocker("late", "已逾期 1 日", level="warn")
RECORD = Blocker("noted", "已记录", level="record")


def test_a_blocker_reads_as_message_and_basis():
    assert str(BLOCK) == "还差 2 位专家未提交评分（某条例第五十三条）"


def test_a_blocker_without_a_rule_reads_as_its_message():
    assert str(Blocker("wrong_state", "当前状态不能开标")) == "当前状态不能开标"


def test_a_blocker_carries_the_row_of_its_rule():
    assert blocker(ZJ, "R33", "bidders_too_few", "少于三家", COMPULSORY) == Blocker(
        "bidders_too_few", "少于三家", "R33",
        "《中华人民共和国招标投标法》第二十八条第一款；《中华人民共和国招标投标法实施条例》第四十四条第二款",
        "block", 3, "zj@1",
    )  # fmt: skip


def test_a_parameter_gives_level_basis_and_value():
    found = blocker(ZJ, "R16", "publicity_late", "晚了", COMPULSORY, param="publish_within_days")
    assert found == Blocker(
        "publicity_late", "晚了", "R16",
        "《中华人民共和国招标投标法实施条例》第五十四条第一款", "warn", 3, "zj@1",
    )  # fmt: skip


def test_a_rule_that_does_not_bind_gives_no_blocker():
    assert blocker(ZJ, "R33", "bidders_too_few", "少于三家", VOLUNTARY) is None


def test_a_parameter_does_not_bind_where_its_rule_does_not():
    found = blocker(ZJ, "R16", "publicity_late", "晚了", VOLUNTARY, param="publish_within_days")
    assert found is None


def test_collect_leaves_out_what_does_not_apply():
    assert collect(None, WARN, None, BLOCK) == [WARN, BLOCK]


def test_only_level_block_stops_an_act():
    assert blocking([WARN, BLOCK, RECORD]) == [BLOCK]


def test_a_refusal_holds_the_blocking_reasons_and_reads_as_them():
    with pytest.raises(Refused) as refused:
        refuse([WARN, BLOCK, Blocker("x", "另一原因")])
    assert [item.code for item in refused.value.blockers] == ["sheets_missing", "x"]
    assert str(refused.value) == "还差 2 位专家未提交评分（某条例第五十三条）；另一原因"


def test_warnings_and_records_pass_and_are_kept():
    assert refuse(iter([WARN, RECORD])) == [WARN, RECORD]


def test_a_refusal_without_a_blocking_reason_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match=r"^a refusal needs a reason that blocks$"):
        Refused([WARN])

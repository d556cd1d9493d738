"""The evaluation: R12–R15 and complete score sheets, on both sides of each boundary."""

import pytest

from rulebook.domain.scoring import (
    abnormal_score,
    deemed_agreement,
    sheets_submitted,
    stamps_complete,
    time_extension,
)
from tests.rulebook.facts import COMPULSORY, ZJ, reasons, with_value


def test_missing_sheets_are_counted_and_cited():
    [found] = sheets_submitted(ZJ, COMPULSORY, members=5, sheets=3)
    assert str(found) == (
        "还差 2 位专家未提交评分（《中华人民共和国招标投标法实施条例》第五十三条第二款）"
    )
    assert reasons([found]) == [("sheets_complete", "sheets_missing", "block")]


def test_complete_sheets_pass():
    assert sheets_submitted(ZJ, COMPULSORY, members=5, sheets=5) == []


def test_incomplete_sheets_pass_where_the_profile_does_not_ask_for_all():
    relaxed = with_value(ZJ, "sheets_complete", value=False)
    assert sheets_submitted(relaxed, COMPULSORY, members=5, sheets=3) == []


def test_r12_seven_stamps_make_a_complete_trace():
    assert len(ZJ.names("R12")) == 7
    assert stamps_complete(ZJ, COMPULSORY, stamps=ZJ.names("R12")) == []
    [found] = stamps_complete(ZJ, COMPULSORY, stamps=ZJ.names("R12")[:5])
    assert found.message == "评标过程时点缺 2 项"
    assert reasons([found]) == [("R12", "stamps_missing", "record")]


@pytest.mark.parametrize(
    ("members", "asking", "due"), [(9, 3, False), (9, 4, True), (5, 1, False), (5, 2, True)]
)
def test_r13_more_than_a_third_extend_the_time(members, asking, due):
    found = time_extension(ZJ, COMPULSORY, members=members, asking=asking)
    assert reasons(found) == ([("R13", "time_extension_due", "record")] if due else [])


@pytest.mark.parametrize(
    ("members", "doubting", "due"), [(5, 2, False), (5, 3, True), (6, 3, False), (6, 4, True)]
)
def test_r14_more_than_half_call_for_a_written_reason(members, doubting, due):
    found = abnormal_score(ZJ, COMPULSORY, members=members, doubting=doubting)
    assert reasons(found) == ([("R14", "score_abnormal", "record")] if due else [])


@pytest.mark.parametrize(
    ("signed", "dissents", "silent"), [(5, 0, 0), (4, 1, 0), (4, 0, 1), (2, 1, 2)]
)
def test_r15_who_neither_signs_nor_dissents_is_deemed_to_agree(signed, dissents, silent):
    found = deemed_agreement(ZJ, COMPULSORY, members=5, signed=signed, dissents=dissents)
    expected = f"{silent} 位成员拒绝签字又未书面说明不同意见和理由，视为同意评标结果"
    assert [item.message for item in found] == ([expected] if silent else [])
    assert {item.level for item in found} <= {"record"}

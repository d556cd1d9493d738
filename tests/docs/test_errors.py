"""`docs/errors.md` lists every error code, what people read, its rule and where it arises."""

import pytest

from tests.docs.codes import Found, Unreadable, scan
from tests.docs.errors_page import table, written
from tests.docs.syntax import Library

GATE = {"not_found", "not_allowed"}


def read(source: str, **others: str) -> dict[str, Found]:
    return scan(Library({"app": source, **others}))


def test_the_page_shows_exactly_the_codes_of_the_source():
    assert written() == table(), "write it anew: .venv/bin/python -m tests.docs.errors_page"


def test_codes_are_spelled_alike():
    checks = [f"audit_log.E00{number}" for number in range(1, 8)] + ["audit_log.W001"]
    assert sorted(code for code in scan() if not code.isidentifier()) == checks


def test_refusals_of_the_gate_are_among_them():
    assert scan().keys() & GATE == GATE


def test_a_plain_reason_is_read_with_message_and_rule():
    found = read('Blocker("late", f"已逾期 {days} 日", "R17")')
    assert found == {"late": Found({"已逾期 … 日"}, {"R17"}, {"app"})}


def test_a_helper_that_hands_on_its_code_is_followed():
    source = """
def bad(field, code, message="有误"):
    return BadInput(code, message, {field: message})

def check(value):
    raise bad("price", "not_positive")
"""
    assert read(source) == {"not_positive": Found({"有误"}, set(), {"app"})}


def test_a_helper_of_another_module_is_followed():
    other = """
def filled(field, text):
    raise BadInput(f"{field}_missing", "请填写")
"""
    source = """
from app import forms
def save(reason):
    forms.filled("reason", reason)
"""
    found = scan(Library({"app.forms": other, "app.service": source}))
    assert found == {"reason_missing": Found({"请填写"}, set(), {"app.service"})}


def test_a_loop_over_a_literal_is_read_row_by_row():
    source = """
STEPS = {"signed_in_at": "签到", "promised_at": "承诺"}
def missing():
    for stamp, name in STEPS.items():
        code = f"not_{stamp.removesuffix('_at')}"
        yield Blocker(code, f"未{name}")
"""
    assert read(source) == {
        "not_signed_in": Found({"未签到"}, set(), {"app"}),
        "not_promised": Found({"未承诺"}, set(), {"app"}),
    }


def test_each_branch_has_its_own_message():
    source = """
def window(opened):
    match opened:
        case True:
            message = "已经开标"
        case False:
            message = "尚未开标"
    return Blocker("window", message)
"""
    assert read(source)["window"].messages == {"已经开标", "尚未开标"}


def test_a_list_of_messages_is_a_list_of_codes():
    assert read('MESSAGES = {"chain_broken": "未衔接"}') == {
        "chain_broken": Found({"未衔接"}, set(), {"app"})
    }


def test_what_is_handed_on_is_counted_where_it_arose():
    assert read("raise BadInput(error.code, error.message)") == {}


@pytest.mark.parametrize("source", ['Blocker(secret(), "…")', "BadInput(codes[0], message)"])
def test_a_code_that_cannot_be_read_is_not_passed_over(source):
    with pytest.raises(Unreadable):
        read(source)

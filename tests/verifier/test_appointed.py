"""Experts who were chosen: the tenderer asked, supervision approved, and it is said so."""

from typing import Any

import pytest

from tests.verifier.test_entered_draws import SHEET, STREAM, content, identity, manifest, salt
from tests.verifier.writer import Book, sha256

TENDERER = {"id": "zbr1", "role": "tenderer", "org": "SCHOOL"}
SUPERVISION = {"id": "zjj", "role": "regulator", "org": "NH"}
HANDLES = ["x1-01", "x1-02"]


def told(changed: str = "", who: dict[str, Any] | None = None, **change: Any) -> Book:
    """Requested, asked for, appointed, opened and closed; one type's data or actor changed."""
    book = Book()
    about = {"number": 1, "sheet": SHEET, "manifest": book.attach(manifest())}
    chosen = [{"slot": "1", "candidate": handle} for handle in HANDLES]
    opening = {"kind": "draw_candidate", "author": "system", "content": content("x1-01")}
    opening |= {"commitment": identity("x1-01"), "salt": salt("x1-01").hex()}
    asked = {**about, "ground": "complex", "asked_at": "2025-05-08T01:00:00.000000Z"}
    appointed = {**about, "selected": chosen, "from": "requested", "to": "running"}
    accepted = {"answer": "accepted", "reason": "", "evidence": "ab" * 32}
    accepted |= {"candidate": "x1-01", "from": "running", "to": "filled"}
    closed = {"seated": {"1": HANDLES}, "short": {}, "from": "filled", "to": "closed"}
    for event, data, actor in (
        ("requested", {"case": "P", "to": "requested"}, TENDERER),
        ("appointment_asked", asked, TENDERER),
        ("appointed", appointed, SUPERVISION),
        ("answered", accepted, TENDERER),
        ("candidate_opened", opening, TENDERER),
        ("closed", closed, TENDERER),
    ):
        hit = event == changed
        actor = who if hit and who else actor
        book.add(STREAM, f"draw.{event}", data | (change if hit else {}), actor)
    return book


def test_an_honest_one_holds_and_says_that_nobody_was_drawn(check):
    report = check(told().whole())
    assert report.faults == []
    assert [one.text for one in report.findings if one.area == "draw/W-1"] == [
        "W-1 直接确定专家:1 次申请均由招标人提出、监督部门批准,在席 2 人,开启身份 1 人,已关闭"
    ]
    noted = [one for one in report.findings if one.area == "draws" and one.level == "note"]
    assert [one.text for one in noted] == [
        "W-1 的专家由招标人直接确定,未经随机抽取(条例第四十七条)",
        f"W-1 说明材料的 SHA-256 为 {SHEET}",
    ]


@pytest.mark.parametrize(
    ("changed", "change", "found"),
    [
        ("appointment_asked", {"ground": ""}, "直接确定专家没有事由"),
        ("appointment_asked", {"who": SUPERVISION}, "申请直接确定专家的不是招标人"),
        ("appointed", {"who": TENDERER}, "批准直接确定专家的不是行政监督部门"),
        ("appointed", {"who": SUPERVISION | {"id": "zbr1"}}, "申请和批准为同一人"),
        ("appointed", {"selected": [{"slot": "1", "candidate": "x1-01"}]}, "入选人员与名单不同"),
        ("appointed", {"manifest": sha256(b"another").hex()}, "复核的名单与录入的不是同一份"),
        ("appointed", {"rank": 1}, "data 的键与格式不符"),
    ],
)
def test_whatever_is_changed_is_found(check, changed, change, found):
    assert [one.text for one in check(told(changed, **change).whole()).faults] == [found]


@pytest.mark.parametrize("event", ["committed", "round_opened", "list_entered"])
def test_a_draw_among_the_entries_is_found(check, event):
    book = told()
    book.add(STREAM, f"draw.{event}", {"number": 1}, SUPERVISION)
    assert "draws" in [one.area for one in check(book.whole()).faults]

"""A draw made elsewhere: what was entered of it is checked, and said to be no more than that."""

from typing import Any

import pytest

from tests.verifier.writer import Book, canonical, commitment, sha256

STREAM = "draw/W-1"
SHEET = "5e" * 32
PEOPLE = {"x1-01": ("E1", "ORG1"), "x1-02": ("E2", "ORG2")}
FIRST = {"id": "clerk1", "role": "trading_center", "org": "NH"}
SECOND = {"id": "clerk2", "role": "trading_center", "org": "NH"}


def salt(handle: str) -> bytes:
    return sha256(handle.encode())


def content(handle: str) -> dict[str, str]:
    expert, org = PEOPLE[handle]
    return {"candidate": handle, "expert": expert, "org": org}


def identity(handle: str) -> str:
    return commitment(salt(handle), "draw_candidate", STREAM, "system", content(handle))


def manifest(**changes: Any) -> dict[str, Any]:
    candidates = [
        {"candidate": handle, "group": f"g{n}", "id": identity(handle)}
        for n, handle in enumerate(PEOPLE, start=1)
    ]
    slot = {"slot": "1", "specialty": "A08", "region": "33", "count": 2}
    about = {"v": 1, "draw": "W-1", "project": "P", "attempt": 1, "one_per_group": True}
    return {**about, "slots": [{**slot, "candidates": candidates}]} | changes


def told(changed: str = "", who: dict[str, str] = SECOND, **change: Any) -> Book:
    """Requested, entered, confirmed, opened and closed; the data of one type changed."""
    book = Book()
    name = book.attach(manifest())
    list_of = {"number": 1, "sheet": SHEET, "manifest": name}
    selected = [{"slot": "1", "candidate": handle} for handle in PEOPLE]
    steps = [
        ("requested", {"case": "P", "to": "requested"}, FIRST),
        ("approved", {"from": "requested", "to": "approved"}, FIRST),
        ("list_entered", {**list_of, "drawn_at": "2025-05-08T01:00:00.000000Z"}, FIRST),
        (
            "list_confirmed",
            {**list_of, "selected": selected, "from": "approved", "to": "filled"},
            who,
        ),
        (
            "candidate_opened",
            {
                **{"kind": "draw_candidate", "author": "system", "content": content("x1-01")},
                **{"commitment": identity("x1-01"), "salt": salt("x1-01").hex()},
            },
            FIRST,
        ),
        (
            "closed",
            {"seated": {"1": list(PEOPLE)}, "short": {}, "from": "filled", "to": "closed"},
            FIRST,
        ),
    ]
    for event, data, actor in steps:
        book.add(STREAM, f"draw.{event}", data | (change if event == changed else {}), actor)
    return book


def test_an_honest_one_holds_and_is_marked(check):
    report = check(told().whole())
    assert report.faults == []
    passed = [one.text for one in report.findings if one.area == "draw/W-1"]
    assert passed == [
        "抽取 W-1 在外部系统进行:1 份名单均由两人录入和复核,在席 2 人,开启身份 1 人,已关闭"
    ]
    noted = [one.text for one in report.findings if one.area == "draws" and one.level == "note"]
    assert noted == [
        "抽取 W-1 抽取不可复核:怎样抽取无从重算,以省级系统的记录为准",
        f"抽取 W-1 所据记录表的 SHA-256 为 {SHEET}",
    ]


@pytest.mark.parametrize(
    ("changed", "change", "found"),
    [
        ("list_confirmed", {"sheet": "6f" * 32}, 3),
        ("list_confirmed", {"number": 2}, 3),
        ("list_confirmed", {"manifest": sha256(b"another").hex()}, 3),
        ("list_confirmed", {"selected": [{"slot": "1", "candidate": "x1-01"}]}, 3),
        ("list_confirmed", {"selected": [{"slot": "1", "candidate": "x1-09"}]}, 3),
        ("list_confirmed", {"rank": 1}, 3),
        ("list_entered", {"sheet": "no hash"}, 2),
        ("candidate_opened", {"content": content("x1-01") | {"expert": "E9"}}, 4),
        ("candidate_opened", {"salt": "0" * 64}, 4),
        ("closed", {"seated": {"1": ["x1-01"]}}, 5),
        ("closed", {"short": {"1": 1}}, 5),
    ],
)
def test_whatever_is_changed_is_found_at_its_entry(check, changed, change, found):
    report = check(told(changed, **change).whole())
    places = [one.where.n for one in report.faults if one.area == "draws" and one.where]
    assert places == [found]


def test_one_person_alone_is_found(check):
    faults = [one.text for one in check(told(who=FIRST).whole()).faults]
    assert faults == ["录入和复核为同一人"]


def test_a_round_among_the_entries_is_found(check):
    book = told()
    book.add(STREAM, "draw.round_opened", {"round": 1, "needs": {}, "excluded": []})
    assert [one.area for one in check(book.whole()).faults] == ["draws"]


def test_the_manifest_of_another_draw_is_found(check):
    other = canonical(manifest(draw="W-2"))
    book = Book()
    name = book.attach(manifest(draw="W-2"))
    list_of = {"number": 1, "sheet": SHEET, "manifest": name}
    book.add(STREAM, "draw.list_entered", {**list_of, "drawn_at": "-"}, FIRST)
    selected = [{"slot": "1", "candidate": handle} for handle in PEOPLE]
    book.add(STREAM, "draw.list_confirmed", {**list_of, "selected": selected}, SECOND)
    assert sha256(other).hex() == name
    assert [one.text for one in check(book.whole()).faults] == ["名单属于另一次抽取"]

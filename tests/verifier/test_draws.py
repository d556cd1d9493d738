"""A draw is re-run from its entries; whoever re-chains and re-seals a change is still found."""

import copy
import json
from typing import Any

import pytest

from tests.verifier.drawing import faulty, with_receipt
from tests.verifier.writer import (
    OFFICE,
    VECTORS,
    Book,
    Signer,
    canonical,
    sha256,
    vector_book,
    with_vector_draws,
)

SMALL = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
FIRST = VECTORS["draws"][0]["receipt"]


def entry_of(n: int) -> dict[str, Any]:
    return json.loads(FIRST["entries"][n])


def retold(n: int, receipt: bool = True, **change: Any) -> Book:
    """The first known draw with the data of entry n changed, chained and sealed anew."""
    book = vector_book()
    for entry in (json.loads(text) for text in FIRST["entries"]):
        data = entry["data"] | (change if entry["n"] == n else {})
        book.add(entry["stream"], entry["type"], data, entry["actor"])
    return with_receipt(book, FIRST["manifest"]) if receipt else book


def test_the_known_draws_are_re_run(check):
    report = check(with_vector_draws(vector_book()).whole())
    done = [f.text.split(":")[0] for f in report.findings if f.area.startswith("draw/")]
    assert (report.faults, done) == ([], [f"抽取 D-{n} 重算相符" for n in (1, 2, 3)])


SELECTED = entry_of(4)["data"]["selected"]
OPENED = entry_of(13)["data"]


@pytest.mark.parametrize(
    ("n", "change", "found"),
    [
        # the commitment
        (0, {"chain": 31}, 0),
        (0, {"chain": 11}, 0),
        (0, {"manifest": "0" * 64}, 0),
        (0, {"attempt": 2}, 0),
        (0, {"replaces": "0" * 64}, 0),
        (0, {"project": "NH-2025-009"}, 0),
        (0, {"parties": ["tenderer", "tenderer"]}, 0),
        (0, {"pool": {"size": 4, "rules": "zhejiang/1"}}, 0),
        (0, {"mark_key": SMALL}, 0),
        (0, {"extra": 1}, 0),
        (0, {"code": "0" * 64}, 4),
        (0, {"mark_key": Signer("x", bytes(32), 1).public.hex()}, 4),
        (0, {"omissions": "0" * 64}, 4),  # any change before the opening spoils the mark
        # contributions
        (1, {"party": "bidder"}, 1),
        (1, {"value": "12345"}, 1),
        (1, {"value": "1" * 257}, 1),
        (2, {"party": "supervision"}, 2),
        (2, {"value": "七月的雨 6e2f"}, 4),
        # the opening of a round
        (3, {"round": 2}, 3),
        (3, {"round": True}, 3),
        (3, {"needs": {"1": 2}}, 3),
        (3, {"needs": {"1": 2, "2": True}}, 3),
        (3, {"excluded": [{"candidate": "c0099", "reason": "H5"}]}, 3),
        (3, {"excluded": []}, 4),
        (9, {"round": 3}, 9),
        (9, {"excluded": [{"candidate": "c0003", "reason": "H5"}]}, 9),
        # its result
        (4, {"round": 2}, 4),
        (4, {"code": entry_of(10)["data"]["code"]}, 4),
        (4, {"mark": ""}, 4),
        (4, {"mark": entry_of(10)["data"]["mark"]}, 4),
        (4, {"selected": SELECTED[:2]}, 4),
        (4, {"selected": SELECTED[::-1]}, 4),
        (4, {"selected": [{**SELECTED[0], "candidate": "c0001"}, *SELECTED[1:]]}, 4),
        (4, {"selected": [{**SELECTED[0], "ticket": "0" * 64}, *SELECTED[1:]]}, 4),
        (4, {"short": {"1": 1}}, 4),
        # answers
        (5, {"answer": "accepted"}, 9),
        (7, {"answer": "accepted"}, 9),
        (6, {"answer": "declined"}, 9),
        (6, {"answer": "maybe"}, 6),
        (6, {"candidate": "c0001"}, 6),
        (12, {"answer": "struck"}, 14),
        (11, {"candidate": "c0007"}, 11),  # who declined comes back beside his successor
        # identities
        (13, {"salt": "0" * 64}, 13),
        (13, {"content": {**OPENED["content"], "expert": "E0099"}}, 13),
        (13, {"kind": "score_sheet/1"}, 13),
        (13, {"commitment": "0" * 64}, 13),
        # the end
        (14, {"seated": {"1": ["c0002", "c0004"]}}, 14),
        (14, {"seated": {"1": ["c0004", "c0002"], "2": ["c0011"]}}, 14),
        (14, {"short": {"2": 1}}, 14),
    ],
)
def test_a_change_to_any_step_is_named(check, n, change, found):
    assert faulty(check, retold(n, **change)) == [found]


def test_a_candidate_removed_from_the_manifest_is_found(check):
    manifest = copy.deepcopy(FIRST["manifest"])
    del manifest["slots"][0]["candidates"][0]
    assert faulty(check, with_receipt(with_vector_draws(vector_book()), manifest)) == [0]
    book = retold(0, receipt=False, manifest=sha256(canonical(manifest)).hex())
    assert faulty(check, with_receipt(book, manifest)) == [4]


def test_a_receipt_must_hold_the_entries_of_the_log(check):
    book = with_vector_draws(vector_book())
    other = retold(6, answer="declined")
    report = check({**book.whole(), "draws/D-1.json": other.files["draws/D-1.json"]})
    assert [f.where[:2] for f in report.faults] == [("draw/D-1", 6)]
    for wrong in ({"entries": []}, {"v": 2}, {"more": 1}, {"entries": [1]}):
        receipt = canonical({**FIRST, **wrong})
        assert not check({**book.whole(), "draws/D-1.json": receipt}).ok
    assert not check({**book.whole(), "draws/D-9.json": canonical(FIRST)}).ok


def test_without_receipt_the_manifest_is_taken_from_the_attachments(check):
    book = retold(15)
    del book.files["draws/D-1.json"]
    missing = sha256(canonical(FIRST["manifest"])).hex()
    report = check(book.whole())
    assert (report.ok, report.missing) == (False, [f"attachments/{missing}", "draws/D-1.json"])
    book.attach(FIRST["manifest"])
    report = check(book.whole())
    assert (report.ok, report.missing) == (True, ["draws/D-1.json"])


def test_a_round_that_was_opened_and_not_run_stays_red(check):
    book = vector_book()
    for text in FIRST["entries"][:4]:
        book.add_line(text.encode())
    assert faulty(check, with_receipt(book, FIRST["manifest"])) == [3]
    book.add("draw/D-1", "draw.reminded", {})
    assert faulty(check, with_receipt(book, FIRST["manifest"])) == [4]


def test_nothing_follows_the_end_and_nothing_precedes_the_commitment(check):
    book = retold(15)
    book.add("draw/D-1", "draw.contributed", {"party": "tenderer", "value": "123456"})
    assert faulty(check, with_receipt(book, FIRST["manifest"])) == [15]
    early = Book()
    early.add("draw/D-1", "draw.contributed", {"party": "tenderer", "value": "123456"})
    early.add("draw/D-1", "draw.committed", entry_of(0)["data"])
    assert faulty(check, with_receipt(early, FIRST["manifest"])) == [0]


@pytest.mark.parametrize(
    ("actor", "evidence", "answer", "good"),
    [
        (OFFICE, "", "no_answer", False),
        (OFFICE, "a" * 64, "no_answer", True),
        (OFFICE, "", "struck", True),
        ({"id": "D-1/c0005", "role": "expert", "org": ""}, "", "no_answer", True),
        ({"id": "D-1/c0004", "role": "expert", "org": ""}, "", "no_answer", False),
    ],
)
def test_an_answer_given_for_an_expert_needs_evidence(check, actor, evidence, answer, good):
    book = vector_book()
    for text in FIRST["entries"][:7]:
        book.add_line(text.encode())
    data = {"candidate": "c0005", "answer": answer, "reason": "", "evidence": evidence}
    book.add("draw/D-1", "draw.answered", data, actor)
    assert faulty(check, with_receipt(book, FIRST["manifest"])) == ([] if good else [7])

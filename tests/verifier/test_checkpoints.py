"""Checkpoints of a bundle: roots, proofs, who signed, who saw what first, and new keys."""

import json

import pytest

from tests.verifier.case import STREAMS, Case
from tests.verifier.writer import (
    COSIGNED_AT,
    DISCIPLINE,
    LOG,
    ORIGIN,
    STRANGER,
    Book,
    Signer,
    canonical,
    vector_book,
    with_vector_draws,
)

DRAWS = with_vector_draws(vector_book())
CASE = Case().write()
SIZE = len(CASE.lines)
NEW = Signer(ORIGIN, bytes([11]) * 32, 1)


def areas(report) -> set[str]:
    return {fault.area for fault in report.faults}


@pytest.mark.parametrize("which", ["checkpoint", "checkpoints/8"])
def test_a_checkpoint_with_another_root_is_found(check, which):
    size = SIZE if which == "checkpoint" else 8
    note = Book()
    note.lines = [b"other", *CASE.lines[1:]]
    report = check({**CASE.whole(), which: note.note(size, LOG, DISCIPLINE)})
    assert areas(report) == {"tree"}
    case = check({**CASE.case(STREAMS), which: note.note(size, LOG, DISCIPLINE)})
    assert not case.ok
    assert areas(case) <= {"tree", "consistency"}


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("checkpoints/9", CASE.note(8, LOG, DISCIPLINE)),
        ("checkpoints/99", CASE.note(SIZE, LOG)),
        ("checkpoints/8", b"nothing"),
        ("checkpoints/8", CASE.note(8, LOG).replace(b"nanhu", b"other")),
    ],
)
def test_an_earlier_checkpoint_must_be_of_this_log_and_of_its_size(check, name, note):
    assert areas(check({**CASE.whole(), name: note})) == {"checkpoints"}


@pytest.mark.parametrize(("signers", "good"), [((LOG,), True), ((STRANGER, DISCIPLINE), False)])
def test_an_earlier_checkpoint_without_witness_is_named_without_log_key_refused(
    check, signers, good
):
    report = check({**CASE.whole(), "checkpoints/8": CASE.note(8, *signers)})
    named = [f.text for f in report.findings if f.area == "witness" and f.level == "note"]
    assert (report.ok, named) == (good, ["检查点 8 已封存,未见证"] if good else [])


def test_what_was_fixed_before_what_needs_a_co_signed_size_between(check):
    report = check({n: d for n, d in CASE.whole().items() if not n.startswith("checkpoints/")})
    orders = [f.text for f in report.findings if f.area == "order"]
    kinds = ["bid/1", "score_sheet/1", "award_plan", "ballot/1/1", "ballot/1/2"]
    steps = [f"{kind} 截止先于开启" for kind in kinds]
    steps += ["承诺先于第 1 轮开启", "第 1 轮开启先于抽取"]
    assert orders == [f"没有见证检查点证明{step}" for step in steps]
    assert [f for f in check(CASE.whole()).findings if f.area == "order"] == []


def test_an_entry_dated_after_its_cosignature_is_flagged(check):
    late = CASE.note(8, LOG)
    text = late[: late.index(b"\n\n") + 1]
    files = {**CASE.whole(), "checkpoints/8": late + DISCIPLINE.line(text, COSIGNED_AT - 9_000)}
    flagged = [f.text for f in check(files).findings if "见证时间早于" in f.text]
    assert len(flagged) == 1


# ------------------------------------------------------------------------------ key rotation


def rotated(
    *signers: Signer, at_change: tuple[Signer, ...], from_size: int = 3
) -> dict[str, bytes]:
    book = Book()
    book.add("system/log", "system.installed", {})
    book.add("system/log", "system.key_rotated", {"vkey": NEW.vkey, "from_size": from_size})
    files = {"checkpoints/2": book.note(2, *at_change)}
    book.add("system/log", "system.noted", {})
    return {**book.whole(*signers), **files}


@pytest.mark.parametrize(
    ("signers", "at_change", "good"),
    [
        ((NEW, DISCIPLINE), (LOG, NEW, DISCIPLINE), True),
        ((LOG, NEW, DISCIPLINE), (LOG, DISCIPLINE), True),
        ((NEW, DISCIPLINE), (LOG, DISCIPLINE), False),
        ((LOG, DISCIPLINE), (LOG, NEW, DISCIPLINE), False),
        ((NEW, DISCIPLINE), (NEW, DISCIPLINE), False),
        ((STRANGER, DISCIPLINE), (LOG, NEW, DISCIPLINE), False),
    ],
)
def test_a_new_log_key_counts_once_both_keys_sealed_its_entry(check, signers, at_change, good):
    report = check(rotated(*signers, at_change=at_change))
    assert areas(report) == (set() if good else {"signatures"})


@pytest.mark.parametrize("vkey", ["", None, DISCIPLINE.vkey, "x" + NEW.vkey])
def test_a_rotation_to_something_else_is_refused(check, vkey):
    book = Book()
    book.add("system/log", "system.key_rotated", {"vkey": vkey, "from_size": 5})
    report = check(book.whole())
    assert [(f.area, f.where) for f in report.faults] == [("signatures", ("system/log", 0, 0))]


# -------------------------------------------------------------------------------- single case


def changed_row(files: dict[str, bytes], name: str, row: int, **change: object) -> dict[str, bytes]:
    rows = [json.loads(line) for line in files[name].splitlines()]
    rows[row] = {**rows[row], **change}
    return {**files, name: b"".join(canonical(item) + b"\n" for item in rows)}


@pytest.mark.parametrize(
    ("name", "row", "change", "area"),
    [
        ("proofs.jsonl", 3, {"index": 4}, "tree"),
        ("proofs.jsonl", 3, {"index": SIZE}, "tree"),
        ("proofs.jsonl", 3, {"proof": []}, "tree"),
        ("proofs.jsonl", 3, {"proof": ["AAAA"]}, "tree"),
        ("proofs.jsonl", 3, {"more": 1}, "tree"),
        ("consistency.jsonl", 1, {"proof": []}, "consistency"),
        ("consistency.jsonl", 1, {"from": 0}, "consistency"),
        ("consistency.jsonl", 1, {"to": "x"}, "consistency"),
    ],
)
def test_a_case_with_a_wrong_proof_fails(check, name, row, change, area):
    report = check(changed_row(CASE.case(STREAMS), name, row, **change))
    assert area in areas(report)
    assert report.verdict == "不一致"


def test_a_case_needs_every_draw_its_project_names(check):
    report = check(DRAWS.case({"project/NH-2025-001", "draw/D-1", "draw/D-2"}))
    named = [(f.area, f.where.stream) for f in report.faults if f.where]
    assert named == [("refs", "project/NH-2025-001")]


def test_a_case_without_consistency_proofs_fails(check):
    files = {n: d for n, d in CASE.case(STREAMS).items() if n != "consistency.jsonl"}
    assert areas(check(files)) == {"consistency"}

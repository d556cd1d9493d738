"""docs/rerun_draw.py, written after formats.md alone, runs every receipt again; so does verify.py.

A receipt in which one thing was changed is refused by both, and so is one that was chained anew
after the change, as who holds the whole database could hand it over.
"""

import copy
import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit_log.domain import canonical
from audit_log.verifier import verify
from experts.domain.receipt import verify_receipt
from experts.models import Draw
from experts.selectors import draws
from tests.docs.source import ROOT
from tests.experts.ceremony import Ceremony, frozen, one_slot, rechain

PROGRAM = ROOT / "docs" / "rerun_draw.py"
_spec = importlib.util.spec_from_file_location("rerun_draw", PROGRAM)
assert _spec is not None
assert _spec.loader is not None
rerun_draw = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rerun_draw)

Receipt = dict[str, Any]


def ceremony(number: int) -> Ceremony:
    """A whole draw of its own: one slot or two, refusals, an exclusion, a second round."""
    chance = random.Random(number)
    if number % 2:
        names = [f"c{n:04d}" for n in range(1, chance.randint(6, 30))]
        one = Ceremony(one_slot(names, chance.randint(1, 3)))
    else:
        one = Ceremony(*frozen(one_per_group=number % 4 == 0))
    one.commit().contribute(value=f"骰子 {number:06d}").open_round().run()
    declined = chance.choice(one.selected())
    for name in one.selected():
        one.answer(name, "declined" if name == declined else "accepted")
    one.open_round(*([one.spare()] if number % 3 else [])).run()
    for name in one.selected():
        if name not in one.standing.answers:
            one.answer(name, "accepted")
    return one.close()


def by_verify(receipt: Receipt) -> dict[str, list[str]]:
    """The seated as the stand-alone verifier finds them; verify.Bad where it refuses."""
    lines = [text.encode() for text in receipt["entries"]]
    report = verify.Report()
    log = verify.read_log(lines, list(range(10**6, 10**6 + len(lines))), False, {}, report)
    if report.faults:
        raise verify.Bad(report.faults[0].text)
    manifest = verify.strictly(verify.Manifest, receipt["manifest"])
    draw = verify.Draw(receipt["manifest"]["draw"], manifest)
    for entry in log.kept[f"draw/{draw.draw}"]:
        verify.strictly(draw.take, entry)
    return {slot: draw.seated(slot) for slot in manifest.count}


HUNDRED = [ceremony(number).receipt() for number in range(100)]


def test_both_programs_run_a_hundred_receipts_again_and_agree_with_the_draw():
    for receipt in HUNDRED:
        seated = dict(verify_receipt(receipt).seated)
        assert rerun_draw.rerun(receipt) == by_verify(receipt) == seated


@pytest.mark.django_db
def test_both_programs_run_the_receipts_of_the_product_again(ladder):
    found = [draws.receipt(row.pk) for row in Draw.objects.exclude(manifest="").order_by("pk")]
    assert len(found) >= 10
    for receipt in found:
        assert rerun_draw.rerun(receipt) == by_verify(receipt)


def without_one_candidate(receipt: Receipt, rows: list[dict[str, Any]]) -> None:
    slot = receipt["manifest"]["slots"][0]
    drawn = {row["candidate"] for one in rows for row in one["data"].get("selected", ())}
    slot["candidates"].remove(next(one for one in slot["candidates"] if one["candidate"] in drawn))
    digest = rerun_draw.sha(canonical.dumps(receipt["manifest"])).hex()
    rows[0]["data"]["manifest"] = digest


def with_a_round_renumbered(_receipt: Receipt, rows: list[dict[str, Any]]) -> None:
    for row in [row for row in rows if row["type"] in ("draw.round_opened", "draw.round_run")][2:]:
        row["data"]["round"] = 3


def with_an_answer_changed(_receipt: Receipt, rows: list[dict[str, Any]]) -> None:
    answers = [row for row in rows if row["type"] == "draw.answered"]
    next(row for row in answers if row["data"]["answer"] == "declined")["data"]["answer"] = (
        "accepted"
    )


CHANGES = [without_one_candidate, with_a_round_renumbered, with_an_answer_changed]


@pytest.mark.parametrize("chained", [False, True], ids=["as it is", "chained anew"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_receipt_in_which_one_thing_was_changed_is_refused_by_both(change, chained):
    for receipt in HUNDRED[::10]:
        false = copy.deepcopy(receipt)
        rows = [json.loads(text) for text in false["entries"]]
        change(false, rows)
        texts = [canonical.dumps(row).decode() for row in rows]
        false["entries"] = rechain(rows) if chained else texts
        with pytest.raises(ValueError, match=r"不成链|不符|不应有"):
            rerun_draw.rerun(false)
        with pytest.raises(verify.Bad):
            by_verify(false)


def test_the_program_says_of_each_file_whether_it_holds(tmp_path: Path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(canonical.dumps(HUNDRED[0]))
    bad.write_bytes(canonical.dumps(HUNDRED[0] | {"entries": HUNDRED[0]["entries"][1:]}))
    command = [sys.executable, "-I", str(PROGRAM), str(good), str(bad)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, [line.split()[0] for line in ran.stdout.splitlines()]) == (
        1, ["相符", "不符"],
    )  # fmt: skip

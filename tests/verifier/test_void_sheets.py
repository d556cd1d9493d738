"""条例48: the verifier follows a void and its redo, and refuses each way of getting round it.

Two of three are drawn; the first of them leaves after the sheets are open, and the third takes his
seat and scores anew.
"""

from typing import Any

import pytest

from tests.verifier.case import BIDDERS, DRAW, STREAM, Case, first_fault
from tests.verifier.drawing import CHAIN, SmallDraw, mac, with_receipt
from tests.verifier.writer import MARKER, OFFICE, SYSTEM

PEOPLE = {f"c000{n}": (f"E000{n}", f"org{n}") for n in (1, 2, 3)}


class Redone(Case):
    """The day of a void and its redo; `twist` names what is falsified."""

    twist = ""
    regime = "ranked_first"
    evaluation_plan = {
        **Case.evaluation_plan,
        "candidates": {"count": 3, "ranked": True},
    }

    def write(self) -> "Redone":
        self.tender()
        self.evaluate()
        return self

    def evaluate(self) -> None:
        self.add(STREAM, "project.representative_appointed", {"member": "zbdb"})
        drawn = Drawn(self, DRAW, PEOPLE, count=2)
        drawn.hold("NH-2025-002").sign_in()
        leaver, other = (PEOPLE[handle][0] for handle in drawn.seated)
        stayed = sorted([other, "zbdb"])
        self.start(1, [leaver, *stayed], first=True)
        rejected = {"bidder": "B3", "item": "compliance", "reason": "未按要求签章"}
        self.add(STREAM, "project.bid_rejected", rejected, {**OFFICE, "id": other})
        sheets = self.score(1, {leaver: "60", other: "70", "zbdb": "80"})
        self.compute(1, sheets)
        void = self.void(sheets[leaver])
        new = PEOPLE[drawn.replace(drawn.seated[0])][0]
        carried = [self.named(sheets[member]) for member in stayed]
        if self.twist == "carries what is void":
            carried = [self.named(sheets[leaver]), *carried]
        if self.twist == "carries another sheet":
            carried[0] |= {"commitment": "0" * 64}
        members = [leaver if self.twist == "seats the struck" else new, *stayed]
        self.start(2, sorted(members), carried=carried)
        fresh = self.score(2, {new: "90"})
        counted = {member: sheets[member] for member in stayed} | fresh
        if self.twist == "counts what is void":
            counted |= {leaver: sheets[leaver]}
        self.compute(2, counted)
        self.report([] if self.twist == "keeps silent" else void)

    def start(self, number: int, members: Any, *, first: bool = False, **more: Any) -> None:
        data = {"round": number, "draw": DRAW, "members": list(members), **more}
        states = {"from": "opened", "to": "evaluating"} if first else {}
        self.add(STREAM, "project.evaluation_started", {**data, **states})

    def score(self, number: int, points: dict[str, str]) -> dict[str, dict[str, Any]]:
        """Seal, close and open a sheet of each; the same points for every bidder, less one each."""
        contents = {
            member: {
                "scores": [
                    {"bidder": bidder, "factor": factor, "score": score}
                    for place, bidder in enumerate(sorted(BIDDERS.keys() - {"B3"}))
                    for factor, score in (("technical", str(int(given) // 2 - place)),
                                          ("price", "30"))
                ]
            }
            for member, given in points.items()
        }  # fmt: skip
        kind = f"score_sheet/{number}"
        sealed = self.sealed("score_sheet_sealed", kind, contents)
        self.closed("score_sheets_closed", sealed)
        if self.twist == "leaves one closed" and number == 2:
            (one,) = sealed
            left = {key: one[key] for key in ("commitment", "kind", "author")}
            self.add(STREAM, "project.score_sheet_not_opened", {**left, "not_opened": "R07"})
        else:
            self.opened("score_sheet_opened", sealed)
        return {one["author"]: one for one in sealed}

    @staticmethod
    def named(sheet: dict[str, Any]) -> dict[str, str]:
        return {
            "member": sheet["author"],
            "kind": sheet["kind"],
            "commitment": sheet["commitment"],
        }

    def void(self, sheet: dict[str, Any]) -> list[dict[str, Any]]:
        data = {**self.named(sheet), "round": 1, "basis": "R07"}
        if self.twist == "voids another's":
            data["member"] = "zbdb"
        self.add(STREAM, "project.sheet_voided", data)
        return [data]

    def compute(self, number: int, sheets: dict[str, dict[str, Any]]) -> None:
        totals = []
        for bidder in sorted(BIDDERS.keys() - {"B3"}):
            each = {
                member: sum(
                    int(row["score"])
                    for row in sheet["content"]["scores"]
                    if row["bidder"] == bidder
                )
                for member, sheet in sheets.items()
            }
            members = [{"member": m, "total": str(each[m])} for m in sorted(each)]
            whole, count = sum(each.values()), len(each)
            shown = f"{round(whole * 100 / count) / 100:.2f}"
            row = {"bidder": bidder, "members": members, "sum": str(whole), "count": count}
            totals.append(row | {"total": shown, "rank": len(totals) + 1})
        self.shown = totals
        result = {"v": 1, "aggregation": "mean", "totals": totals, "candidates": ["B1", "B2", "B4"]}
        data = {"round": number, "result": self.attach(result), "candidates": ["B1", "B2", "B4"]}
        self.add(STREAM, "project.totals_computed", data, SYSTEM)

    def report(self, void: list[dict[str, Any]]) -> None:
        rows = [
            {"bidder": row["bidder"], "rank": row["rank"], "total": row["total"]}
            for row in self.shown
        ]
        report = self.attach({"report": 1, "voided": void})
        self.step("report_submitted", "evaluating", "reported", report=report, candidates=rows)


class Drawn(SmallDraw):
    """A draw with a second round, for the seat of one who is struck."""

    def replace(self, gone: str) -> str:
        """Strike one and draw the one who is left; return his handle."""
        struck = {"candidate": gone, "answer": "struck", "reason": "replaced", "evidence": ""}
        self.book.add(self.stream, "draw.answered", struck, SYSTEM)
        opening = {"round": 2, "needs": {"1": 1}, "excluded": []}
        opened = self.book.add(self.stream, "draw.round_opened", opening)
        self.book.ceremony()
        mark = MARKER.sign(f"draw-round/v1\n{opened['hash']}\n".encode()).hex()
        code = self.codes[CHAIN - 2]
        seed = mac(code, f"draw-seed/v1\n{opened['hash']}\n{mark}\n")
        (new,) = set(self.people) - set(self.seated)
        selected = [{"slot": "1", "candidate": new, "ticket": mac(seed, f"1\n{new}").hex()}]
        data = {"round": 2, "code": code.hex(), "mark": mark, "selected": selected, "short": {}}
        self.book.add(self.stream, "draw.round_run", data, SYSTEM)
        named = {"kind": "draw_candidate", "author": "system", "content": self.content(new)}
        identity = {"commitment": self.identity(new), "salt": self.salt(new).hex()}
        self.book.add(self.stream, "draw.candidate_opened", {**named, **identity}, SYSTEM)
        with_receipt(self.book, self.manifest)
        return new


def test_a_void_that_was_redone_verifies(check):
    report = check(told().whole())
    assert report.ok, "\n".join(report.lines())


def told(twist: str = "") -> Redone:
    book = Redone()
    book.twist = twist
    return book.write()


REFUSED = {
    "carries what is void": ("evaluation_started", "的评分不能沿用"),
    "carries another sheet": ("evaluation_started", "的评分不能沿用"),
    "seats the struck": ("evaluation_started", "已因回避更换,仍列为评标委员会成员"),
    "voids another's": ("sheet_voided", "作废的不是该成员封存的评分"),
    "leaves one closed": ("score_sheet_not_opened", "未曾作废,却没有开启"),
    "counts what is void": ("totals_computed", "各成员总分与重算不符"),
    "keeps silent": ("report_submitted", "没有如实列明已作废的评分"),
}


@pytest.mark.parametrize(("twist", "fault"), REFUSED.items())
def test_each_way_round_is_refused_where_it_is_taken(check, twist, fault):
    kind, text = first_fault(check, told(twist))
    assert (kind, fault[1] in text) == (fault[0], True), text

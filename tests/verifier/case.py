"""A small tender under 评定分离, from registration to award, written with `writer.Book`.

Four bidders, three experts, two factors; B3 is rejected. Three candidates go to a committee of
three by 逐轮票决 [2, 1]; the second round is a plain majority.
"""

from typing import Any

from tests.verifier.drawing import SmallDraw
from tests.verifier.writer import OFFICE, SYSTEM, Book

STREAM = "project/NH-2025-002"
BIDDERS = {"B1": 98_000_00, "B2": 97_000_00, "B3": 95_000_00, "B4": 96_000_00}
CEILING = 100_000_00
DRAW = "D-2"
STREAMS = {STREAM, f"draw/{DRAW}"}
PEOPLE = {"c0001": ("E0002", "org2"), "c0002": ("E0001", "org1")}
EXPERTS = ("E0001", "E0002", "zbdb")  # two drawn, one sent by the tenderer
VOTERS = ("user/21", "user/22", "user/23")
SCORES = {  # bidder → (technical, price) of each expert
    "B1": (("50.5", "30"), ("51", "30"), ("52", "30")),
    "B2": (("55", "31"), ("54.25", "31"), ("53", "31")),
    "B4": (("55", "31"), ("54.25", "31"), ("53", "31")),
}
TOTALS = [  # worked out by hand: 82.5+81+80.5, 86+85.25+84
    ("B2", ["86", "85.25", "84"], "255.25", "85.08", 1),
    ("B4", ["86", "85.25", "84"], "255.25", "85.08", 1),
    ("B1", ["80.5", "81", "82"], "243.5", "81.17", 3),
]
EVALUATION_PLAN = {
    "v": 1,
    "factors": [
        {"factor": "technical", "name": "技术", "max": "60", "kind": "subjective"},
        {"factor": "price", "name": "报价", "max": "40.00", "kind": "price"},
    ],
    "aggregation": "mean",
    "review_items": [],
    "candidates": {"count": 3, "ranked": False},
    "tie_rule": ["lower_price"],
}
AWARD_PLAN: dict[str, Any] = {
    "regime": "separated",
    "methods": [{"method": "round_elimination"}],
    "rounds": {"by_candidates": {"2": [1], "3": [2, 1]}},
    "tie_chain": ["revote", "lower_price", "lottery"],
    "max_revotes": 1,
    "min_reason_chars": 2,
    "factors": [],
    "committee": {"size": 3, "origin": "appointed"},
}


class Case(Book):
    """The book of one tender; `write` runs its day, and each part may be overridden."""

    votes: tuple[tuple[tuple[str, ...], ...], ...] = (
        (("B1", "B2"), ("B2", "B4"), ("B1", "B2")),
        (("B1",), ("B2",), ("B2",)),
    )
    counts: tuple[dict[str, Any], ...] = (
        {"tally": (("B1", 2), ("B2", 3), ("B4", 1)), "kept": ["B1", "B2"], "winner": ""},
        {"tally": (("B1", 1), ("B2", 2)), "kept": ["B2"], "winner": "B2"},
    )
    asked: tuple[tuple[tuple[str, ...], int], ...] = ((("B1", "B2", "B4"), 2), (("B1", "B2"), 1))
    plan: dict[str, Any] = AWARD_PLAN
    evaluation_plan: dict[str, Any] = EVALUATION_PLAN
    regime = "separated"
    totals = TOTALS
    scores = SCORES
    candidates: tuple[str, ...] = ("B1", "B2", "B4")
    members: tuple[str, ...] = EXPERTS
    voters = VOTERS
    papers: tuple[dict[str, Any], ...] = ()
    """Papers filed for the vote, and those that the rounds' entries list."""
    listed: tuple[dict[str, Any], ...] = ()
    winner = "B2"
    price = BIDDERS["B2"]

    def write(self) -> "Case":
        self.tender()
        self.evaluate()
        self.vote()
        return self

    def step(self, kind: str, before: str, after: str, **data: Any) -> None:
        states = {"from": before, "to": after} if before else {"to": after}
        self.add(STREAM, f"project.{kind}", {**data, **states})

    def closed(self, kind: str, sealed: list[dict[str, Any]], **more: Any) -> None:
        listed = sorted(row["commitment"] for row in sealed)
        self.add(
            STREAM, f"project.{kind}", {"kind": sealed[0]["kind"], "commitments": listed, **more}
        )
        self.ceremony()

    def opened(self, kind: str, sealed: list[dict[str, Any]]) -> None:
        for row in sealed:
            self.add(STREAM, f"project.{kind}", row, SYSTEM)

    def sealed(self, kind: str, name: str, contents: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            self.seal(STREAM, f"project.{kind}", name, author, content)
            for author, content in contents.items()
        ]

    def tender(self) -> None:
        evaluation, award = self.attach(self.evaluation_plan), ""
        first = {"regime": self.regime, "evaluation_plan": evaluation, "ceiling_fen": CEILING}
        self.step("registered", "", "registered", **first)
        if self.regime == "separated":
            award = self.attach(self.plan)
            self.add(STREAM, "project.award_plan_fixed", {"plan": award})
            people = {"members": list(VOTERS), "leader": VOTERS[0], "observers": ["user/31"]}
            self.annex = self.sealed("award_members_sealed", "award_plan", {"zbr1": people})
        plans = {"plan": award, "evaluation_plan": evaluation}
        self.step("tender_published", "registered", "tendering", **plans)
        bids = self.sealed(
            "bid_sealed",
            "bid/1",
            {
                f"bid/NH-2025-002/{n:03d}": {"bidder": bidder, "name": bidder, "price_fen": fen}
                for n, (bidder, fen) in enumerate(BIDDERS.items(), 1)
            },
        )
        self.closed("bids_closed", bids)
        self.opened("bid_opened", bids)
        self.step("opened", "tendering", "opened", bids=len(bids))

    def evaluate(self) -> None:
        self.add(STREAM, "project.representative_appointed", {"member": "zbdb"})
        SmallDraw(self, DRAW, PEOPLE, count=2).hold("NH-2025-002").sign_in()
        started = {"round": 1, "draw": DRAW, "members": list(self.members)}
        self.step("evaluation_started", "opened", "evaluating", **started)
        rejected = {"bidder": "B3", "item": "compliance", "reason": "未按要求签章"}
        self.add(STREAM, "project.bid_rejected", rejected, {**OFFICE, "id": EXPERTS[0]})
        self.establish()
        contents = {expert: self.content(n) for n, expert in enumerate(EXPERTS)}
        sheets = self.sealed("score_sheet_sealed", "score_sheet/1", contents)
        self.closed("score_sheets_closed", sheets)
        self.opened("score_sheet_opened", sheets)
        self.judge()
        result = self.result()
        computed = {"round": 1, "result": self.attach(result), "candidates": list(self.candidates)}
        self.add(STREAM, "project.totals_computed", computed, SYSTEM)
        shown = {row["bidder"]: row["total"] for row in result["totals"]}
        rows = [
            {"bidder": b, "rank": self.rank(n), "total": shown.get(b, "")}
            for n, b in enumerate(self.candidates, 1)
        ]
        report = {"report": self.attach({"report": 1}), "candidates": rows}
        self.step("report_submitted", "evaluating", "reported", **report)

    def establish(self) -> None:
        """What the committee finds once for all its members: nothing in this tender."""

    def judge(self) -> None:
        """What the committee says of abnormal scores: nothing in this tender."""

    def content(self, n: int) -> dict[str, Any]:
        return {"scores": self.sheet(n)}

    def result(self) -> dict[str, Any]:
        return {
            "v": 1,
            "aggregation": "mean",
            "totals": [self.total(*row) for row in self.totals],
            "candidates": list(self.candidates),
        }

    def rank(self, n: int) -> int | None:
        return n if self.evaluation_plan["candidates"]["ranked"] else None

    def sheet(self, n: int) -> list[dict[str, str]]:
        return [
            {"bidder": bidder, "factor": factor, "score": score}
            for bidder, rows in self.scores.items()
            for factor, score in zip(("technical", "price"), rows[n], strict=True)
        ]

    @staticmethod
    def total(bidder: str, each: list[str], added: str, shown: str, rank: int) -> dict[str, Any]:
        members = [{"member": m, "total": t} for m, t in zip(EXPERTS, each, strict=True)]
        return {
            **{"bidder": bidder, "members": members, "sum": added, "count": len(each)},
            **{"total": shown, "rank": rank},
        }

    def vote(self) -> None:
        self.step("award_begun", "reported", "awarding", session=1, order=1)
        self.closed("award_members_closed", self.annex)
        self.opened("award_members_opened", self.annex)
        for paper in self.papers:
            self.add(STREAM, "project.award_paper_filed", {"input": True, **paper})
        for number, (asked, votes) in enumerate(zip(self.asked, self.votes, strict=True), 1):
            self.round(number, asked, votes, self.counts[number - 1])
        awarded = {"bidder": self.winner, "price_fen": self.price, "session": 1}
        self.step("awarded", "awarding", "awarded", **awarded)
        self.ceremony()

    def round(self, number: int, asked: Any, votes: Any, count: dict[str, Any]) -> None:
        kind, code = f"ballot/1/{number}", f"R{number}"
        opened = {"round": {"code": code, "from": "", "to": "open"}, "session": 1}
        opened |= {"number": number, "eligible": list(asked[0]), "seats": asked[1], "kind": kind}
        opened |= {"papers": list(self.listed)} if self.listed else {}
        self.add(STREAM, "project.round_opened", opened)
        contents = {
            voter: names if isinstance(names, dict) else {"choices": list(names), "reason": "理由"}
            for voter, names in zip(self.voters, votes, strict=True)
        }
        ballots = self.sealed("ballot_sealed", kind, contents)
        self.closed("ballots_closed", ballots, round={"code": code, "from": "open", "to": "closed"})
        self.opened("ballot_opened", ballots)
        tally = [{"bidder": bidder, "votes": n} for bidder, n in count["tally"]]
        decided = {"round": {"code": code, "from": "closed", "to": "decided"}, "tally": tally}
        decided |= {"kept": count["kept"], "tie": count.get("tie", []), "winner": count["winner"]}
        decided |= {"alike": same} if (same := count.get("alike", alike(contents))) else {}
        self.add(STREAM, "project.round_counted", decided, SYSTEM)


def alike(contents: dict[str, Any]) -> list[list[str]]:
    """The voters whose reasons are the same text."""
    by_text: dict[str, list[str]] = {}
    for voter in sorted(contents):
        by_text.setdefault(contents[voter]["reason"], []).append(voter)
    return [some for some in by_text.values() if len(some) > 1]


def told(**change: Any) -> Case:
    """The day of the case with some of its figures stated otherwise."""
    case = Case()
    for name, value in change.items():
        setattr(case, name, value)
    return case.write()


def first_fault(check, case: Case) -> tuple[str, str]:
    """(type of the faulty entry, text) of the first fault; ("", "") where there is none."""
    report = check(case.whole())
    if report.first_bad is None:
        return "", ""
    line = case.lines[report.first_bad.where.place].decode()
    return line.split('"type":"project.')[1].split('"')[0], report.first_bad.text


def plan_of(count: int, ranked: bool, *rules: str) -> dict[str, Any]:
    rule = {"count": count, "ranked": ranked}
    return {**EVALUATION_PLAN, "candidates": rule, "tie_rule": list(rules)}

"""The award meeting beside its ballots: papers before the vote, the leader last, a recorded end."""

from datetime import timedelta

import pytest

from audit_log.services import clock
from award.domain.papers import alike
from award.services import deciding, meeting, papers, speaking
from tests.award.acting import (
    JIA,
    YI,
    bad_input,
    cast_all,
    elect,
    entry,
    last,
    members,
    open_round,
    play,
    project,
    refused,
    vote,
)
from tests.desk.doors import sign_in, text_of

pytestmark = pytest.mark.django_db
HASH = "5a" * 32
OTHER = "6b" * 32
DELIBERATION = {"methods": [{"method": "deliberation", "decided_by": "majority"}], "rounds": None}
INSPECTED = {
    "methods": [{"method": "direct_vote"}],
    "rounds": None,
    "factors": [
        {"factor": "site", "name": "同类在建工程", "group": "capability", "evidence": "inspection"}
    ],
}


def file(cast, code, paper="price_review", **change):
    told = {"evidence": HASH, "held_on": clock.now().date(), "pages": 3} | change
    return papers.file_paper(actor=cast["zbr1"], project=code, paper=paper, **told)


def noted(data):
    return [row["code"] for row in data.get("noted", ())]


class TestPapers:
    def test_what_was_filed_before_the_vote_stands_in_the_rounds_entry(self, cast, ladder):
        code = ladder["candidates_public"]
        told = entry(file(cast, code))
        assert (told["actor"]["id"], told["data"]["input"]) == ("zbr1", True)
        code = ladder["awarding"]
        before = {"paper": "price_review", "evidence": last(code, "award_paper_filed")["evidence"]}
        file(cast, code, "credit_check", evidence=OTHER)
        file(cast, code, "award_report")
        open_round(cast, code)
        listed = [before, {"paper": "credit_check", "evidence": OTHER}]
        assert last(code, "round_opened")["papers"] == listed

    def test_after_the_first_round_was_opened_no_input_is_taken(self, cast, ladder):
        code = ladder["awarding"]
        open_round(cast, code)
        with refused("voting_begun"):
            file(cast, code)
        file(cast, code, "other")
        with refused("voting_begun"):
            file(cast, ladder["result_public"])

    def test_members_read_them_before_they_vote(self, cast, ladder):
        code = ladder["awarding"]
        file(cast, code, "credit_check", evidence=OTHER)
        for account in ("dbwy3", "jdz", "jw"):
            page = text_of(sign_in(cast[account]).get(f"/project/{code}/"))
            assert ("信用、履约和处罚核查" in page, OTHER in page) == (True, True)
        assert "信用、履约和处罚核查" not in text_of(sign_in(cast["tbr"]).get(f"/project/{code}/"))

    def test_a_visit_names_two_persons_all_candidates_and_a_recording_or_that_is_noted(
        self, cast, ladder
    ):
        code = ladder["awarding"]
        standing = sorted(c.bid.bidder_id for c in project(code).candidates.all())
        whole = {"persons": ["zbr1", "zbr2"], "bidders": standing, "recording": OTHER}
        told = entry(file(cast, code, "inspection", **whole, absent=[JIA]))["data"]
        assert (noted(told), told["missed"], told["persons"]) == ([], [JIA], ["zbr1", "zbr2"])
        poor = {"persons": ["zbr1"], "bidders": [JIA]}
        told = entry(file(cast, code, "interview", **poor))["data"]
        assert noted(told) == ["inquiry_persons_few", "inquiry_unequal", "inquiry_unrecorded"]

    @pytest.mark.parametrize(
        ("paper", "change", "code"),
        [
            ("poem", {}, "paper_unknown"),
            ("price_review", {"evidence": "5A" * 32}, "document_unreadable"),
            ("price_review", {"persons": ["zbr1"]}, "paper_asks_nobody"),
            ("interview", {"bidders": [JIA]}, "persons_of_others"),
            ("interview", {"persons": ["zbr1", "jyzx1"], "bidders": [JIA]}, "persons_of_others"),
            ("interview", {"persons": ["zbr1"], "bidders": ["somebody"]}, "not_candidate"),
            ("interview", {"persons": ["zbr1"], "bidders": [JIA], "absent": [YI]}, "not_asked"),
        ],
    )
    def test_what_does_not_fit_its_kind_is_refused(self, cast, ladder, paper, change, code):
        with bad_input(code):
            file(cast, ladder["awarding"], paper, **change)

    def test_of_tomorrow_nothing_is_told(self, cast, ladder):
        with bad_input("date_ahead"):
            file(cast, ladder["awarding"], held_on=clock.now().date() + timedelta(days=1))

    def test_a_factor_whose_evidence_was_not_filed_is_noted_when_the_vote_begins(self, cast):
        play(cast, "T-papers", "awarding", plan=INSPECTED)
        open_round(cast, "T-papers-1")
        assert noted(last("T-papers-1", "round_opened")) == ["factor_evidence_missing"]


class TestSpeaking:
    def test_everyone_speaks_once_and_the_leader_last(self, cast, ladder):
        code = ladder["awarding"]
        leader, *others = members(cast)
        with refused("leader_speaks_last") as caught:
            speaking.speak(actor=leader, project=code, statement="倾向于甲方")
        assert "还有 6 位" in caught.value.blockers[0].message
        for member in others:
            speaking.speak(actor=member, project=code, statement="方案针对性强")
        with refused("already_spoken"):
            speaking.speak(actor=others[0], project=code, statement="再说一次")
        told = entry(speaking.speak(actor=leader, project=code, statement="同意多数意见"))
        assert told["data"] == {"member": "dbwy1", "session": 1, "statement": "同意多数意见"}
        page = text_of(sign_in(cast["jw"]).get(f"/project/{code}/"))
        assert page.index("方案针对性强") < page.index("同意多数意见")

    def test_where_the_committee_deliberates_everyone_speaks_before_the_vote(self, cast):
        code = "T-speak-1"
        play(cast, "T-speak", "awarding", plan=DELIBERATION)
        with refused("opinions_missing"):
            open_round(cast, code)
        for member in reversed(members(cast)):
            speaking.speak(actor=member, project=code, statement="方案针对性强")
        assert vote(cast, code, [YI]).result["next"]["winner"] == YI

    def test_not_during_a_vote_not_with_personal_data_and_not_by_others(self, cast, ladder):
        code, member = ladder["awarding"], cast["dbwy2"]
        with bad_input("personal_data"):
            speaking.speak(actor=member, project=code, statement="找 13812345678 谈过")
        open_round(cast, code)
        with refused("round_open"):
            speaking.speak(actor=member, project=code, statement="方案针对性强")


class TestEnd:
    def end(self, cast, code, actor="dbwy1"):
        return speaking.end_meeting(actor=cast[actor], project=code, minutes=HASH, recording=OTHER)

    def test_the_leader_ends_it_when_the_plan_asks_for_no_further_round(self, cast, ladder):
        code = ladder["awarding"]
        with refused("round_needed"):
            self.end(cast, code)
        elect(cast, code, YI, JIA)
        with refused("leader_only"):
            self.end(cast, code, "dbwy2")
        told = entry(self.end(cast, code))
        assert told["data"] == {"session": 1, "record": HASH, "recording": OTHER}
        with refused("meeting_over"):
            speaking.speak(actor=cast["dbwy3"], project=code, statement="补充一点")

    def test_a_decision_before_its_end_is_noted(self, cast, ladder):
        code = ladder["awarding"]
        elect(cast, code, JIA, YI)
        ref = deciding.decide(
            actor=cast["zbr2"], project=code, reasons="得票最多,方案可行,报价合理"
        )
        assert noted(entry(ref)["data"])[0] == "meeting_not_ended"
        assert noted(last(ladder["awarded"], "awarded")) == []


def test_the_same_reason_twice_is_flagged(cast, ladder):
    code = ladder["awarding"]
    open_round(cast, code)
    cast_all(cast, code, [JIA, YI])
    meeting.close_ballot(actor=cast["zbr1"], project=code)
    everyone = [member.id for member in members(cast)]
    assert last(code, "round_counted")["alike"] == [everyone]
    assert "雷同" in text_of(sign_in(cast["jw"]).get(f"/project/{code}/"))


@pytest.mark.parametrize(
    ("reasons", "groups"),
    [
        (["甲", "乙", "丙"], []),
        (["同 样", "乙", "同样"], [["m0", "m2"]]),
        (["一", "二", "一", "二"], [["m0", "m2"], ["m1", "m3"]]),
    ],
)
def test_blanks_do_not_tell_two_reasons_apart(reasons, groups):
    ballots = {f"m{place}": {"reason": text} for place, text in enumerate(reasons)}
    assert alike(ballots) == groups

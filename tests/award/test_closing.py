"""After the decision: the losers' reasons, the written report, contract and filing in time."""

from datetime import date, timedelta

import pytest

from audit_log.selectors import trail
from award.models import Notice
from award.selectors import closing
from award.services import deciding, written
from config.demo import job as steps
from rulebook.domain.deadlines import FILE_CONTRACT, SIGN_CONTRACT, WRITTEN_REPORT
from tests.award.acting import (
    BING,
    DING,
    JIA,
    YI,
    bad_input,
    elect,
    entry,
    project,
    refused,
    until,
)
from tests.desk.doors import sign_in, text_of

pytestmark = pytest.mark.django_db


def noted(ref):
    return [row["code"] for row in entry(ref)["data"].get("noted", ())]


def report(cast, code):
    return written.submit(actor=cast["zbr1"], project=code)


class TestLosers:
    def test_each_loser_reads_why_he_did_not_win(self, cast, ladder):
        code = ladder["notified"]
        told = {
            one.to: trail.document(one.body)["because"]
            for one in Notice.objects.filter(project=code, kind="lost")
        }
        winner = project(code).winner
        assert sorted(told) == sorted({JIA, YI, BING, DING} - {winner})
        assert told[DING] == "评标得分 71.10,第 4 名,未列入中标候选人"
        rest = [text for bidder, text in told.items() if bidder != DING]
        assert len(rest) == 2
        assert [text for text in rest if not text.startswith("定标第")] == []
        assert [text for text in rest if not text.endswith(",未入选")] == []


class TestWrittenReport:
    def test_it_is_composed_from_facts_and_handed_in_once_for_a_decision(self, cast, ladder):
        code = ladder["notified"]
        row = project(code)
        data = entry(report(cast, code))["data"]
        told = trail.document(data["report"])
        assert told == written.compose(row)
        assert (told["award"]["bidder"], told["report"]) == (row.winner, row.report)
        assert sorted(one["bidder"] for one in told["bids"]) == sorted([JIA, YI, BING, DING])
        with refused("report_handed_in"):
            report(cast, code)

    def test_a_new_decision_asks_for_a_new_report(self, cast, ladder):
        code = ladder["notified"]
        first = trail.document(entry(report(cast, code))["data"]["report"])
        deciding.lose_winner(actor=cast["zbr1"], project=code, reason="gave_up")
        second = trail.document(entry(report(cast, code))["data"]["report"])
        assert second["award"]["bidder"] not in ("", first["award"]["bidder"])

    def test_fifteen_days_after_the_decision_it_is_late(self, cast, ladder):
        code = ladder["awarding"]
        elect(cast, code, JIA, YI)
        deciding.decide(actor=cast["zbr2"], project=code, reasons="得票最多,方案可行,报价合理")
        until(steps.today() + timedelta(days=15))
        assert closing.written_report(project(code)) == []
        until(closing.terms(project(code))[2].due + timedelta(days=1))
        assert noted(report(cast, code)) == ["written_report_late"]

    def test_it_is_read_by_who_works_with_it_and_prints(self, cast, ladder):
        code = ladder["notified"]
        page = f"/project/{code}/written-report/"
        assert "尚未提交" in text_of(sign_in(cast["zbr1"]).get(page))
        told = entry(report(cast, code))["data"]["report"]
        for account in ("zbr1", "zjj", "jyzx1", "jw"):
            assert told in text_of(sign_in(cast[account]).get(page))
        for account in ("tbr", "dbwy1", "jdz"):
            assert sign_in(cast[account]).get(page).status_code == 404
        earlier = f"/project/{ladder['awarding']}/written-report/"
        assert sign_in(cast["zbr1"]).get(earlier).status_code == 404


class TestContract:
    def test_the_filing_is_put_on_record_once_with_its_number(self, cast, ladder):
        code = ladder["contracted"]
        signed = trail.last_event(f"project/{code}", "project.contracted")["data"]["date"]
        told = {"actor": cast["zbr1"], "project": code, "filed_on": date.fromisoformat(signed)}
        filed = written.file_contract(**told, number="嘉建合备2025-17")
        assert entry(filed)["data"] == {"date": signed, "number": "嘉建合备2025-17"}
        with refused("contract_filed"):
            written.file_contract(**told, number="嘉建合备2025-18")

    def test_a_filing_after_its_term_is_noted(self, cast, ladder):
        code = ladder["contracted"]
        until(closing.terms(project(code))[-1].due + timedelta(days=1))
        late = {"filed_on": steps.today(), "number": "嘉建合备2025-19"}
        assert noted(written.file_contract(actor=cast["zbr1"], project=code, **late)) == [
            "filing_late"
        ]

    @pytest.mark.parametrize(
        ("days", "number", "code"),
        [
            (-400, "1", "filing_day_wrong"),
            (1, "1", "filing_day_wrong"),
            (0, " ", "filing_number_missing"),
        ],
    )
    def test_a_filing_lies_between_signing_and_today_and_has_a_number(
        self, cast, ladder, days, number, code
    ):
        with bad_input(code):
            written.file_contract(
                actor=cast["zbr1"],
                project=ladder["contracted"],
                filed_on=steps.today() + timedelta(days=days),
                number=number,
            )

    def test_the_terms_run_from_the_entries_and_show_what_is_late(self, cast, ladder):
        code = ladder["notified"]
        acts = {one.act: one for one in closing.terms(project(code))}
        assert list(acts) == ["定标", "发出中标通知书", "提交招标投标情况书面报告", "签订合同"]
        assert acts["发出中标通知书"].done == acts["签订合同"].since
        until(acts["签订合同"].due + timedelta(days=3))
        late = {one.act: one.late for one in closing.terms(project(code)) if not one.done}
        assert late["签订合同"] == 3
        page = text_of(sign_in(cast["zjj"]).get(f"/project/{code}/"))
        assert "逾期 3 日" in page
        assert (SIGN_CONTRACT.rule, FILE_CONTRACT.rule, WRITTEN_REPORT.rule) == (
            "R25", "R25", "written_report_days",
        )  # fmt: skip

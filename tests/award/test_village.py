"""A tender that is not compulsory goes through whole: its own rules, and its own regulator."""

from datetime import timedelta

import pytest

from accounts.domain.roles import REGULATOR
from accounts.services import people
from accounts.services.gate import NotFound
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.services import reconciling
from award.services import deciding, halting, publicity
from config.demo import case as cases
from config.demo import job as steps
from config.demo import synthetic
from config.demo.job import Job
from evaluation.services import projects
from rulebook.domain import tendering
from tests.award.acting import (
    CHANNEL,
    JIA,
    after_publicity,
    bad_input,
    entry,
    last,
    project,
    refused,
    until,
)
from tests.evaluation.tender import details, play
from tests.rulebook.facts import COMPULSORY, VILLAGE, ZJ, with_value

pytestmark = pytest.mark.django_db

BUREAU = synthetic.credit_code("org/housing")
SHORT = 6
"""Days for bids: fewer than a compulsory tender must give."""
PANEL = {"experts": 2, "tenderer_representatives": 1}


def last_resort():
    """The district's housing bureau regulates construction, and nobody small works."""
    people.register_organisation(
        code=BUREAU, name="市住房和城乡建设局", region="330400", trades=["construction"]
    )


def bureau(trade):
    """A department of another trade with one account."""
    org = synthetic.credit_code(f"org/{trade}")
    people.register_organisation(code=org, name=f"{trade}局", region="330402", trades=[trade])
    people.create_user(
        actor=SYSTEM, code=trade, title="监管科", role=REGULATOR, org=org, password="x" * 12
    )
    return Actor(trade, REGULATOR, org)


def small_works(cast, code="V-1"):
    """Two bidders, a committee of three, awarded by rank."""
    rows = [
        {"bidder": "甲方建设", "scores": ["90.00", "91.00", "92.00"]},
        {"bidder": "乙方建设", "scores": ["80.00", "81.00", "82.00"]},
    ]
    data = {"title": "某村道路修缮", "panel": PANEL, "lots": [{"lot": "1", "bidders": rows}]}
    return Job(code, cases.parse(data), cast, refusals=[], objection=False)


def register(cast, code, **changes):
    given = {"trade": "village", "compulsory": False, "title": "某村道路修缮"} | changes
    ref = projects.register(actor=cast["zbr1"], code=f"{code}-1", **details(group=code, **given))
    return entry(ref)["data"]


def test_small_works_go_through_under_their_own_rules_and_the_last_resort(cast):
    until(VILLAGE.effective_from)
    last_resort()
    job, code = small_works(cast), "V-1-1"
    said = register(cast, "V-1", ceiling_fen=job.lots[0][1].ceiling_fen)
    assert (said["profile"], said["supervisor"], said["basis"]) == (
        "village_small@1", "construction", "regime_ranked_first",
    )  # fmt: skip
    deadline = steps.local(steps.today() + timedelta(days=SHORT), 9, 30)
    told = entry(projects.publish_tender(actor=cast["zbr1"], project=code, deadline=deadline))
    assert "noted" not in told["data"]  # five days are enough here, twenty elsewhere
    play(job, steps.report, after=steps.publish_tender)
    assert {"rule": "R33", "code": "bidders_too_few"} in noted(code, "evaluation_started")
    publicity.draft_candidates(actor=cast["zbr1"], project=code, objection_channel=CHANNEL)
    publicity.publish_candidates(actor=cast["jyzx2"], project=code)
    halting.order_suspension(actor=cast["zjj"], project=code, document="南建监〔2025〕5号")
    halting.resume(actor=cast["zjj"], project=code)
    after_publicity(code)
    deciding.confirm_first(actor=cast["zbr1"], project=code, reasons="依评标报告推荐排名确定")
    publicity.publish_result(actor=cast["jyzx2"], project=code)
    after_publicity(code)
    publicity.notify(actor=cast["zbr1"], project=code)
    row = project(code)
    price = row.bids.get(bidder_id=JIA).price_fen
    deciding.contract(actor=cast["zbr1"], project=code, signed_on=steps.today(), price_fen=price)
    assert (project(code).state, project(code).winner) == ("contracted", JIA)
    assert reconciling.reconcile().faults == []


def noted(code, type):
    return last(code, type)["noted"]


def test_works_of_a_trade_are_supervised_by_its_own_department(ladder, cast):
    water = bureau("water")
    said = register(cast, "V-2", supervisor="water")
    assert said["supervisor"] == "water"
    halt = {"project": "V-2-1", "document": "水监〔2025〕1号"}
    with pytest.raises(NotFound):
        halting.order_suspension(actor=cast["zjj"], **halt)
    with refused("wrong_state"):  # it is his, and not out yet
        halting.order_suspension(actor=water, **halt)


def test_the_district_may_have_a_department_for_small_works(ladder, cast):
    assert register(cast, "V-3")["supervisor"] == ""
    assert project("V-3-1").supervised == "village"


def test_only_small_works_have_another_trade_for_regulator(ladder, cast):
    with bad_input("supervisor_unknown"):
        register(cast, "V-4", trade="construction", supervisor="water")
    with bad_input("supervisor_unknown"):
        register(cast, "V-4", supervisor="mining")


def test_a_profile_says_which_ways_to_a_winner_it_allows():
    """Change the value and the refusal follows, with rule, value, version and article."""
    rule = ZJ.rule("regime_ranked_first")
    strict = with_value(ZJ, rule.id, value=False)
    assert tendering.regime_allowed(ZJ, COMPULSORY) == []
    (found,) = tendering.regime_allowed(strict, COMPULSORY)
    assert (found.code, found.rule, found.value, found.profile, found.basis) == (
        "regime_not_allowed", rule.id, False, ZJ.label, rule.basis,
    )  # fmt: skip

"""What is refused is told without what was to be sealed: in the error, its causes, and the log."""

import logging
import traceback

import pytest

from accounts.services.gate import BadInput
from award.services import meeting, planning
from config.demo import job as steps
from desk.api.problems import problem_of
from evaluation.services import bidding, scoring
from experts.services import pool
from rulebook.domain.blockers import Refused
from tests.demo.files import lot, play, tender
from tests.scenarios import later
from tests.secrets import planted
from tests.secrets.play import application

pytestmark = pytest.mark.django_db

CODE = "T-1"


@pytest.fixture
def said(caplog, capfd):
    """All that an attempt tells anyone: the error with its causes, the problem, log and screen."""
    caplog.set_level(logging.DEBUG)

    def attempt(refusal, act, **given):
        with pytest.raises(refusal) as raised:
            act(**given)
        error = raised.value
        told = ["".join(traceback.format_exception(error)), repr(vars(error)), caplog.text]
        told += [str(problem_of(error)), *capfd.readouterr()]
        return "\n".join(told)

    return attempt


def leak(where):
    """An act that tells what it should not, in one place or another."""
    if where == "log":
        logging.getLogger("evaluation").debug("sheet %s", planted.SCORE)
    if where == "screen":
        print(planted.SCORE)
    fields = {"scores": planted.SCORE} if where == "field" else {}
    cause = ValueError(planted.SCORE if where == "cause" else "")
    message = planted.SCORE if where == "message" else "填写有误"
    raise BadInput("leak", message, fields) from cause


@pytest.mark.parametrize(
    ("where", "heard"),
    [("nowhere", False), *((one, True) for one in ("log", "screen", "field", "cause", "message"))],
)
def test_these_tests_hear_whatever_is_told(ladder, said, where, heard):
    told = said(BadInput, leak, where=where)
    assert planted.holds(told.encode(), planted.SCORE) == heard


@pytest.fixture
def evaluated(ladder):
    """A tender whose committee is about to score."""
    return play(ladder, tender(lot("1")), until=steps.start_evaluation)


def row(job, score, *, place=0, factor="total"):
    bidder = job.lots[0][1].scored[place].org
    return {"bidder": bidder, "factor": factor, "score": score}


def sound(job, score=planted.SCORE):
    return [row(job, score, place=place) for place in range(4)]


SHEETS = {
    "over the maximum": lambda job: sound(job, planted.WRONG_SCORE),
    "five decimals": lambda job: sound(job, f"{planted.SCORE}9"),
    "a number": lambda job: sound(job, float(planted.SCORE)),
    "with a sign": lambda job: sound(job, f"+{planted.SCORE}"),
    "one missing": lambda job: sound(job)[1:],
    "one twice": lambda job: [*sound(job), row(job, planted.SCORE)],
    "unknown factor": lambda job: [*sound(job), row(job, planted.SCORE, factor="charm")],
    "unknown bidder": lambda job: [*sound(job), row(job, planted.SCORE) | {"bidder": "某厂"}],
    "more than asked": lambda job: [one | {"note": planted.SCORE} for one in sound(job)],
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=list(SHEETS))
def test_a_wrong_sheet_is_refused_without_its_scores(evaluated, said, sheet):
    member, scores = evaluated.members[0], sheet(evaluated)
    told = said(BadInput, scoring.seal_sheet, actor=member, project=CODE, scores=scores)
    assert "BadInput" in told
    assert not planted.holds(told.encode(), planted.SCORE)


def test_a_sheet_that_cannot_be_stored_is_told_without_its_scores(evaluated, said, settings):
    """The key folder is gone: not a refusal but a fault, and faults are logged with their trace."""
    settings.KEY_DIR = settings.KEY_DIR / "log.seed"
    member, scores = evaluated.members[0], sound(evaluated)
    told = said(OSError, scoring.seal_sheet, actor=member, project=CODE, scores=scores)
    assert "seal_sheet" in told
    assert not planted.holds(told.encode(), planted.SCORE)


@pytest.mark.parametrize("sound_sheet", [True, False])
def test_a_sheet_that_comes_too_late_is_refused_without_its_scores(ladder, said, sound_sheet):
    job = play(ladder, tender(lot("1")), until=steps.score)
    scores = sound(job, planted.SCORE if sound_sheet else planted.WRONG_SCORE)
    told = said(Refused, scoring.seal_sheet, actor=job.members[0], project=CODE, scores=scores)
    assert not planted.holds(told.encode(), planted.SCORE)


BALLOTS = {
    "too many": {"take": 3},
    "none": {"take": 0},
    "twice the same": {"take": 1, "times": 2},
    "reason with a phone number": {"reason": f"{planted.REASON}13812345678"},
    "reason of blanks": {"reason": planted.REASON[:4] + " " * 40},
}


@pytest.mark.parametrize("wrong", BALLOTS.values(), ids=list(BALLOTS))
def test_a_wrong_ballot_is_refused_without_its_choice_and_reason(ladder, said, wrong):
    job = play(ladder, tender(lot("1")), until=steps.begin_award)
    meeting.open_ballot(actor=job.cast["zbr1"], project=CODE)
    current = job.project(CODE).rounds.get()
    choices = current.eligible[: wrong.get("take", current.seats)] * wrong.get("times", 1)
    reason = wrong.get("reason", planted.REASON)
    member = job.cast["dbwy1"]
    told = said(
        BadInput, meeting.cast_ballot, actor=member, project=CODE, choices=choices, reason=reason
    )
    assert not planted.holds(told.encode(), planted.REASON[:4])
    assert [org for org in current.eligible if org in told] == []


BIDS = {
    "a receipt that is none": (BadInput, {"receipt": "0123456789abcdef"}),
    "no receipt for the second": (Refused, {}),
    "below nothing": (BadInput, {"price_fen": -planted.PRICE_FEN}),
    "beyond counting": (BadInput, {"price_fen": planted.PRICE_FEN * 10_000}),
}


@pytest.mark.parametrize(("refusal", "wrong"), BIDS.values(), ids=list(BIDS))
def test_a_wrong_bid_is_refused_without_price_and_bidder(ladder, said, refusal, wrong):
    job = play(ladder, tender(lot("1")), until=steps.hand_in_bids)
    bidder = job.lots[0][1].bidders[0].org
    given = {"price_fen": planted.PRICE_FEN, "bidder": bidder} | wrong
    told = said(refusal, bidding.submit_bid, actor=job.cast["jyzx1"], project=CODE, **given)
    assert not planted.holds(told.encode(), planted.PRICE_FEN)
    assert bidder not in told


def test_a_late_bid_is_refused_without_price_and_bidder(ladder, said):
    job = play(ladder, tender(lot("1")), until=steps.publish_tender)
    later(days=30)
    bidder = job.lots[0][1].bidders[0].org
    given = {"price_fen": planted.PRICE_FEN, "bidder": bidder}
    told = said(Refused, bidding.submit_bid, actor=job.cast["jyzx1"], project=CODE, **given)
    assert not planted.holds(told.encode(), planted.PRICE_FEN)
    assert bidder not in told


MEMBERS = [f"dbwy{number}" for number in range(1, 8)]
LISTS = {
    "a stranger": {"members": [*MEMBERS[:6], "dbwy99"]},
    "one twice": {"members": [*MEMBERS[:6], "dbwy1"]},
    "one short": {"members": MEMBERS[:6]},
    "led from outside": {"leader": "jdz"},
    "watched by a member": {"observers": ["dbwy1"]},
    "watched by nobody": {"observers": []},
}


@pytest.mark.parametrize("wrong", LISTS.values(), ids=list(LISTS))
def test_a_wrong_list_of_award_members_is_refused_without_a_name(ladder, said, wrong):
    job = play(ladder, tender(lot("1")), until=steps.register)
    clerk = job.cast["zbr1"]
    planning.fix_award_plan(
        actor=clerk, project=CODE, plan=steps.award_plan(), policy_document=steps.POLICY
    )
    given = {"members": MEMBERS, "leader": "dbwy1", "observers": ["jdz"]} | wrong
    told = said(BadInput, planning.seal_award_members, actor=clerk, project=CODE, **given)
    assert [code for code in (*MEMBERS, "dbwy99", "jdz") if code in told] == []


PERSONS = {
    "known already": {},
    "number too short": {"id_number": planted.ID_NUMBER},
    "phone in words": {"phone": f"电话{planted.ID_NUMBER}"},
}


@pytest.mark.parametrize("wrong", PERSONS.values(), ids=list(PERSONS))
def test_an_expert_is_refused_without_name_and_number(ladder, said, wrong):
    given = application(1)
    del given["term_from"], given["term_to"]
    pool.apply(actor=ladder.cast["zjk"], **given)
    second = given | {"code": "Zexpert999", "person": given["person"] | wrong}
    told = said(BadInput, pool.apply, actor=ladder.cast["zjk"], **second)
    assert [one for one in (planted.NAME, planted.ID_NUMBER) if one in told] == []

"""A lot whose vote ends in a tie, and the public lottery that settles it."""

from audit_log.services import clock, sealer
from award.services import deciding, meeting
from evaluation.services import drawing, lotteries
from experts.services import draws, rounds
from tests.award.acting import BING, JIA, REASONS, YI, last, play, refused, vote

TIED = {
    "methods": [{"method": "direct_vote"}],
    "rounds": None,
    "tie_chain": ["lottery"],
    "max_revotes": 0,
}
EACH_THREE = ([JIA], [JIA], [JIA], [YI], [YI], [YI], [BING])


def call(cast, code):
    """Ask for the lottery; returns the code of its draw."""
    meeting.call_lottery(actor=cast["zbr1"], project=code, held_at=clock.now(), place="第三开标室")
    return last(code, "lottery_called")["draw"]


def committed(cast, code):
    """A lottery asked for, reviewed and committed."""
    draw = call(cast, code)
    draws.review(actor=cast["jyzx1"], draw=draw, approve=True)
    with refused("list_unsealed"):
        drawing.commit_draw(actor=cast["jyzx1"], draw=draw)
    sealer.seal()
    drawing.commit_draw(actor=cast["jyzx1"], draw=draw)
    return draw


def draw_lots(cast, code):
    """The whole lottery; returns its draw's code."""
    draw = committed(cast, code)
    rounds.contribute(actor=cast["zjj"], draw=draw, value="三 五 一 六 二 四")
    rounds.contribute(actor=cast["zbr1"], draw=draw, value="公开抽签 公平公正")
    rounds.open_round(actor=cast["jyzx1"], draw=draw)
    lotteries.run_round(actor=cast["jyzx1"], draw=draw)
    return draw


def decide(cast, code):
    deciding.decide(actor=cast["zbr1"], project=code, reasons=REASONS, departure_reasons=REASONS)


def tied(cast, name="T-LOT"):
    """A lot whose only round ended with two bidders at three votes each."""
    code = play(cast, name, "awarding", plan=TIED).lots[0][0]
    vote(cast, code, *EACH_THREE)
    return code

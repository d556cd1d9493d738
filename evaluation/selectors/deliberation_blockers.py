"""Why an act of the committee's deliberation cannot be done now (evaluation.selectors.blockers)."""

from evaluation.domain import plan as plans
from evaluation.models import Project
from evaluation.selectors import bids, committee, deliberation, ruling, scores
from evaluation.selectors.states import changed, wrong_state
from rulebook.domain import scoring, tendering
from rulebook.domain.blockers import Blocker, blocker, collect

_COMPETITION = "《评标委员会和评标方法暂行规定》第二十七条"
_REJECT = "《中华人民共和国招标投标法实施条例》第五十一条"


def working(row: Project) -> list[Blocker]:
    """The committee evaluates, with everyone in his seat."""
    if row.state != "evaluating":
        return [wrong_state(row)]
    return [changed()] if committee.recomposed(row) else []


def before_opening(row: Project) -> list[Blocker]:
    """The committee evaluates, and its sheets are not closed."""
    if stopped := working(row):
        return stopped
    return [Blocker("scoring_closed", "本轮评分已截止")] if scores.closed(row) else []


def doubt(row: Project) -> list[Blocker]:
    """Scores are doubted once they are open, and before anybody has signed the report."""
    if stopped := working(row):
        return stopped
    if not plans.scored(row.evaluation_plan):
        return [Blocker("nothing_scored", "本项目的评标办法不打分")]
    if not scores.opened(row):
        return [Blocker("sheets_closed", "评分尚未开启")]
    signed = any(part.confirmed_at for part in committee.members(row))
    return [Blocker("report_signed", "已有成员签署评标报告")] if signed else []


def doubts_open(row: Project) -> list[Blocker]:
    """R14: what enough members find abnormal is explained and judged before anybody signs."""
    waiting = len(deliberation.doubted(row))
    if not waiting:
        return []
    message = f"还有 {waiting} 项评分被过半数成员认为异常,应当由评分人书面说明并由评标委员会认定"
    profile, facts = ruling.profile(row), ruling.facts(row)
    return collect(blocker(profile, "R14", "doubts_open", message, facts))


def explain(row: Project) -> list[Blocker]:
    """There is a doubted score that waits for its explanation or judgement."""
    if stopped := doubt(row):
        return stopped
    return [] if deliberation.doubted(row) else [Blocker("nothing_doubted", "没有待说明的异常评分")]


def extend_time(row: Project) -> list[Blocker]:
    """Somebody has asked for more time."""
    if stopped := before_opening(row):
        return stopped
    asked = deliberation.said(row).asking
    return [] if asked else [Blocker("no_time_asked", "没有成员认为评标时间不够")]


def time_due(row: Project) -> list[Blocker]:
    """R13: enough members say the time is short, and the tenderer has not extended it since."""
    asking, members = deliberation.said(row).asking, committee.members(row)
    profile, facts = ruling.profile(row), ruling.facts(row)
    return scoring.time_extension(profile, facts, members=len(members), asking=len(asking))


def rejections_due(row: Project) -> list[Blocker]:
    """Bids that most members are for rejecting are rejected before anything is scored."""
    due = sum(bool(deliberation.carried(row, bid.bidder_id)) for bid in bids.valid(row))
    message = f"有 {due} 份投标被过半数成员认为应当否决,应当先由组长宣布否决"
    return [Blocker("rejection_due", message, basis=_REJECT)] if due else []


def competition_open(row: Project) -> list[Blocker]:
    """Fewer valid bids than it takes: the committee says whether they still compete."""
    if not few(row):
        return []
    judged = deliberation.said(row).competition
    left = len(bids.valid(row))
    if judged.get("valid") != left:
        message = f"有效投标只有 {left} 份,评标委员会应当先认定是否明显缺乏竞争"
        return [Blocker("competition_unjudged", message, basis=_COMPETITION)]
    if judged["sufficient"]:
        return []
    message = "评标委员会认定有效投标明显缺乏竞争,否决全部投标"
    return [Blocker("competition_lacking", message, basis=_COMPETITION)]


def judge_competition(row: Project) -> list[Blocker]:
    """There are fewer valid bids than it takes, but some."""
    if stopped := before_opening(row):
        return stopped
    return [] if few(row) else [Blocker("bids_enough", "有效投标数量达到要求,或者已全部否决")]


def few(row: Project) -> bool:
    """Whether rejections left some valid bids, but fewer than the tender must have had (R33)."""
    left, profile, facts = len(bids.valid(row)), ruling.profile(row), ruling.facts(row)
    rejected = row.bids.count() > left > 0
    return rejected and bool(tendering.enough_bidders(profile, facts, bidders=left))


def establish(row: Project) -> list[Blocker]:
    """Objective factors are established while sheets are still taken, where the plan has any."""
    if stopped := before_opening(row):
        return stopped
    if plans.established(row.evaluation_plan):
        return []
    return [Blocker("nothing_objective", "评标办法没有由评标委员会统一认定的客观项")]


def unestablished(row: Project) -> list[Blocker]:
    """Every objective factor of every valid bid is established before anything is added up."""
    factors = {one["factor"] for one in plans.established(row.evaluation_plan)}
    if not factors:
        return []
    valid = {bid.bidder_id for bid in bids.valid(row)}
    done = sum(one["bidder"] in valid for one in scores.established(row))
    missing = len(valid) * len(factors) - done
    message = f"还有 {missing} 项客观分未由评标委员会统一认定"
    return [Blocker("facts_missing", message)] if missing else []

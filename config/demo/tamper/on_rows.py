"""Business rows deleted or invented: the trail stays whole, the tables say something else."""

from config.demo.tamper.hand import Hand
from config.demo.tamper.table import attack
from experts.models import Expert

_EXPERT = ", ".join(str(one.column) for one in Expert._meta.fields if one.column != "code")


def statement(name: str, title: str, script: str, **noticed: str) -> None:
    """Register the attack that is one statement."""

    def act(hand: Hand) -> None:
        hand.sql(script)

    act.__name__ = name
    attack(title, opens=False, unseen="", **noticed)(act)


statement(
    "expert_deleted",
    "删除一名专家",
    "DELETE FROM experts_expert WHERE code = 'E000003'",
    database="guard: rows of experts_expert stay",
    reconcile="experts_expert E000003",
)
statement(
    "expert_inserted",
    "凭空增加一名专家",
    f"INSERT INTO experts_expert (code, {_EXPERT}) SELECT 'E999999', {_EXPERT} FROM experts_expert"
    " WHERE code = 'E000003'",
    database="guard: no entry for experts_expert",
    reconcile="experts_expert E999999",
)
statement(
    "specialty_inserted",
    "给一名专家凭空增加专业",
    "INSERT INTO experts_expertspecialty (expert_id, code, main) VALUES ('E000003', 'A0101', 0)",
    reconcile="experts_expertspecialty E000003 A0101",
)
statement(
    "seat_deleted",
    "删除一名中选人",
    "DELETE FROM experts_seat WHERE slot = '3'",
    database="guard: rows of experts_seat stay",
    reconcile="experts_seat T-D1 …",
)
statement(
    "project_deleted",
    "删除一个标段",
    "DELETE FROM evaluation_project WHERE code = 'S-1'",
    database="guard: rows of evaluation_project stay",
    reconcile="evaluation_project S-1",
)
statement(
    "candidate_deleted",
    "删除一名候选人",
    "DELETE FROM evaluation_candidate WHERE total = (SELECT MAX(total) FROM evaluation_candidate)",
    reconcile="evaluation_candidate T-1 91330499DM0534726J",
)
statement(
    "bid_inserted",
    "凭空增加一份投标",
    "INSERT INTO evaluation_bid (receipt, price_fen, rejected_for, bidder_id, project_id)"
    " VALUES ('x', 1, '', '91330499DM06815470', 'S-1')",
    reconcile="evaluation_bid S-1 91330499DM06815470",
)
statement(
    "notice_deleted",
    "删除候选人公示",
    "DELETE FROM award_notice WHERE kind = 'candidates'",
    reconcile="award_notice T-1 1 kind",
)
statement(
    "objection_deleted",
    "删除一件异议",
    "DELETE FROM award_objection",
    database="guard: rows of award_objection stay",
    reconcile="award_objection T-1 T-1-O1",
)
statement("award_deleted", "删除定标决定", "DELETE FROM award_award", reconcile="award_award T-1 1")

"""One value changed in a business row: the trail stays whole, the tables say something else."""

from config.demo.tamper.on_rows import statement

T1 = "code = 'T-1'"
OF_T1 = "project_id = 'T-1'"
E3 = "code = 'E000003'"
ROUND = "code = 'T-1-B1-1'"
LOSER = "'91330499DM06815470'"
"""The credit code of a bidder who did not win."""
NO_HASH = "hex(zeroblob(32))"


def _changed(title: str, table: str, column: str, value: str, where: str, **noticed: str) -> None:
    """The attack that gives one column another value."""
    script = f'UPDATE {table} SET "{column}" = {value} WHERE {where}'
    statement(f"{table}_{column}", title, script, **noticed)


_changed(
    "改写项目状态",
    "evaluation_project",
    "state",
    "'contracted'",
    T1,
    database="guard: no entry for evaluation_project",
    reconcile="evaluation_project T-1 state",
)
_changed(
    "改写中标人",
    "evaluation_project",
    "winner",
    LOSER,
    T1,
    reconcile="evaluation_project T-1 winner",
)
_changed(
    "改写最高投标限价",
    "evaluation_project",
    "ceiling_fen",
    "1",
    T1,
    reconcile="evaluation_project T-1 ceiling_fen",
)
_changed(
    "改写定标方案摘要",
    "evaluation_project",
    "award_plan",
    NO_HASH,
    T1,
    reconcile="evaluation_project T-1 award_plan",
)
_changed(
    "改写评标办法",
    "evaluation_project",
    "evaluation_plan",
    "'{}'",
    T1,
    reconcile="evaluation_project T-1 evaluation_plan",
)
_changed(
    "改写投标截止时间",
    "evaluation_project",
    "deadline",
    "'2025-01-01'",
    T1,
    reconcile="evaluation_project T-1 deadline",
)
_changed(
    "改写适用的规则集",
    "evaluation_project",
    "rules",
    NO_HASH,
    T1,
    reconcile="evaluation_project T-1 rules",
)
_changed(
    "改写评标报告摘要",
    "evaluation_project",
    "report",
    NO_HASH,
    T1,
    reconcile="evaluation_project T-1 report",
)
_changed(
    "改写公示截止日",
    "evaluation_project",
    "public_until",
    "'2025-01-01'",
    T1,
    reconcile="evaluation_project T-1 public_until",
)
_changed(
    "改写投标报价",
    "evaluation_bid",
    "price_fen",
    "1",
    OF_T1,
    reconcile="evaluation_bid T-1 91330499DM0534726J price_fen",
)
_changed(
    "写入否决原因",
    "evaluation_bid",
    "rejected_for",
    "'x'",
    OF_T1,
    reconcile="evaluation_bid T-1 91330499DM0534726J rejected_for",
)
_changed(
    "改写候选人得分",
    "evaluation_candidate",
    "total",
    "'99.99'",
    OF_T1,
    reconcile="evaluation_candidate T-1 91330499DM0534726J total",
)
_changed(
    "写入候选人退出原因",
    "evaluation_candidate",
    "left_for",
    "'x'",
    OF_T1,
    reconcile="evaluation_candidate T-1 91330499DM0534726J left_for",
)
_changed(
    "改写评委签到时间",
    "evaluation_part",
    "signed_in_at",
    "'2025-01-01'",
    OF_T1,
    reconcile="evaluation_part T-1 ballot dbwy1 signed_in_at",
)
_changed(
    "改写评委身份",
    "evaluation_part",
    "person",
    "'E999998'",
    OF_T1 + " AND leader",
    reconcile="evaluation_part T-1 ballot E999998",
)
_changed(
    "改写票决结果",
    "award_ballotround",
    "result",
    "'{}'",
    ROUND,
    reconcile="award_ballotround T-1 T-1-B1-1 result",
)
_changed(
    "改写票决候选范围",
    "award_ballotround",
    "eligible",
    "'[]'",
    ROUND,
    reconcile="award_ballotround T-1 T-1-B1-1 eligible",
)
_changed(
    "改写票决轮次状态",
    "award_ballotround",
    "state",
    "'closed'",
    ROUND,
    database="guard: no entry for award_ballotround",
    reconcile="award_ballotround T-1 T-1-B1-1 state",
)
_changed(
    "改写公示内容", "award_notice", "body", NO_HASH, OF_T1, reconcile="award_notice T-1 1 body"
)
_changed(
    "改写异议状态",
    "award_objection",
    "state",
    "'upheld'",
    OF_T1,
    database="guard: no entry for award_objection",
    reconcile="award_objection T-1 T-1-O1 state",
)
_changed(
    "改写异议答复",
    "award_objection",
    "answer",
    NO_HASH,
    OF_T1,
    reconcile="award_objection T-1 T-1-O1 answer",
)
_changed(
    "改写定标理由", "award_award", "reasons", "'x'", OF_T1, reconcile="award_award T-1 1 reasons"
)
_changed(
    "把定标决定改为失效", "award_award", "active", "0", OF_T1, reconcile="award_award T-1 1 active"
)
_changed(
    "改写专家工作单位",
    "experts_expert",
    "employer",
    LOSER,
    E3,
    reconcile="experts_expert E000003 employer",
)
_changed(
    "改写专家状态",
    "experts_expert",
    "state",
    "'suspended'",
    E3,
    database="guard: no entry for experts_expert",
    reconcile="experts_expert E000003 state",
)
_changed(
    "改写专家的流水序号",
    "experts_expert",
    "audit_n",
    "2",
    E3,
    database="guard: no entry for experts_expert",
    reconcile="experts_expert E000003 audit_n",
)
_changed(
    "改写专家的流水哈希",
    "experts_expert",
    "audit_hash",
    "zeroblob(32)",
    E3,
    database="guard: no entry for experts_expert",
    reconcile="experts_expert E000003 audit_hash",
)
_changed(
    "改写专家专业",
    "experts_expertspecialty",
    "code",
    "'A0101'",
    "expert_id = 'E000003' AND main",
    reconcile="experts_expertspecialty E000003 A0101",
)
_changed(
    "改写中选人的席位",
    "experts_seat",
    "slot",
    "'9'",
    "slot = '3'",
    reconcile="experts_seat T-D1 … slot",
)
_changed(
    "改写中选人的状态",
    "experts_seat",
    "state",
    "'declined'",
    "slot = '3'",
    database="guard: no entry for experts_seat",
    reconcile="experts_seat T-D1 … state",
)
_changed(
    "改写评标地点",
    "experts_draw",
    "place",
    "'x'",
    "code = 'T-D1'",
    reconcile="experts_draw T-D1 place",
)
_changed(
    "改写抽取名册摘要",
    "experts_draw",
    "manifest",
    NO_HASH,
    "code = 'T-D1'",
    reconcile="experts_draw T-D1 manifest",
)
_changed(
    "改写账号角色",
    "accounts_user",
    "role",
    "'trading_center'",
    "code = 'zbr1'",
    reconcile="accounts_user zbr1 role",
)
_changed(
    "改写单位名称",
    "accounts_organisation",
    "name",
    "'x'",
    f"code = {LOSER}",
    reconcile="accounts_organisation organisations 91330499DM06815470 name",
)
_changed(
    "改写规则内容",
    "rulebook_ruleprofile",
    "content",
    "'{}'",
    "TRUE",
    reconcile="rulebook_ruleprofile calendar content",
)

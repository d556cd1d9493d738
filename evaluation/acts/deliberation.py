"""The acts of the committee's deliberation, as pages and API offer them."""

from accounts.acts import Act
from evaluation import deliberation_forms as fields
from evaluation.selectors import blockers as report_blockers
from evaluation.selectors import clarifications, offering
from evaluation.selectors import deliberation_blockers as blockers
from evaluation.serializers import Reason
from evaluation.services import clarifying, deliberating, reporting

BEFORE_OPENING = (
    Act(
        "project.review",
        "提交初步评审意见",
        deliberating.review,
        fields.Review,
        blockers=blockers.before_opening,
        initial=offering.own_review,
        offered=offering.signed_in,
        warning="过半数成员认为应当否决的投标,由组长宣布否决;截止前可以重新提交。",
    ),
    Act(
        "project.judge_competition",
        "认定有效投标是否缺乏竞争",
        deliberating.judge_competition,
        fields.Competition,
        blockers=blockers.judge_competition,
        offered=offering.speaks,
        warning="认定明显缺乏竞争的,否决全部投标,招标失败。",
    ),
    Act(
        "project.ask_clarification",
        "要求投标人澄清",
        clarifying.ask_clarification,
        fields.Question,
        blockers=clarifications.ask,
        offered=offering.speaks,
        warning="评标委员会不得暗示或者诱导投标人作出澄清,不得接受投标人主动提出的澄清(条例第五十二条)。",
    ),
    Act(
        "project.answer_clarification",
        "答复澄清要求",
        clarifying.answer_clarification,
        fields.Answer,
        blockers=clarifications.answer,
        offered=clarifications.awaited,
        warning="每项要求只答复一次,提交后不能更改。",
    ),
    Act(
        "project.ask_time",
        "提出评标时间不够",
        deliberating.ask_time,
        Reason,
        blockers=blockers.before_opening,
        offered=offering.signed_in,
        warning="超过三分之一的成员认为时间不够的,招标人应当适当延长。",
    ),
    Act(
        "project.extend_time",
        "延长评标时间",
        deliberating.extend_time,
        fields.Extension,
        blockers=blockers.extend_time,
    ),
)
AFTER_OPENING = (
    Act(
        "project.doubt",
        "提出评分异常",
        deliberating.doubt,
        fields.Doubt,
        blockers=blockers.doubt,
        offered=offering.signed_in,
        warning="过半数成员认为异常的,由评分人书面说明理由。",
    ),
    Act(
        "project.explain",
        "书面说明异常评分",
        deliberating.explain,
        fields.Explanation,
        blockers=blockers.explain,
        offered=offering.doubted,
    ),
    Act(
        "project.judge_score",
        "认定异常评分",
        deliberating.judge_score,
        fields.Judgement,
        blockers=blockers.explain,
        offered=offering.speaks,
        warning="理由不成立的,依规则以其他成员评分的平均值代替,并重新汇总。",
    ),
    Act(
        "project.deem_consent",
        "记录视为同意",
        reporting.deem_consent,
        fields.Silence,
        blockers=report_blockers.sign_report,
        warning="成员拒绝签字又不书面说明不同意见和理由的,视为同意评标结果(条例第五十三条第二款)。",
    ),
)

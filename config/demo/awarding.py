"""From the publicity of the candidates to the notice of award."""

from datetime import timedelta
from decimal import Decimal

from audit_log.services import attachments
from award.models import Objection
from award.selectors import award as awards
from award.services import deciding, halting, meeting, objections, papers, publicity, speaking
from config.demo.case import Bidder, Lot
from config.demo.played import Job, end_failed, local, today, wait_until
from config.demo.tendering import award_members

CHANNEL = "异议通过本平台在线提交,或者送交招标人招标办公室"
VOTER = "(演示选票,非真实投票)"
WHY = "综合比较候选人的方案、报价与履约情况后择优选择。"


def publish_candidates(job: Job) -> None:
    wait_until(local(today() + timedelta(days=1), 9))
    for code, _ in job.going:
        publicity.draft_candidates(actor=job.cast["zbr1"], project=code, objection_channel=CHANNEL)
        publicity.publish_candidates(actor=job.cast["jyzx2"], project=code)
    job.say(f"候选人公示至 {job.project(code).public_until}")


def object_and_answer(job: Job) -> None:
    """A bidder objects inside the window: the project is suspended, answered, resumed."""
    place = _bid_of(job, job.cast["tbr"].org)
    if place is None or not job.objection:
        return
    code, lot = place
    wait_until(local(today() + timedelta(days=1), 10))
    objections.object(
        actor=job.cast["tbr"], project=code, text="对业绩认定有异议,请复核第二项业绩的合同金额。"
    )
    objection = Objection.objects.get(project=code)
    objections.review_objection(
        actor=job.cast["zbr1"], project=code, objection=objection.pk, accept=True, reason=""
    )
    job.say(f"{lot.name} 标段收到投标人异议,项目中止")
    wait_until(local(today() + timedelta(days=1), 15))
    objections.answer_objection(
        actor=job.cast["zbr1"],
        project=code,
        objection=objection.pk,
        upheld=False,
        answer="经核对合同原件,业绩认定符合招标文件要求,维持公示内容。",
    )
    halting.resume(actor=job.cast["zbr1"], project=code)
    job.say(f"{lot.name} 标段异议已在三日内答复,恢复公示")


def _bid_of(job: Job, org: str) -> tuple[str, Lot] | None:
    """The first lot still going in which the body has a bid."""
    rows = ((code, lot) for code, lot in job.going if org in {one.org for one in lot.bidders})
    return next(rows, None)


def begin_award(job: Job) -> None:
    last = max(filter(None, (job.project(code).public_until for code, _ in job.going)))
    wait_until(local(last + timedelta(days=1), 9))
    _begin(job, job.going[0][0])


def _begin(job: Job, code: str) -> None:
    papers.file_paper(
        actor=job.cast["zbr1"],
        project=code,
        paper="price_review",
        evidence=_document("清标报告"),
        held_on=today(),
        pages=12,
    )
    meeting.begin_award(actor=job.cast["zbr1"], project=code)
    for member in (*award_members(job), "jdz"):
        meeting.attend_award(actor=job.cast[member], project=code)


def award(job: Job) -> None:
    """Lot after lot: rounds of sealed, reasoned ballots until one is left; then the decision.

    A lot whose candidates have all won elsewhere has failed, and the next one waits for that.
    """
    for code, lot in job.going:
        if job.is_at(code, "candidates_public"):
            _begin(job, code)
        _vote(job, code, lot)
        if awards.next_step(job.project(code)).kind == "retender":
            end_failed(job)
        else:
            _decide(job, code, lot)


def _document(name: str) -> str:
    """The SHA-256 of an invented document that stands as an attachment."""
    return attachments.keep(f"演示:{name}(虚构)".encode())


def _vote(job: Job, code: str, lot: Lot) -> None:
    number = 0
    while awards.next_step(job.project(code)).kind == "round":
        meeting.open_ballot(actor=job.cast["zbr1"], project=code)
        current = job.project(code).rounds.order_by("-session", "-number")[0]
        known = {bidder.org: bidder for bidder in lot.bidders}
        eligible = [known[org] for org in current.eligible]
        for index, member in enumerate(award_members(job)):
            choices = ballot(lot, number, index, eligible, current.seats)
            meeting.cast_ballot(
                actor=job.cast[member],
                project=code,
                choices=[bidder.org for bidder in choices],
                reason=f"{VOTER}第{index + 1}位委员:{WHY}",
            )
        meeting.close_ballot(actor=job.cast["zbr1"], project=code)
        number += 1


def ballot(lot: Lot, number: int, member: int, eligible: list[Bidder], seats: int) -> list[Bidder]:
    """A ballot of the file, or the stated generator: member k follows the k-th score column.

    Equal scores go to the lower price. The generator knows no winner. A name of the file that is
    not eligible any more stays on the ballot, so that the service refuses it.
    """
    if number < len(lot.ballots):
        by_name = {bidder.name: bidder for bidder in lot.scored}
        return [by_name[name] for name in lot.ballots[number][member]]
    best = sorted(
        eligible,
        key=lambda bidder: (
            -Decimal(bidder.scores[member % len(bidder.scores)]),
            bidder.price_fen,
        ),
    )
    return best[:seats]


def _decide(job: Job, code: str, lot: Lot) -> None:
    speaking.end_meeting(
        actor=job.cast[award_members(job)[0]],
        project=code,
        minutes=_document("定标会议记录"),
        recording=_document("定标会议录音录像"),
    )
    deciding.decide(
        actor=job.cast["zbr2"],
        project=code,
        reasons="定标委员会逐轮票决,所选候选人得票最多,方案可行、报价合理、履约评价良好。",
        departure_reasons="定标委员会按定标方案独立票决,综合履约评价择优确定。",
    )
    winner = next(one for one in lot.bidders if one.org == job.project(code).winner)
    job.say(f"{lot.name} 标段定标:{winner.name}")


def publish_result(job: Job) -> None:
    for code, _ in job.going:
        publicity.publish_result(actor=job.cast["jyzx2"], project=code)
    job.say(f"中标结果公示至 {job.project(code).public_until}")


def notify(job: Job) -> None:
    last = max(filter(None, (job.project(code).public_until for code, _ in job.going)))
    wait_until(local(last + timedelta(days=1), 9))
    for code, lot in job.going:
        publicity.notify(actor=job.cast["zbr1"], project=code)
        job.say(f"{lot.name} 标段发出中标通知书,并书面告知全部未中标的投标人")

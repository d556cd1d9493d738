"""The evaluation committee before it works: seats, sign-in, promise, briefing, declaration.

A committee serves every lot of its group, so a member signs once and it is told in each lot.
"""

from typing import Any

from django.db import transaction

from accounts.domain import roles
from accounts.models import User
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import attachments, trail
from evaluation.models import Part, Project
from evaluation.selectors import blockers, committee
from evaluation.selectors.states import wrong_state
from evaluation.services import lock, sites, undertakings, voiding
from experts.domain.recusal import KINDS, Hit
from experts.selectors.conflicts import OF_OFFICIALS
from experts.services import answers, conflicts
from rulebook.domain.blockers import Blocker, Refused, refuse

MOST_MINUTES = 600
DECLARABLE = [(kind, KINDS[kind].name) for kind in OF_OFFICIALS if KINDS[kind].to == "body"]
"""Kinds of ties to a bidder that a member may name in his declaration, with their names."""
DECLARED = "H3"
"""Ground under which a declared conflict goes to the draw, which tells it as 评标中更换."""
OVER = ("failed", "terminated", "archived")
_STEPS = ("signed_in_at", "promised_at", "briefed_at", "declared_at")
_DONE = {
    "signed_in_at": "签到",
    "promised_at": "签署保密承诺",
    "briefed_at": "完成纪律宣贯",
    "declared_at": "签署回避声明",
}


@transaction.atomic
def appoint_representative(*, actor: Actor, project: str, member: str) -> Ref:
    """Appoint an account of the tenderer's own as its representative in every lot of the group."""
    row, lots = lock.lots_of(project)
    permit(actor, "project.appoint_representative", row)
    refuse(blockers.appoint_representative(row))
    known = User.objects.filter(
        pk=member, role=roles.TENDERER_REP, org_id=row.tenderer_id, is_active=True
    )
    if not known.exists():
        message = "账号不存在,或者不是本单位的招标人代表"
        raise BadInput("member_unknown", message, {"member": message})
    if row.parts.filter(relation=committee.SEATED, person=member).exists():
        raise Refused([Blocker("already_appointed", "该代表已经委派")])
    if any(committee.representative_recused(lot, member) for lot in lots):
        message = "该代表与投标人有应当回避的情形,请委派其他人员"
        raise Refused([Blocker("recusal", message, "R06")])
    refs = {}
    for lot in lots:
        if blockers.appoint_representative(lot):
            continue
        _seat(lot, member, committee.REPRESENTATIVE)
        data = {"member": member}
        refs[lot.pk] = trail.record(lot, "project.representative_appointed", actor, data)
    return refs[row.pk]


def sign_in_expert(*, actor: Actor, group: str) -> tuple[Ref, Actor]:
    """Let a drawn expert sign in: his identity opens in the draw, he takes his seat in every lot.

    `actor` is the handle he was drawn by; returned are the first lot's entry and the actor he is
    from now on. Raises Refused before the opening. One who has a ground of recusal by now is struck
    under his handle, which stays sealed, and then refused (R06): another round fills his seat.
    """
    if _turned_away(actor, group):
        message = "您与本项目的当事人或者其他成员有应当回避的情形,不能参加评标,席位另行补抽"
        raise Refused([Blocker("recusal", message, "R06")])
    return _sign_in(actor, group)


@transaction.atomic
def _turned_away(actor: Actor, group: str) -> bool:
    sitting = _sitting(_drawn_for(actor, group))
    beside = committee.representatives(sitting[0])
    return answers.turn_away(actor=actor, draw=sitting[0].draw, beside=beside)


@transaction.atomic
def _sign_in(actor: Actor, group: str) -> tuple[Ref, Actor]:
    sitting = _sitting(_drawn_for(actor, group))
    opening, code = answers.sign_in(actor=actor, draw=sitting[0].draw)
    known = committee.expert_actor(code)
    handle = actor.id.rpartition("/")[2]
    refs = [_sign_in_to(row, known, handle, opening) for row in sitting]
    return refs[0], known


@transaction.atomic
def sign_in_representative(*, actor: Actor, project: str) -> Ref:
    """Let an appointed representative sign in to every lot of the group."""
    row, lots = lock.lots_of(project)
    permit(actor, "project.sign_in_representative", row)
    _sitting(lots)
    data: dict[str, Any] = {"member": actor.id, "kind": committee.REPRESENTATIVE, "handle": ""}
    data |= sites.seated_at(row, "")
    return _step(row, lots, actor, "signed_in_at", "project.member_signed_in", data)


@transaction.atomic
def promise(*, actor: Actor, project: str) -> Ref:
    """Sign the promise of confidentiality (《招标投标法》第四十四条)."""
    row, lots = lock.lots_of(project)
    permit(actor, "project.promise", row)
    data = {"member": actor.id, "text": _kept(undertakings.PROMISE)}
    return _step(row, lots, actor, "promised_at", "project.member_promised", data)


@transaction.atomic
def brief(*, actor: Actor, project: str, material: str, minutes: int) -> Ref:
    """Record the study of the discipline material (its SHA-256) and the minutes it took."""
    row, lots = lock.lots_of(project)
    permit(actor, "project.brief", row)
    if material != _kept(undertakings.BRIEFING):
        message = "学习材料不是现行的评标纪律"
        raise BadInput("material_unknown", message, {"material": message})
    if not 1 <= minutes <= MOST_MINUTES:
        message = f"学习时间应为 1 至 {MOST_MINUTES} 分钟"
        raise BadInput("minutes_out_of_range", message, {"minutes": message})
    data = {"member": actor.id, "material": material, "minutes": minutes}
    return _step(row, lots, actor, "briefed_at", "project.member_briefed", data)


@transaction.atomic
def declare(
    *, actor: Actor, project: str, conflict: bool, bidder: str = "", relation: str = ""
) -> Ref:
    """Declare before the list of bidders that there is no ground of recusal, or that there is one.

    A conflict may be declared again later; it ends the member's part at once in every lot, and the
    seat of a drawn expert is filled by the next round of the same draw (R06, R07). Where he says
    with which `bidder` (and how: DECLARABLE), it goes on record for later draws as well.
    """
    row, lots = lock.lots_of(project)
    permit(actor, "project.declare", row)
    _check_declared(row, conflict=conflict, bidder=bidder, relation=relation)
    data = {"member": actor.id, "conflict": conflict, "text": _kept(undertakings.DECLARATION)}
    if not conflict:
        return _step(row, lots, actor, "declared_at", "project.member_declared", data)
    refuse(blockers.sit(row))
    own_part(row, actor)
    if bidder:
        conflicts.declare_at_sign_in(actor, relation or "declared", bidder)
    return _leave(row, lots, actor, data)


@transaction.atomic
def elect_leader(*, actor: Actor, project: str, member: str) -> Ref:
    """Record whom the committee elected as its leader, for every lot it sits in."""
    row, lots = lock.lots_of(project)
    permit(actor, "project.elect_leader", row)
    refuse(blockers.sit(row))
    refs = {}
    for lot in lots:
        chosen = lot.parts.filter(relation=committee.SEATED, person=member).first()
        if chosen is None or chosen.signed_in_at is None or blockers.sit(lot):
            continue
        lot.parts.filter(relation=committee.SEATED, leader=True).update(leader=False)
        chosen.leader = True
        chosen.save(update_fields=["leader"])
        refs[lot.pk] = trail.record(lot, "project.leader_elected", actor, {"member": member})
    if row.pk not in refs:
        message = "组长应在已签到的评标委员会成员之中"
        raise BadInput("member_not_seated", message, {"member": message})
    return refs[row.pk]


def recompose(row: Project, actor: Actor) -> None:
    """Before a lot is evaluated again: its committee as the draw has it by now.

    While its report was out others may have been replaced for the other lots of the group.
    """
    for part in committee.left(row.draw).filter(project=row).order_by("person"):
        voiding.end(row, actor, part)
    for seat, opening in committee.newcomers(row):
        _sign_in_to(row, committee.expert_actor(seat.expert), seat.candidate, opening, actor)


def own_part(row: Project, actor: Actor) -> Part:
    """The actor's seat, to be written; raise Refused where he has not taken it."""
    part = committee.part_of(row, actor)
    if part is None or part.signed_in_at is None:
        raise Refused([Blocker("not_signed_in", "请先签到")])
    return part


def speaks_for_committee(row: Project, actor: Actor) -> Part:
    """The seat of who may record what the committee decided: its leader, else any member."""
    part = own_part(row, actor)
    led = row.parts.filter(relation=committee.SEATED, leader=True).exists()
    if led and not part.leader:
        raise Refused([Blocker("leader_records", "评标委员会的决定由组长记录")])
    return part


def _drawn_for(actor: Actor, group: str) -> list[Project]:
    """Lock a group and return its lots that he was drawn for; raise NotFound for none."""
    lots = [row for row in lock.group(group) if actor.id.startswith(f"{row.draw}/")]
    if not lots:
        raise NotFound
    return lots


def _sitting(lots: list[Project]) -> list[Project]:
    """The lots whose committee works now; raise Refused while one waits for its opening."""
    for row in lots:
        if row.state in ("registered", *blockers.BEFORE_OPENING, "suspended"):
            raise Refused([wrong_state(row)])
    found = [row for row in lots if not blockers.sit(row)]
    if not found:
        raise Refused([wrong_state(lots[0])])
    return found


def _sign_in_to(
    row: Project, known: Actor, handle: str, opening: Ref, by: Actor | None = None
) -> Ref:
    part = _seat(row, known.id, committee.EXPERT, handle)
    data = {"member": known.id, "kind": committee.EXPERT, "handle": handle}
    data |= _remarked(committee.remarks(row, known)) | sites.seated_at(row, handle)
    ref = trail.record(row, "project.member_signed_in", by or known, data, refs=[opening])
    stamp(part, "signed_in_at", row)
    return ref


def _remarked(hits: list[Hit]) -> dict[str, Any]:
    """Ties that stop nobody, as the entry of his sign-in notes them; {} where there are none."""
    rows = [{"rule": hit.rule, "code": hit.kind} for hit in hits]
    return {"noted": rows} if rows else {}


def stamp(part: Part, name: str, row: Project) -> None:
    """Put the time of the row's newest entry on a part, so that trail and table say the same."""
    setattr(part, name, row.audit_at)
    part.save(update_fields=[name])


def _seat(row: Project, person: str, kind: str, handle: str = "") -> Part:
    return Part.objects.create(
        project=row, relation=committee.SEATED, person=person, kind=kind, handle=handle
    )


def _step(
    row: Project, lots: list[Project], actor: Actor, step: str, event: str, data: dict[str, Any]
) -> Ref:
    """Stamp one step of a member in every lot he sits in; each step once, in its order."""
    refuse(blockers.sit(row) or _out_of_turn(row, actor, step))
    refs = {}
    for lot in lots:
        if blockers.sit(lot) or _out_of_turn(lot, actor, step):
            continue
        part = lot.parts.get(relation=committee.SEATED, person=actor.id)
        refs[lot.pk] = trail.record(lot, event, actor, data)
        stamp(part, step, lot)
    return refs[row.pk]


def _out_of_turn(row: Project, actor: Actor, step: str) -> list[Blocker]:
    part = committee.part_of(row, actor)
    if part is None:
        return [Blocker("not_seated", "您不是本项目评标委员会成员")]
    if getattr(part, step) is not None:
        return [Blocker("step_done", f"您已{_DONE[step]}")]
    earlier = _STEPS[: _STEPS.index(step)]
    missing = [name for name in earlier if getattr(part, name) is None]
    return [Blocker("step_missing", f"请先{_DONE[missing[0]]}")] if missing else []


def _leave(row: Project, lots: list[Project], actor: Actor, data: dict[str, Any]) -> Ref:
    """End a member's part in every lot whose committee works, and vacate his seat in the draw.

    A lot whose report is out keeps it, unless a ground on record concerns that lot itself: then his
    sheet is void there, too, and the lot must be evaluated again.
    """
    refuse(blockers.sit(row))
    part = own_part(row, actor)
    refs = {}
    for lot in lots:
        mine = lot.parts.filter(relation=committee.SEATED, person=actor.id).first()
        if mine is None or lot.state in OVER:
            continue
        if blockers.sit(lot):
            if committee.at_work(lot) or actor.id in committee.recused(lot):
                voiding.end(lot, actor, mine)
            continue
        refs[lot.pk] = trail.record(lot, "project.member_declared", actor, data)
        voiding.void_sheet(lot, actor, actor.id)
        mine.delete()
    if part.kind == committee.EXPERT:
        answers.strike(actor=SYSTEM, draw=row.draw, candidate=part.handle, reason=DECLARED)
    return refs[row.pk]


def _check_declared(row: Project, *, conflict: bool, bidder: str, relation: str) -> None:
    if (bidder or relation) and not conflict:
        message = "声明没有应当回避的情形的,不填投标人和关系"
        raise BadInput("conflict_denied", message, {"conflict": message})
    if bidder and not row.bids.filter(bidder_id=bidder).exists():
        message = "该单位不是本标段的投标人"
        raise BadInput("bidder_unknown", message, {"bidder": message})
    if relation and not (bidder and relation in dict(DECLARABLE)):
        message = "请同时选择投标人和列出的关系"
        raise BadInput("relation_unknown", message, {"relation": message})


def _kept(text: str) -> str:
    return attachments.keep(text.encode())

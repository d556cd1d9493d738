"""Scores from paper: one person types them, a second types them again, the member seals them.

The sealed sheet is the member's own and of the same form as any other; which scan it came from
stands beside it, in the entry that its `refs` name. What was typed is sealed at once and shown to
nobody: a difference is told by its cell, never by its value.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import envelopes, trail
from evaluation.domain.paper import differences
from evaluation.models import Project
from evaluation.selectors import paper
from evaluation.selectors import scores as sheets
from evaluation.selectors.paper import Paper
from evaluation.services import lock, scoring
from evaluation.services.committee import own_part, stamp
from experts.services import inputs
from rulebook.domain.blockers import Blocker, Refused, refuse

Rows = Sequence[dict[str, str]]


@transaction.atomic
def enter(
    *,
    actor: Actor,
    project: str,
    member: str,
    sheet: str,
    scores: Rows = (),
    verdicts: Rows = (),
) -> Ref:
    """Enter a member's paper sheet, scanned (`sheet` is its SHA-256), as the first person.

    `scores` and `verdicts` as in `scoring.seal_sheet`.
    """
    row = lock.project(project)
    permit(actor, "project.enter_paper_sheet", row)
    refuse(paper.enter(row))
    inputs.document(sheet, "sheet")
    if member not in paper.members(row):
        message = "请选择已签到、尚未提交评分的评委"
        raise BadInput("member_unknown", message, {"member": message})
    content = scoring.sheet_content(row, scores, verdicts)
    kind = f"paper_sheet/{row.evaluation_round}/{member}"
    commitment, _ = envelopes.keep(row, kind=kind, author=actor.id, content=content)
    data = {"round": row.evaluation_round, "member": member, "sheet": sheet}
    return trail.record(row, paper.ENTERED, actor, data | {"commitment": commitment})


@transaction.atomic
def confirm(
    *,
    actor: Actor,
    project: str,
    member: str,
    sheet: str,
    scores: Rows = (),
    verdicts: Rows = (),
) -> Ref:
    """Type the sheet again, as the second person; raise BadInput naming each cell that differs."""
    row = lock.project(project)
    permit(actor, "project.confirm_paper_sheet", row)
    refuse(paper.confirm(row))
    one = _waiting(row, member, confirmed=False)
    if one.entered_by == actor.id:
        raise Refused([Blocker("same_person", "应由录入人以外的人员再次录入")])
    if sheet != one.sheet:
        message = "不是第一次录入的那份纸质评分表"
        raise BadInput("sheet_differs", message, {"sheet": message})
    typed = scoring.sheet_content(row, scores, verdicts)
    _refuse_differences(row, envelopes.content_of(row.stream, one.commitment), typed)
    return trail.record(row, paper.CONFIRMED, actor, _told(one))


@transaction.atomic
def send_back(*, actor: Actor, project: str, member: str) -> Ref:
    """Take an entered sheet back, so that it is typed anew."""
    row = lock.project(project)
    permit(actor, "project.return_paper_sheet", row)
    refuse(paper.send_back(row))
    return trail.record(row, paper.RETURNED, actor, _told(_entered(row, member)))


@transaction.atomic
def adopt(*, actor: Actor, project: str) -> Ref:
    """The member seals what two persons typed from his paper as his own sheet."""
    row = lock.project(project)
    permit(actor, "project.adopt_paper_sheet", row)
    refuse(paper.adopt(row))
    part = own_part(row, actor)
    one = _waiting(row, actor.id, confirmed=True)
    sealed = envelopes.seal(
        row,
        "project.score_sheet_sealed",
        actor,
        kind=sheets.kind(row),
        content=envelopes.content_of(row.stream, one.commitment),
        refs=[one.ref],
    )
    stamp(part, "sealed_at", row)
    return sealed.ref


def _refuse_differences(row: Project, first: dict[str, Any], second: dict[str, Any]) -> None:
    cells = differences(first, second)
    if not cells:
        return
    names = dict(row.bids.values_list("bidder_id", "bidder__name"))
    words = {one["factor"]: one["name"] for one in row.evaluation_plan.get("factors", ())}
    words |= {"verdict": "评审结论", "opinion": "评审意见"}
    told = {
        f"{bidder}/{factor}": f"{names[bidder]} {words[factor]}:两次录入不一致"
        for bidder, factor in cells
    }
    raise BadInput("paper_differs", ";".join(told.values()), told)


def _entered(row: Project, member: str) -> Paper:
    one = paper.of(row).get(member)
    if one is None:
        message = "该评委没有已录入的纸质评分表"
        raise BadInput("member_unknown", message, {"member": message})
    return one


def _waiting(row: Project, member: str, *, confirmed: bool) -> Paper:
    one = _entered(row, member)
    if bool(one.confirmed_by) != confirmed:
        known = "已经复核" if one.confirmed_by else "尚未复核"
        raise Refused([Blocker("wrong_part_state", f"该纸质评分表{known},不能办理")])
    return one


def _told(one: Paper) -> dict[str, Any]:
    return {"member": one.member, "sheet": one.sheet, "commitment": one.commitment}

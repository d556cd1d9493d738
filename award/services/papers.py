"""Papers of an award (定标资料) put on file by hash, those for the vote before the vote."""

import re
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from award.domain.papers import PAPERS
from award.selectors import award, papers
from award.selectors.rules import binding, today
from evaluation.models import Project
from evaluation.services import lock
from rulebook.domain import award_papers as rules
from rulebook.domain.blockers import Blocker, Refused, refuse

_SHA256 = re.compile(r"[0-9a-f]{64}")


@transaction.atomic
def file_paper(
    *,
    actor: Actor,
    project: str,
    paper: str,
    evidence: str,
    held_on: date,
    pages: int,
    persons: Sequence[str] = (),
    bidders: Sequence[str] = (),
    absent: Sequence[str] = (),
    recording: str = "",
) -> Ref:
    """File a paper by its SHA-256; `held_on` is the day of what it tells of.

    A visit or a hearing (`asks`) says who of the tenderer (accounts) went, which candidates were
    asked and which did not appear (放弃答辩), and names its recording. Raises BadInput for what
    does not fit its kind, Refused for an input once the vote has begun.
    """
    row = lock.project(project)
    permit(actor, "project.file_paper", row)
    refuse(papers.file_paper(row))
    kind = PAPERS.get(paper)
    if kind is None:
        raise _bad("paper", "paper_unknown", "请选择列出的种类")
    if kind.input and (row.state not in papers.BEFORE_VOTE or papers.voting_begun(row)):
        raise Refused([Blocker("voting_begun", "投票已经开始,不能再提交定标依据材料")])
    if held_on > today():
        raise _bad("held_on", "date_ahead", "日期不能晚于今天")
    data = {
        "paper": paper,
        "evidence": document("evidence", evidence),
        "held_on": held_on.isoformat(),
        "pages": pages,
        "input": kind.input,
        "persons": sorted(persons),
        "bidders": sorted(bidders),
        "missed": sorted(absent),
        "recording": document("recording", recording) if recording else "",
    }
    warnings = refuse(_inquiry(row, persons, bidders, absent, recording) if kind.asks else [])
    if not kind.asks and (persons or bidders or absent or recording):
        raise _bad("paper", "paper_asks_nobody", "只有考察、质询填写参加人员、候选人和录音录像")
    return trail.record(row, papers.FILED, actor, data | lock.noted(warnings))


def document(field: str, value: str) -> str:
    """Return a SHA-256; raise BadInput for anything else."""
    if not _SHA256.fullmatch(value):
        raise _bad(field, "document_unreadable", "请填写文件的 SHA-256,64 位小写十六进制")
    return value


def _inquiry(
    row: Project,
    persons: Sequence[str],
    bidders: Sequence[str],
    absent: Sequence[str],
    recording: str,
) -> list[Blocker]:
    """The rules of visiting and hearing, after what was filled in is known to fit."""
    own = User.objects.filter(pk__in=persons, org_id=row.tenderer_id).count()
    if not persons or own != len(persons):
        raise _bad("persons", "persons_of_others", "请列出参加人员,账号须属于招标人,不得重复")
    standing = [candidate.bid.bidder_id for candidate in award.standing(row)]
    if not bidders or len(set(bidders)) != len(bidders) or not set(bidders) <= set(standing):
        raise _bad("bidders", "not_candidate", "请列出在列的候选人,不得重复")
    if not set(absent) <= set(bidders):
        raise _bad("absent", "not_asked", "未到的应当在通知的候选人之内")
    profile, facts = binding(row)
    return rules.inquiry(
        profile,
        facts,
        persons=len(persons),
        asked=bidders,
        candidates=standing,
        recorded=bool(recording),
    )


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})

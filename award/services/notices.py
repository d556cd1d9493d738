"""Notices: composed from facts, checked for personal data, prepared by one and released by another.

A notice is an attachment of canonical JSON. It is composed from what stands in tables and trail,
never typed; what people add in free text is checked before it may go public.
"""

from datetime import datetime
from typing import Any

from django.db.models import Max

from accounts.services.gate import BadInput
from audit_log.domain.entry import Actor, format_time
from audit_log.selectors import trail
from audit_log.services import attachments, locks
from award.domain.disclosure import Hit
from award.domain.publicity import address
from award.domain.terms import METHODS
from award.models import Award, Notice
from award.selectors import award, screening
from award.selectors.rules import binding, local_day
from evaluation.domain.lifecycle import PROJECT
from evaluation.models import Bid, Candidate, Project
from evaluation.selectors import scores
from rulebook.domain import tendering

FIELDS = {
    "objection_channel": "异议受理部门和方式",
    "office": "联系方式",
    "reasons": "定标理由",
    "reason": "理由",
    "explanation": "保留的说明",
    "clarification": "澄清、修改的内容",
    "rejected": "被否决的投标",
}
"""Places of a document as forms name them."""


def clean(project: Project, field: str, text: str, *, least: int = 1) -> str:
    """Return a text that may go public; raise BadInput where it is too short or discloses."""
    text = text.strip()
    if len("".join(text.split())) < least:
        raise _bad("text_too_short", field, f"不得少于 {least} 字")
    found = screening.hits(project, {field: text})
    _refuse(project, field, screening.forbidden(project, found))
    return text


def candidates(project: Project, objection_channel: str) -> dict[str, Any]:
    """Compose 中标候选人公示 from the report's facts (条例第五十四条)."""
    rejected = project.bids.exclude(rejected_for="").select_related("bidder")
    return {
        **_head(project, "candidates"),
        "report": project.report,
        "candidates": [_candidate(row) for row in award.standing(project)],
        "rejected": [
            {**_bidder(bid), "reason": bid.rejected_for} for bid in rejected.order_by("bidder_id")
        ],
        "objection_channel": objection_channel,
    }


def tender(project: Project, office: str) -> dict[str, Any]:
    """Compose 招标公告: what is tendered, until when, and how the winner is found."""
    profile, _ = binding(project)
    facts = ("region", "trade", "funds", "compulsory", "ceiling_fen")
    return {
        **_head(project, "tender"),
        **{name: getattr(project, name) for name in facts},
        "deadline": format_time(project.deadline) if project.deadline else "",
        "basis": profile.rule(tendering.regime_rule(project.regime)).basis,
        "candidates": project.evaluation_plan["candidates"],
        "plan": project.award_plan,
        "office": office,
    }


def clarification(project: Project, text: str) -> dict[str, Any]:
    """Compose a clarification of the tender document: what holds from now on, and why."""
    return {**_head(project, "clarify"), "plan": project.award_plan, "clarification": text}


def ended(project: Project, office: str) -> dict[str, Any]:
    """Compose the notice that a tender has failed or was broken off, with the reason given."""
    told = trail.events(project.stream, "project.failed", "project.terminated", "project.upheld")
    reason = told[-1]["data"].get("reason", "") if told else ""
    return {
        **_head(project, "ended"),
        "state": PROJECT[project.state],
        "reason": reason or "投诉或者异议成立,招标无效",
        "office": office,
    }


def result(project: Project, decision: Award) -> dict[str, Any]:
    """Compose 中标结果公示: winner, reasons, and the votes of every round without the ballots."""
    found = [one.result for one in award.rounds(project)] if project.award_session else []
    return {
        **_head(project, "result"),
        "winner": {**_bidder(decision.bid), "price_fen": decision.bid.price_fen},
        "decided_on": local_day(decision.decided_at).isoformat(),
        "reasons": decision.reasons,
        "plan": project.award_plan,
        "rounds": [{**one["count"], "ties": one["ties"]} for one in found],
    }


def award_notice(project: Project, decision: Award) -> dict[str, Any]:
    """Compose 中标通知书."""
    won = {**_bidder(decision.bid), "price_fen": decision.bid.price_fen}
    return {**_head(project, "award"), "winner": won}


def lost_notice(project: Project, decision: Award, bid: Bid) -> dict[str, Any]:
    """Compose 中标结果通知 to one who did not win, with his own reason (招标投标法第四十五条)."""
    candidate = Candidate.objects.filter(bid=bid).first()
    return {
        **_head(project, "lost"),
        "to": _bidder(bid),
        "winner": {**_bidder(decision.bid), "price_fen": decision.bid.price_fen},
        "candidate": candidate is not None,
        "rejected_for": bid.rejected_for,
        "left_for": candidate.left_for if candidate else "",
        "because": _because(project, bid, candidate),
    }


def _because(project: Project, bid: Bid, candidate: Candidate | None) -> str:
    """Why this bidder did not win, in a sentence."""
    if bid.rejected_for:
        return f"投标被否决:{bid.rejected_for}"
    if candidate is None:
        rows = (scores.result(project) or {"totals": []})["totals"]
        row = next(one for one in rows if one["bidder"] == bid.bidder_id)
        return f"评标得分 {row['total']},第 {row['rank']} 名,未列入中标候选人"
    if candidate.left_for:
        return "已退出中标候选人"
    counted = _last_count(project, bid.bidder_id)
    return f"{counted},未入选" if counted else "已按定标方案或者排名确定其他中标候选人"


def _last_count(project: Project, bidder: str) -> str:
    """The last round of the present award in which a bidder stood, and what he got there."""
    found = ""
    for one in award.rounds(project) if project.award_session else ():
        count = one.result["count"]
        for line in count["tally"]:
            if line["bidder"] == bidder:
                method = METHODS[count["method"]]
                found = f"定标第 {one.number} 轮投票({method})得 {_figure(line['value'])}"
    return found


def _figure(value: Any) -> str:
    return f"{value['sum']} ÷ {value['count']}" if isinstance(value, dict) else str(value)


def prepare(
    project: Project, kind: str, document: dict[str, Any], actor: Actor, explanation: str = ""
) -> Notice:
    """Keep a draft with what the check found in it.

    Raises BadInput for what must not go public, and for what may stay with an `explanation` only.
    """
    found = screening.hits(project, document)
    _refuse(project, kind, screening.forbidden(project, found))
    explained = clean(project, "explanation", explanation, least=4) if explanation.strip() else ""
    if open_hits := screening.unexplained(project, found) if not explained else []:
        told = screening.words(open_hits, FIELDS)
        raise _bad("explanation_missing", "explanation", f"请删除或者说明保留的理由:{told}")
    return Notice.objects.create(
        project=project,
        kind=kind,
        to=document["to"]["bidder"] if kind == "lost" else "",
        body=attachments.keep_document(document),
        prepared_by=actor.id,
        hits=[hit.as_data() for hit in found],
        explanation=explained,
    )


def drafted(notice: Notice) -> dict[str, Any]:
    """What an entry says of a draft: its hash, what the check found, and why that may stay."""
    data: dict[str, Any] = {"notice": notice.body}
    if notice.hits:
        data["hits"] = notice.hits
    if notice.explanation:
        data["explanation"] = notice.explanation
    return data


def release(notice: Notice, actor: Actor, at: datetime) -> None:
    """Let a notice go out in the releaser's name, at the time that its entry bears."""
    notice.released_by, notice.released_at = actor.id, at
    notice.save()


def publish(notice: Notice, actor: Actor, at: datetime) -> dict[str, Any]:
    """Put a notice on the public site under the next number; return what the entry says of it.

    The numbers have no gaps and rise in the order of the commits: whoever has read up to one has
    missed nothing (the feed).
    """
    _refuse(notice.project, notice.kind, _disclosed(notice))
    locks.names("public notices")
    last = Notice.objects.aggregate(last=Max("serial"))["last"] or 0
    notice.serial = last + 1
    release(notice, actor, at)
    return {
        "notice": notice.body,
        "serial": notice.serial,
        "where": address(notice.serial),
        "prepared_by": notice.prepared_by,
    }


def _head(project: Project, kind: str) -> dict[str, Any]:
    return {
        "v": 1,
        "notice": kind,
        "project": project.pk,
        "title": project.title,
        "lot": project.lot,
        "tenderer": {"org": project.tenderer_id, "name": project.tenderer.name},
        "regime": project.regime,
        "rules": project.profile,
    }


def _bidder(bid: Bid) -> dict[str, Any]:
    return {"bidder": bid.bidder_id, "name": bid.bidder.name}


def _candidate(row: Candidate) -> dict[str, Any]:
    price = {"price_fen": row.bid.price_fen, "total": row.total, "rank": row.rank}
    return {**_bidder(row.bid), **price}


def _disclosed(notice: Notice) -> list[Hit]:
    """What by now must not go public, although it could when it was drafted."""
    found = screening.hits(notice.project, trail.document(notice.body))
    return screening.forbidden(notice.project, found)


def _refuse(project: Project, field: str, found: list[Hit]) -> None:
    if found:
        told = screening.words(found, FIELDS)
        message = f"公开内容不得含有({told})。依据:{screening.basis(project)}"
        raise _bad("personal_data", field, message)


def _bad(code: str, field: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})

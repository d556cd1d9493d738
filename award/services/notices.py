"""Notices: composed from facts, checked for personal data, prepared by one and released by another.

A notice is an attachment of canonical JSON. It is composed from what stands in tables and trail,
never typed; what people add in free text is checked before it may go public.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from accounts.services.gate import BadInput
from audit_log.domain.entry import Actor
from audit_log.services import attachments
from award.models import Award, Notice
from award.selectors import award
from award.selectors.rules import local_day
from evaluation.models import Bid, Candidate, Project

_EDGE = "[0-9A-Za-z]"
_FOUND = {
    "手机号码": re.compile(rf"(?<!{_EDGE})1[3-9][0-9]{{9}}(?!{_EDGE})"),
    "身份证号码": re.compile(
        rf"(?<!{_EDGE})[0-9]{{6}}(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
        rf"[0-9]{{3}}[0-9Xx](?!{_EDGE})"
    ),
}


def personal_data(text: str, people: Iterable[str]) -> list[str]:
    """Name the kinds of personal data in a text: phone and identity numbers, codes of people."""
    found = [kind for kind, pattern in _FOUND.items() if pattern.search(text)]
    coded = any(
        re.search(rf"(?<![0-9A-Za-z._-]){re.escape(code)}(?![0-9A-Za-z._-])", text)
        for code in people
    )
    return found + (["评委或者定标委员的代码"] if coded else [])


def clean(project: Project, field: str, text: str, *, least: int = 1) -> str:
    """Return a text that may go public; raise BadInput where it is too short or names people."""
    text = text.strip()
    if len("".join(text.split())) < least:
        raise _bad("text_too_short", field, f"不得少于 {least} 字")
    _refuse_people(project, field, text)
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
    }


def prepare(project: Project, kind: str, document: dict[str, Any], actor: Actor) -> Notice:
    """Keep a draft; raise BadInput where its text holds personal data."""
    _refuse_people(project, kind, "\n".join(_texts(document)))
    return Notice.objects.create(
        project=project,
        kind=kind,
        to=document["to"]["bidder"] if kind == "lost" else "",
        body=attachments.keep_document(document),
        prepared_by=actor.id,
    )


def release(notice: Notice, actor: Actor, at: datetime) -> None:
    """Let a notice go out in the releaser's name, at the time that its entry bears."""
    notice.released_by, notice.released_at = actor.id, at
    notice.save()


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


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from _texts(list(value.values()))
        case list():
            for item in value:
                yield from _texts(item)


def _refuse_people(project: Project, field: str, text: str) -> None:
    people = project.parts.values_list("person", flat=True)
    if found := personal_data(text, people):
        raise _bad("personal_data", field, f"公开内容不得含有{'、'.join(found)}")


def _bad(code: str, field: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})

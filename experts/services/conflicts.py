"""Grounds of recusal on record: who recorded each, by what evidence, who confirmed or lifted it.

A conflict counts from its recording until it is lifted or has expired; while a release is asked for
it still counts. Nobody lifts his own: two persons of another body than his do, one asking, one
agreeing. To whom it ties him is sealed in his stream and opened by nobody but the logged reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts.domain import credit_code
from accounts.models import User
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import envelopes, trail
from experts.domain import grounds
from experts.domain.recusal import KINDS, RECORDABLE
from experts.models import AccountConflict, Expert, ExpertConflict
from experts.selectors import conflicts
from experts.selectors.conflicts import Recorded, Subject
from experts.services import inputs, lock
from rulebook.domain.blockers import refuse

SELF, SIGN_IN = "self", "sign_in"
_ACTS = {
    "expert": {
        "declare": "expert.declare_conflict",
        "record": "expert.record_conflict",
        "confirm": "expert.confirm_conflict",
        "ask_release": "expert.ask_release",
        "lift": "expert.lift_conflict",
        "read": "expert.read_conflict",
    },
    "account": {
        "declare": "account.declare_conflict",
        "record": "account.record_conflict",
        "confirm": "account.confirm_conflict",
        "ask_release": "account.ask_release",
        "lift": "account.lift_conflict",
        "read": "account.read_conflict",
    },
}
_EVENTS = {
    "expert": {
        "recorded": "expert.conflict_recorded",
        "confirmed": "expert.conflict_confirmed",
        "release_asked": "expert.conflict_release_asked",
        "release_refused": "expert.conflict_release_refused",
        "lifted": "expert.conflict_lifted",
        "read": "expert.conflict_read",
    },
    "account": {
        "recorded": "account.conflict_recorded",
        "confirmed": "account.conflict_confirmed",
        "release_asked": "account.conflict_release_asked",
        "release_refused": "account.conflict_release_refused",
        "lifted": "account.conflict_lifted",
        "read": "account.conflict_read",
    },
}


@dataclass(frozen=True)
class Claim:
    """What is claimed: a kind of RECORDABLE, the party it ties him to, and for how long.

    `share` is the percentage held, as text; `party` a credit code, a person's code, or "".
    """

    kind: str
    party: str = ""
    share: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def declare(*, actor: Actor, expert: str = "", account: str = "", **claim: Any) -> Ref:
    """Declare a conflict of one's own (fields: `Claim`); no evidence is asked for."""
    row = _locked(expert, account)
    permit(actor, _act(row, "declare"), row)
    return _record(row, actor, Claim(**claim), SELF, "")


@transaction.atomic
def record(
    *,
    actor: Actor,
    expert: str = "",
    account: str = "",
    evidence: str,
    source: str,
    **claim: Any,
) -> Ref:
    """Record another's conflict by a document (SHA-256) and one of `grounds.SOURCES`."""
    row = _locked(expert, account)
    permit(actor, _act(row, "record"), row)
    inputs.document(evidence, "evidence")
    inputs.listed(source, grounds.SOURCES, "source")
    return _record(row, actor, Claim(**claim), source, evidence)


def declare_at_sign_in(actor: Actor, kind: str, bidder: str) -> Ref:
    """Put on record what a member declares against a bidder before the list of bidders.

    Called by the evaluation within its own transaction; the right is that of declaring one's own.
    """
    account = actor.role != "expert"
    row = _locked("" if account else actor.id, actor.id if account else "")
    permit(actor, _act(row, "declare"), row)
    return _record(row, actor, Claim(kind, bidder), SIGN_IN, "")


@transaction.atomic
def confirm(*, actor: Actor, expert: str = "", account: str = "", conflict: str) -> Ref:
    """Confirm what another person has recorded."""
    row = _locked(expert, account)
    permit(actor, _act(row, "confirm"), row)
    one = _conflict(row, conflict)
    refuse(conflicts.confirm(one, actor))
    one.confirm()
    one.confirmed_by = actor.id
    return _tell(row, one, actor, "confirmed", {})


@transaction.atomic
def ask_release(
    *,
    actor: Actor,
    expert: str = "",
    account: str = "",
    conflict: str,
    ground: str,
    decision: str,
) -> Ref:
    """Ask that a conflict be lifted, on one of `grounds.RELEASE`; it counts until it is lifted.

    `decision` is the SHA-256 of the document that shows the ground. Raises Refused for the person
    himself and for anyone of his own body.
    """
    row = _locked(expert, account)
    permit(actor, _act(row, "ask_release"), row)
    inputs.listed(ground, grounds.RELEASE)
    inputs.document(decision, "decision")
    one = _conflict(row, conflict)
    refuse(conflicts.ask_release(one, actor))
    one.ask_release()
    one.release_by = actor.id
    return _tell(row, one, actor, "release_asked", {"ground": ground, "decision": decision})


@transaction.atomic
def lift(*, actor: Actor, expert: str = "", account: str = "", conflict: str, approve: bool) -> Ref:
    """Agree to a release, as the second person, or refuse it."""
    row = _locked(expert, account)
    permit(actor, _act(row, "lift"), row)
    one = _conflict(row, conflict)
    refuse(conflicts.lift(one, actor))
    if not approve:
        one.refuse_release()
        one.release_by = ""
        return _tell(row, one, actor, "release_refused", {})
    one.lift()
    one.lifted_by = actor.id
    return _tell(row, one, actor, "lifted", {})


@transaction.atomic
def read(
    *, actor: Actor, expert: str = "", account: str = "", conflict: str
) -> tuple[Ref, dict[str, Any]]:
    """Read to whom a conflict ties him; the reading is an entry. Returns it and the content."""
    row = _locked(expert, account)
    permit(actor, _act(row, "read"), row)
    one = _conflict(row, conflict)
    ref, opening = envelopes.read_one(
        row,
        _EVENTS[row.STREAM_KIND]["read"],
        actor,
        commitment=one.commitment,
        extra={"code": one.pk},
    )
    return ref, opening.content


def _record(row: Subject, actor: Actor, claim: Claim, source: str, evidence: str) -> Ref:
    _check(row, claim)
    model = _MODELS[row.STREAM_KIND]
    code = f"{row.pk}-H{model.objects.filter(person=row.pk).count() + 1}"
    commitment, _ = envelopes.keep(
        row, kind=conflicts.envelope_kind(code), author=actor.id, content={"party": claim.party}
    )
    told = {
        "kind": claim.kind,
        "commitment": commitment,
        "evidence": evidence,
        "source": source,
        "share": claim.share,
        "valid_from": claim.valid_from.isoformat() if claim.valid_from else None,
        "valid_to": claim.valid_to.isoformat() if claim.valid_to else None,
    }
    days = {"valid_from": claim.valid_from, "valid_to": claim.valid_to}
    one = model(
        code=code,
        person_id=row.pk,
        tag=conflicts.tag_of(claim.party),
        recorded_by=actor.id,
        **told | days,
    )
    step = {"conflict": {"code": code, "from": "", "to": one.state}}
    ref = trail.record(row, _EVENTS[row.STREAM_KIND]["recorded"], actor, step | told)
    trail.told_by(one, ref)
    one.save(force_insert=True)
    return ref


def _tell(row: Subject, one: Recorded, actor: Actor, event: str, data: Mapping[str, str]) -> Ref:
    before = type(one).objects.values_list("state", flat=True).get(pk=one.pk)
    step = {"conflict": {"code": one.pk, "from": before, "to": one.state}}
    ref = trail.record(row, _EVENTS[row.STREAM_KIND][event], actor, {**step, **data})
    trail.told_by(one, ref)
    one.save()
    return ref


_MODELS: dict[str, type[Recorded]] = {
    "expert": ExpertConflict,
    "account": AccountConflict,
}


def _locked(expert: str, account: str) -> Subject:
    row = lock.expert(expert) if expert else User.locked(account)
    if row is None:
        raise NotFound
    return row


def _conflict(row: Subject, code: str) -> Recorded:
    found = _MODELS[row.STREAM_KIND].objects.filter(person=row.pk, pk=code).first()
    if found is None:
        message = "没有这一回避登记"
        raise BadInput("conflict_unknown", message, {"conflict": message})
    return found


def _act(row: Subject, name: str) -> str:
    return _ACTS[row.STREAM_KIND][name]


def _check(row: Subject, claim: Claim) -> None:
    """Raise BadInput where the claim does not fit its kind."""
    official = row.STREAM_KIND == "account"
    if claim.kind not in (conflicts.OF_OFFICIALS if official else RECORDABLE):
        raise BadInput("kind_unknown", "请选择列出的种类", {"kind": "请选择列出的种类"})
    wrong = {}
    if problem := _wrong_party(row, KINDS[claim.kind].to, claim.party):
        wrong["party"] = problem
    if claim.share and (claim.kind != "shareholder" or not conflicts.SHARE.fullmatch(claim.share)):
        wrong["share"] = "只有持股才填比例,应为不超过 100 的百分数,至多四位小数"
    if claim.valid_from and claim.valid_to and claim.valid_to < claim.valid_from:
        wrong["valid_to"] = "不能早于起始日"
    if wrong:
        raise BadInput("conflict_malformed", "回避登记有误", wrong)


def _wrong_party(row: Subject, to: str, party: str) -> str:
    if to == "body":
        return "" if credit_code.is_valid(party) else "应为单位的统一社会信用代码"
    if to == "person":
        known = Expert.objects.filter(pk=party).exists() or User.objects.filter(pk=party).exists()
        return "" if known and party != row.pk else "应为其他专家的编号或者人员的账号"
    return "这一种类不填对方" if party else ""

"""The pool: 入库 · 在库 · 出库. Every change of an expert's state is an act here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Unpack, cast

from django.db import transaction
from django.utils import timezone

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail as entries
from audit_log.services import clock, trail
from experts.domain import grounds
from experts.domain.lifecycle import EXIT_GROUNDS
from experts.models import Expert
from experts.selectors import pool
from experts.services import inputs, lock
from experts.services.applications import (
    Application,
    Entry,
    facts_of,
    keep_persons,
    keep_specialties,
    new_expert,
    refuse_known,
    term_of,
)
from rulebook.domain.blockers import Blocker, Refused, blocker, refuse
from rulebook.domain.rules import Facts, Profile
from rulebook.models import RuleProfile
from rulebook.selectors import profiles

BATCH = 100
NATIONAL = "national"
PUNISHMENTS = ("expert.suspended", "expert.disqualified")


@transaction.atomic
def apply(*, actor: Actor, **given: Unpack[Application]) -> Ref:
    """File an application (fields: `applications.Application`); the person goes to the vault."""
    permit(actor, "expert.apply")
    row = new_expert(given)
    refuse_known([given])
    ref = trail.record(row, "expert.applied", actor, facts_of(given))
    keep_persons([given])
    keep_specialties([given])
    return ref


@transaction.atomic
def import_expert(*, actor: Actor, from_pool: str, **given: Unpack[Entry]) -> Ref:
    """Take over an expert whom the higher pool `from_pool` has entered; he is in the pool at once.

    Fields: `applications.Entry`.
    """
    permit(actor, "expert.import")
    row = new_expert(given, state="active")
    refuse_known([given])
    term = term_of(given["term_from"], given["term_to"])
    row.term_from, row.term_to = given["term_from"], given["term_to"]
    data = facts_of(given) | term | {"from_pool": from_pool}
    ref = trail.record(row, "expert.imported", actor, data)
    keep_persons([given])
    keep_specialties([given])
    return ref


@transaction.atomic
def review(*, actor: Actor, expert: str, approve: bool, ground: str = "") -> Ref:
    """Review an application; a rejection states one of `grounds.REVIEW`."""
    row = lock.expert(expert)
    permit(actor, "expert.review", row)
    _state(row, "begin_review")
    if approve:
        refuse(_experience(row, _rules()))
    else:
        inputs.listed(ground, grounds.REVIEW)
    return _review(row, actor, approve=approve, ground=ground)


@transaction.atomic
def pass_test(*, actor: Actor, expert: str, term_from: date, term_to: date) -> Ref:
    """Enter an expert who has passed the test, for a term."""
    row = lock.expert(expert)
    permit(actor, "expert.pass_test", row)
    term = term_of(term_from, term_to)
    lock.fire(row, "enter")
    row.term_from, row.term_to = term_from, term_to
    return trail.record(row, "expert.entered", actor, term)


@transaction.atomic
def enter_batch(
    *, actor: Actor, applications: Sequence[Mapping[str, Any]], reviewer: Actor | None = None
) -> list[Ref]:
    """Take up to 100 people (`applications.Entry` each) through the whole entry procedure.

    The review is the `reviewer`'s (default: the actor's own); each needs the right to his part.
    Returns the entries of `expert.entered`.
    """
    permit(actor, "expert.apply")
    if len(applications) > BATCH:
        raise BadInput("batch_too_large", f"每次最多 {BATCH} 人")
    given = [cast(Entry, one) for one in applications]
    rows = [new_expert(one) for one in given]
    refuse_known(given)
    rules, at = _rules(), clock.now()
    for row in {row.region: row for row in rows}.values():  # the rights differ by region alone
        permit(actor, "expert.pass_test", row)
        permit(reviewer or actor, "expert.review", row)
    for row in rows:
        refuse(_experience(row, rules))
    both = zip(rows, given, strict=True)
    refs = [_enter(row, one, (actor, reviewer or actor), at) for row, one in both]
    keep_persons(given)
    Expert.objects.bulk_create(rows)  # each with the head of its last entry, as the guard demands
    keep_specialties(given)
    return refs


@transaction.atomic
def suspend(*, actor: Actor, expert: str, ground: str, decision: str) -> Ref:
    """Suspend an expert on one of `grounds.SUSPENSION`; `decision` is the document's SHA-256."""
    row = lock.expert(expert)
    permit(actor, "expert.suspend", row)
    inputs.listed(ground, grounds.SUSPENSION)
    inputs.document(decision, "decision")
    lock.fire(row, "suspend")
    data = {"ground": ground, "decision": decision}
    return trail.record(row, "expert.suspended", actor, data)


@transaction.atomic
def resume(*, actor: Actor, expert: str) -> Ref:
    """Let a suspended expert take part again."""
    row = lock.expert(expert)
    permit(actor, "expert.resume", row)
    lock.fire(row, "resume")
    return trail.record(row, "expert.resumed", actor, {})


@transaction.atomic
def exit(*, actor: Actor, expert: str, ground: str) -> Ref:
    """Take an expert out of the pool on one of `lifecycle.EXIT_GROUNDS`."""
    row = lock.expert(expert)
    permit(actor, "expert.exit", row)
    inputs.listed(ground, EXIT_GROUNDS)
    lock.fire(row, "exit")
    return trail.record(row, "expert.exited", actor, {"ground": ground})


@transaction.atomic
def reapply(*, actor: Actor, expert: str) -> Ref:
    """File the application of someone who had left; his term is over."""
    row = lock.expert(expert)
    permit(actor, "expert.reapply", row)
    refuse(pool.reapplying(row))
    lock.fire(row, "reapply")
    row.term_from = row.term_to = None
    return trail.record(row, "expert.reapplied", actor, {})


@transaction.atomic
def disqualify(*, actor: Actor, expert: str, ground: str, decision: str) -> Ref:
    """Cancel a qualification on one of `grounds.DISQUALIFICATION`; only `annul` leads back."""
    row = lock.expert(expert)
    permit(actor, "expert.disqualify", row)
    inputs.listed(ground, grounds.DISQUALIFICATION)
    inputs.document(decision, "decision")
    lock.fire(row, "disqualify")
    data = {"ground": ground, "decision": decision}
    return trail.record(row, "expert.disqualified", actor, data)


@transaction.atomic
def annul(*, actor: Actor, expert: str, decision: str) -> Ref:
    """Undo a punishment whose appeal was upheld; never by the one who imposed it."""
    row = lock.expert(expert)
    permit(actor, "expert.annul", row)
    _state(row, "annul")
    inputs.document(decision, "decision")
    punished = entries.events(row.stream, *PUNISHMENTS)[-1]
    if punished["actor"]["id"] == actor.id:
        raise Refused([Blocker("same_person", "撤销处理应由作出处理以外的人员办理")])
    lock.fire(row, "annul")
    return trail.record(row, "expert.annulled", actor, {"decision": decision})


def _review(row: Expert, actor: Actor, *, approve: bool, ground: str) -> Ref:
    row.begin_review()
    trail.record(row, "expert.review_begun", actor, {})
    if approve:
        row.pass_review()
        return trail.record(row, "expert.review_passed", actor, {})
    row.reject()
    return trail.record(row, "expert.rejected", actor, {"ground": ground})


def _enter(row: Expert, given: Entry, actors: tuple[Actor, Actor], at: datetime) -> Ref:
    """Write the four entries; the row, saved afterwards, carries the head of the last."""
    owner, reviewer = actors
    trail.append(row, "expert.applied", owner, facts_of(given), at=at)
    row.begin_review()
    trail.append(row, "expert.review_begun", reviewer, {}, at=at)
    row.pass_review()
    trail.append(row, "expert.review_passed", reviewer, {}, at=at)
    row.enter()
    row.term_from, row.term_to = given["term_from"], given["term_to"]
    term = term_of(given["term_from"], given["term_to"])
    return trail.append(row, "expert.entered", owner, term, at=at)


def _rules() -> Profile:
    try:
        return profiles.in_force(NATIONAL, timezone.localtime(clock.now()).date())
    except RuleProfile.DoesNotExist:
        raise Refused([Blocker("no_rules", "尚未发布国家规则集,不能审核入库")]) from None


def _experience(row: Expert, rules: Profile) -> list[Blocker]:
    """Parameter expert_years: full years in the field (招标投标法第三十七条第三款)."""
    least = rules.number("expert_years")
    if row.years >= least:
        return []
    facts = Facts(compulsory=True, funds="state", trade="", regime="separated")
    message = f"从事相关领域工作应满 {least} 年,申报为 {row.years} 年"
    found = blocker(rules, "expert_years", "too_few_years", message, facts)
    return [found] if found else []


def _state(row: Expert, edge: str) -> None:
    refuse(pool.leaving(edge)(row))

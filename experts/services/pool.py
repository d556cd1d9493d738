"""The pool: 入库 · 在库 · 出库. Every change of an expert's state is an act here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Unpack, cast

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import clock, trail
from experts.domain import edges
from experts.models import Expert
from experts.selectors import career, modes, pool, rules
from experts.services import inputs, lock, papers
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
from rulebook.domain.blockers import Blocker, blocker, refuse
from rulebook.domain.rules import Profile

BATCH = 100


@transaction.atomic
def apply(*, actor: Actor, **given: Unpack[Application]) -> Ref:
    """File an application (fields: `applications.Application`); the person goes to the vault."""
    permit(actor, "expert.apply")
    refuse(modes.owner_only())
    row = new_expert(given)
    refuse_known([given])
    sealed = papers.seal(row.pk, actor, given.get("documents", []))
    ref = trail.record(row, "expert.applied", actor, facts_of(given, sealed.told))
    keep_persons([given], {row.pk: sealed})
    keep_specialties([given])
    papers.store({row.pk: sealed.told})
    return ref


@transaction.atomic
def import_expert(*, actor: Actor, from_pool: str, **given: Unpack[Entry]) -> Ref:
    """Take over an expert whom the higher pool `from_pool` has entered; he is in the pool at once.

    Fields: `applications.Entry`.
    """
    permit(actor, "expert.import")
    refuse(modes.with_pool())
    row = new_expert(given, state="active")
    refuse_known([given])
    term = term_of(given["term_from"], given["term_to"])
    row.term_from, row.term_to = given["term_from"], given["term_to"]
    row.from_pool = from_pool
    sealed = papers.seal(row.pk, actor, given.get("documents", []))
    data = facts_of(given, sealed.told) | term | {"from_pool": from_pool}
    ref = trail.record(row, "expert.imported", actor, data)
    keep_persons([given], {row.pk: sealed})
    keep_specialties([given])
    papers.store({row.pk: sealed.told})
    return ref


@transaction.atomic
def review(*, actor: Actor, expert: str, approve: bool, ground: str = "") -> Ref:
    """Review an application; a rejection states one of `edges.REVIEW`.

    Papers that the rules ask for and that are missing warn, and stand in the entry.
    """
    row = lock.expert(expert)
    permit(actor, "expert.review", row)
    _state(row, "begin_review")
    warned: list[Blocker] = []
    if approve:
        profile = rules.of_pool(row.region)
        held = set(row.documents.values_list("kind", flat=True))
        missing = career.papers_missing(row, held, profile)
        warned = refuse(_experience(row, profile) + missing)
    else:
        inputs.listed(ground, edges.REVIEW)
    return _review(row, actor, approve=approve, ground=ground, warned=warned)


@transaction.atomic
def pass_test(
    *,
    actor: Actor,
    expert: str,
    term_from: date,
    term_to: date,
    score: int | None = None,
    material: str = "",
) -> Ref:
    """Enter an expert who has passed the test, for a term.

    `score` is in points of 100, `material` the SHA-256 of the version of the test; rules that ask
    for one warn where it is missing or too low.
    """
    row = lock.expert(expert)
    permit(actor, "expert.pass_test", row)
    term = term_of(term_from, term_to)
    tested = inputs.tested(score, material)
    warned = refuse(pool.leaving("enter")(row) + career.test_of(score, rules.of_pool(row.region)))
    lock.fire(row, "enter")
    row.term_from, row.term_to = term_from, term_to
    data = edges.told("enter", "tested") | term | tested | lock.noted(warned)
    return trail.record(row, "expert.entered", actor, data)


@transaction.atomic
def fail_test(*, actor: Actor, expert: str, score: int, material: str) -> Ref:
    """Turn down an expert who has not passed the test."""
    row = lock.expert(expert)
    permit(actor, "expert.fail_test", row)
    if row.state != "testing":
        refuse(pool.leaving("enter")(row))
    tested = inputs.tested(score, material)
    lock.fire(row, "reject")
    return trail.record(row, "expert.rejected", actor, edges.told("reject", "test") | tested)


@transaction.atomic
def renew(*, actor: Actor, expert: str, term_from: date, term_to: date) -> Ref:
    """Appoint an expert for another term, after his papers were looked at again."""
    row = lock.expert(expert)
    permit(actor, "expert.renew", row)
    term = term_of(term_from, term_to)
    warned = refuse(career.renewing(row))
    row.term_from, row.term_to = term_from, term_to
    return trail.record(row, "expert.renewed", actor, term | lock.noted(warned))


@transaction.atomic
def enter_batch(
    *, actor: Actor, applications: Sequence[Mapping[str, Any]], reviewer: Actor | None = None
) -> list[Ref]:
    """Take up to 100 people (`applications.Entry` each) through the whole entry procedure.

    The review is the `reviewer`'s (default: the actor's own); each needs the right to his part.
    Returns the entries of `expert.entered`.
    """
    permit(actor, "expert.apply")
    refuse(modes.owner_only())
    if len(applications) > BATCH:
        raise BadInput("batch_too_large", f"每次最多 {BATCH} 人")
    given = [cast(Entry, one) for one in applications]
    rows = [new_expert(one) for one in given]
    refuse_known(given)
    profile, at = rules.of_pool(), clock.now()
    for row in {row.region: row for row in rows}.values():  # the rights differ by region alone
        permit(actor, "expert.pass_test", row)
        permit(reviewer or actor, "expert.review", row)
    for row in rows:
        refuse(_experience(row, profile))
    sealed = {
        one["code"]: papers.seal(one["code"], actor, one.get("documents", [])) for one in given
    }
    refs = [
        _enter(row, one, (actor, reviewer or actor), at, told=sealed[row.pk].told, rules_of=profile)
        for row, one in zip(rows, given, strict=True)
    ]
    keep_persons(given, sealed)
    Expert.objects.bulk_create(rows)  # each with the head of its last entry, as the guard demands
    keep_specialties(given)
    papers.store({code: one.told for code, one in sealed.items()})
    return refs


@transaction.atomic
def suspend(
    *, actor: Actor, expert: str, ground: str, decision: str, until: date | None = None
) -> Ref:
    """Suspend an expert on a ground of the table; `decision` is the document's SHA-256.

    `until` is the last day; only a ground of `edges.UNTIMED` may leave it open.
    """
    row = lock.expert(expert)
    permit(actor, "expert.suspend", row)
    inputs.listed(ground, edges.EDGES["suspend"].grounds)
    inputs.document(decision, "decision")
    inputs.end_of_suspension(ground, until)
    lock.fire(row, "suspend")
    row.suspended_until = until
    data = edges.told("suspend", ground) | {"decision": decision}
    data |= {"until": until.isoformat()} if until else {}
    return trail.record(row, "expert.suspended", actor, data)


@transaction.atomic
def resume(*, actor: Actor, expert: str, ground: str = "ground_gone") -> Ref:
    """Let a suspended expert take part again; the system does so when his time is over."""
    row = lock.expert(expert)
    permit(actor, "expert.resume", row)
    inputs.listed(ground, edges.EDGES["resume"].grounds)
    lock.fire(row, "resume")
    row.suspended_until = None
    return trail.record(row, "expert.resumed", actor, edges.told("resume", ground))


@transaction.atomic
def exit(*, actor: Actor, expert: str, ground: str) -> Ref:
    """Take an expert out of the pool on a ground of the table."""
    row = lock.expert(expert)
    permit(actor, "expert.exit", row)
    inputs.listed(ground, edges.EDGES["exit"].grounds)
    lock.fire(row, "exit")
    row.suspended_until = None
    return trail.record(row, "expert.exited", actor, edges.told("exit", ground))


@transaction.atomic
def reapply(*, actor: Actor, expert: str) -> Ref:
    """File the application of someone who had left or was turned down; his term is over."""
    row = lock.expert(expert)
    permit(actor, "expert.reapply", row)
    refuse(pool.reapplying(row))
    lock.fire(row, "reapply")
    row.term_from = row.term_to = None
    return trail.record(row, "expert.reapplied", actor, edges.told("reapply", "again"))


@transaction.atomic
def disqualify(*, actor: Actor, expert: str, ground: str, decision: str) -> Ref:
    """Cancel a qualification on a ground of the table; only an appeal that is upheld leads back."""
    row = lock.expert(expert)
    permit(actor, "expert.disqualify", row)
    inputs.listed(ground, edges.EDGES["disqualify"].grounds)
    inputs.document(decision, "decision")
    lock.fire(row, "disqualify")
    row.suspended_until = None
    data = edges.told("disqualify", ground) | {"decision": decision}
    return trail.record(row, "expert.disqualified", actor, data)


def _review(
    row: Expert, actor: Actor, *, approve: bool, ground: str, warned: Sequence[Blocker]
) -> Ref:
    row.begin_review()
    trail.record(row, "expert.review_begun", actor, edges.told("begin_review", "filed"))
    if approve:
        row.pass_review()
        data = edges.told("pass_review", "qualified") | lock.noted(warned)
        return trail.record(row, "expert.review_passed", actor, data)
    row.reject()
    return trail.record(row, "expert.rejected", actor, edges.told("reject", ground))


def _enter(
    row: Expert,
    given: Entry,
    actors: tuple[Actor, Actor],
    at: datetime,
    *,
    told: Sequence[dict[str, Any]],
    rules_of: Profile,
) -> Ref:
    """Write the four entries; the row, saved afterwards, carries the head of the last."""
    owner, reviewer = actors
    trail.append(row, "expert.applied", owner, facts_of(given, told), at=at)
    row.begin_review()
    begun = edges.told("begin_review", "filed")
    trail.append(row, "expert.review_begun", reviewer, begun, at=at)
    row.pass_review()
    passed = edges.told("pass_review", "qualified")
    passed |= lock.noted(refuse(career.papers_missing(row, {p["kind"] for p in told}, rules_of)))
    trail.append(row, "expert.review_passed", reviewer, passed, at=at)
    row.enter()
    row.term_from, row.term_to = given["term_from"], given["term_to"]
    score, material = given.get("score"), given.get("material", "")
    data = edges.told("enter", "tested") | term_of(given["term_from"], given["term_to"])
    data |= inputs.tested(score, material) | lock.noted(refuse(career.test_of(score, rules_of)))
    return trail.append(row, "expert.entered", owner, data, at=at)


def _experience(row: Expert, profile: Profile) -> list[Blocker]:
    """Parameter expert_years: full years in the field (招标投标法第三十七条第三款)."""
    least = profile.number("expert_years")
    if row.years >= least:
        return []
    message = f"从事相关领域工作应满 {least} 年,申报为 {row.years} 年"
    found = blocker(profile, "expert_years", "too_few_years", message, rules.FACTS)
    return [found] if found else []


def _state(row: Expert, edge: str) -> None:
    refuse(pool.leaving(edge)(row))

"""The last stage of an import: the whole list in one transaction, or nothing of it.

Each line is read and checked once more, since the pool may have moved since the check; where it
has, nothing is written and the report says what is in the way. A crash leaves nothing either, and
whoever comes next begins again.
"""

from collections.abc import Iterator
from typing import Any, cast

from django.db import IntegrityError, transaction

from accounts.services import vault
from accounts.services.gate import BadInput
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.selectors import trail as entries
from audit_log.services import clock, keys, locks, trail
from audit_log.services.trail import Unsaved
from experts.domain.edges import BY_LIST, told
from experts.domain.modes import OWNER
from experts.models import Expert, ExpertSpecialty, Intake
from experts.selectors import career, rules
from experts.services import intake_files, lock, progress
from experts.services.applications import (
    Entry,
    facts_of,
    keep_persons,
    keep_specialties,
    new_expert,
    term_of,
)
from experts.services.intake_check import Found, refuse_file
from experts.services.intake_lines import Batch, Listed, Pass
from experts.services.intake_report import Report
from rulebook.domain.blockers import Refused, refuse
from rulebook.domain.rules import Profile

STAGE = "write"


class Moved(Exception):
    """What was found when it was read again: nothing is written."""

    def __init__(self, found: Found) -> None:
        self.found = found


def write(row: Intake) -> Ref | None:
    """Write an approved import; None where it was withdrawn meanwhile."""
    try:
        return _write(row)
    except Moved as moved:
        return refuse_file(row, moved.found)


@transaction.atomic
def _write(given: Intake) -> Ref | None:
    row = Intake.locked(given.pk)
    if row is None or row.state != "approved":
        return None
    locks.names("experts")
    found = Found(Report(row), Report(row))
    try:
        _each(row, Writer(row), found)
    except (BadInput, Refused, keys.KeyMissing, IntegrityError) as error:
        found.faults.add(0, "pool_moved", "专家库在校验以后有变动,请重新校验")
        raise Moved(found) from error
    row.finish()
    row.rows, row.counts = found.rows, dict(sorted(found.counts.items()))
    data = {"rows": row.rows, "counts": row.counts}
    ref = trail.record(row, "system.intake_done", SYSTEM, data)
    found.changes.keep()
    intake_files.destroy(row)
    return ref


def _each(row: Intake, writer: "Writer", found: Found) -> None:
    reading = Pass(row)
    for batch in reading.batches():
        found.take(batch)
        if found.faults.found:
            raise Moved(found)
        writer.take(batch)
        progress.tell(row.pk, STAGE, found.rows, 100 * found.rows // max(1, row.rows))
    if row.complete:
        for codes in reading.absent():
            found.take_absent(codes)
            writer.leave(codes)


class Writer:
    """Writes the batches of one import: who handed it in, who approved it, and from which list."""

    def __init__(self, row: Intake) -> None:
        lines = entries.lines(row.stream)
        approved = [line for line in lines if line.value["type"] == "system.intake_approved"][-1]
        self.row, self.at = row, clock.now()
        self.owner = Actor(**lines[0].value["actor"])
        self.reviewer = Actor(**approved.value["actor"])
        self.because = (Ref(row.stream, approved.value["n"], approved.hash),)
        self.list = {"from_pool": row.from_pool}
        if row.as_of is not None:
            self.list["as_of"] = row.as_of.isoformat()
        if row.mode == OWNER:
            self._hold_to(rules.of_pool())

    def _hold_to(self, profile: Profile) -> None:
        """What the rules say of everyone in a file: it brings neither papers nor tests."""
        nobody = Expert(recommended_by="")
        self.papers = lock.noted(refuse(career.papers_missing(nobody, set(), profile)))
        self.test = lock.noted(refuse(career.test_of(None, profile)))

    def take(self, batch: Batch) -> None:
        """Write the lines of a batch: those who are new together, each of the others alone."""
        new = [one for one in batch.listed if one.kind == "new"]
        if new:
            self._enter(new)
        for one in batch.listed:
            if one.expert is not None and one.kind != "unchanged":
                self._change(one)

    def leave(self, codes: list[str]) -> None:
        """Take those out of the pool whom a complete list does not name any more."""
        for row in Expert.objects.select_for_update().filter(pk__in=codes).order_by("pk"):
            row.exit()
            row.suspended_until = None
            data = self._told(BY_LIST | {"absent": True})
            trail.record(row, "expert.listed", self.reviewer, data, refs=self.because)

    def _enter(self, new: list[Listed]) -> None:
        given = [cast(Entry, one.line.entry) for one in new]
        rows = [new_expert(one, state=self._birth()) for one in given]
        for row in rows:
            row.from_pool = self.row.from_pool
        steps = self._procedure if self.row.mode == OWNER else self._taken_over
        both = list(zip(rows, given, new, strict=True))
        entries_of = (step for row, entry, one in both for step in steps(row, entry, one))
        trail.append_many(entries_of, at=self.at)
        keep_persons(given)
        Expert.objects.bulk_create(rows)  # each with the head of its last entry, as guards demand
        keep_specialties(given)

    def _birth(self) -> str:
        return "applied" if self.row.mode == OWNER else "active"

    def _procedure(self, row: Expert, given: Entry, _: Listed) -> Iterator[Unsaved]:
        """The whole way into the owner's pool, as for a batch that is typed in."""
        yield row, "expert.applied", self.owner, facts_of(given), self.because
        row.begin_review()
        yield row, "expert.review_begun", self.reviewer, told("begin_review", "filed"), ()
        row.pass_review()
        passed = told("pass_review", "qualified") | self.papers
        yield row, "expert.review_passed", self.reviewer, passed, ()
        row.enter()
        entered = told("enter", "tested") | _set_term(row, given) | self.test
        yield row, "expert.entered", self.owner, entered, ()

    def _taken_over(self, row: Expert, given: Entry, one: Listed) -> Iterator[Unsaved]:
        """One entry; a second where the owner has suspended him."""
        data = facts_of(given) | _set_term(row, given) | self.list
        yield row, "expert.imported", self.reviewer, data, self.because
        if one.line.values["status"] == "suspended":
            row.suspend()
            yield row, "expert.listed", self.reviewer, self._told(BY_LIST), self.because

    def _change(self, one: Listed) -> None:
        row = Expert.locked(one.line.values["code"])
        if row is None or one.expert is None or row.state != one.expert.state:
            raise IntegrityError(one.line.values["code"])
        data = self._facts(row, one)
        for edge in one.change.edges or ("",):
            _step(row, edge)
            reason = BY_LIST if edge else {}
            said = self._told(reason | data)
            trail.record(row, "expert.listed", self.reviewer, said, refs=self.because)
            data = {}

    def _facts(self, row: Expert, one: Listed) -> dict[str, Any]:
        """Bring row, specialties and vault up to the list; return what the entry says of it."""
        facts = dict(one.change.facts)
        data: dict[str, Any] = {}
        for key, value in facts.items():
            data[key] = value.isoformat() if key.startswith("term") else value
            if key != "specialties":
                setattr(row, key, value)
        if "specialties" in facts:
            ExpertSpecialty.objects.filter(expert=row).delete()
            entry = one.line.entry | {"specialties": facts["specialties"]}
            keep_specialties([cast(Entry, entry)])
        if one.change.contact:
            vault.amend(row.pk, lambda _: one.line.entry["person"])
            data["contact"] = True
        return data

    def _told(self, data: dict[str, Any]) -> dict[str, Any]:
        return self.list | data


def _set_term(row: Expert, given: Entry) -> dict[str, str]:
    row.term_from, row.term_to = given["term_from"], given["term_to"]
    return term_of(given["term_from"], given["term_to"])


def _step(row: Expert, edge: str) -> None:
    if edge:
        row.suspended_until = None  # the owner's list knows no last day
    match edge:
        case "suspend":
            row.suspend()
        case "resume":
            row.resume()
        case "exit":
            row.exit()
        case "disqualify":
            row.disqualify()
        case "relist":
            row.relist()
        case "annul":
            row.annul()

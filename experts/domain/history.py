"""An expert on any day, as any moment knew him: his entries folded, nothing else.

A fact has two times: the day from which it holds (`valid_from`) and the entry that recorded it. Of
the facts of a kind that hold on a day the one that began last counts, and of two that began on one
day the one recorded last. What an application states holds from the beginning.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from experts.domain.eligibility import Member

PERSON = ("employer", "region", "title", "years", "specialties")
CONFIRMED = "expert.change_confirmed"
CHANGED = "expert.changed"
"""A confirmed change takes effect: the row follows; the fact was told by its confirmation."""

Entries = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its kind, its value, from when it holds, which entry of the stream recorded it."""

    kind: str
    value: Any
    valid_from: date
    n: int
    at: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """An expert on a day. `documents` maps kind and specialty of each paper to its last day."""

    expert: str
    state: str
    facts: Mapping[str, Any]
    term_from: date | None
    term_to: date | None
    briefed_on: date | None
    documents: Mapping[tuple[str, str], date | None]
    leaves: tuple[tuple[date, date], ...]

    def member(self, day: date) -> Member:
        """What decides his eligibility for an evaluation of that day, his recusals apart."""
        return Member(
            expert=self.expert,
            state=self.state,
            term_from=self.term_from,
            term_to=self.term_to,
            specialties=frozenset(self.facts.get("specialties", ())),
            region=self.facts.get("region", ""),
            employer=self.facts.get("employer", ""),
            expired=expired(self.documents, day),
            briefed_on=self.briefed_on,
            on_leave=any(first <= day <= last for first, last in self.leaves),
        )


def expired(documents: Mapping[tuple[str, str], date | None], day: date) -> frozenset[str]:
    """Return the specialties whose proof has run out by that day; "" stands for all of them."""
    return proofs_gone(
        place for place, last in documents.items() if last is not None and last < day
    )


def proofs_gone(papers: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the specialties that papers (kind, specialty) which have run out no longer prove."""
    return frozenset(specialty for _, specialty in papers)


def with_changes(
    member: Member, changes: Iterable[Mapping[str, Any]], gone: Iterable[tuple[str, str]], day: date
) -> Member:
    """Return the member as changes that begin by the day of the evaluation will have made him.

    `changes` are their facts in order of beginning; `gone` his papers that have run out by then.
    """
    left: set[tuple[str, str]] = set(gone)
    values: dict[str, Any] = {}
    for facts in changes:
        values |= {kind: facts[kind] for kind in ("employer", "region") if kind in facts}
        if "specialties" in facts:
            values["specialties"] = frozenset(facts["specialties"])
        for paper in facts.get("documents", ()):
            place, last = (paper["kind"], paper["specialty"]), paper["expires"]
            left.discard(place)
            if last and date.fromisoformat(last) < day:
                left.add(place)
    return member._replace(expired=proofs_gone(left), **values)


def facts_of(entries: Entries) -> list[Fact]:
    """Return every fact that the entries record, in their order."""
    return [fact for entry in entries for fact in _facts(entry)]


def holding(facts: Iterable[Fact], day: date) -> dict[str, Fact]:
    """Return kind → the fact of that kind that holds on the day."""
    found: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda one: (one.valid_from, one.n)):
        if fact.valid_from <= day:
            found[fact.kind] = fact
    return found


def stand(entries: Entries, day: date) -> Standing | None:
    """Return how the expert of a stream stands on the day; None before his first entry."""
    if not entries:
        return None
    row: dict[str, Any] = {"state": "", "term_from": None, "term_to": None, "briefed_on": None}
    leaves: dict[str, tuple[date, date]] = {}
    for entry in entries:
        data = entry["data"]
        if entry["type"] == "expert.reapplied":
            row |= {"term_from": None, "term_to": None}
        row |= {key: date.fromisoformat(data[key]) for key in row if key in data and key != "state"}
        row["state"] = data.get("to", row["state"])
        _take_leave(leaves, entry)
    values = {kind: fact.value for kind, fact in holding(facts_of(entries), day).items()}
    return Standing(
        expert=str(entries[0]["stream"]).partition("/")[2],
        facts={kind: value for kind, value in values.items() if kind in PERSON},
        documents={
            _paper(kind): value for kind, value in values.items() if kind.startswith("document/")
        },
        leaves=tuple(leaves.values()),
        **row,
    )


def document_kind(told: Mapping[str, Any]) -> str:
    """Return the kind of fact that a document is: one per kind of paper and specialty."""
    return f"document/{told['kind']}/{told['specialty']}"


def _facts(entry: Mapping[str, Any]) -> Iterator[Fact]:
    data, n, at = entry["data"], entry["n"], entry["at"]
    told, change, since = data, "", date.min if n == 0 else date.fromisoformat(at[:10])
    if entry["type"] == CHANGED:
        return
    if entry["type"] == CONFIRMED:
        told, change = data["change"]["facts"], data["change"]["code"]
        since = date.fromisoformat(data["change"]["valid_from"])
    for kind in PERSON:
        if kind in told:
            yield Fact(kind, told[kind], since, n, at, change)
    for paper in told.get("documents", ()):
        last = date.fromisoformat(paper["expires"]) if paper["expires"] else None
        yield Fact(document_kind(paper), last, since, n, at, change)


def _paper(kind: str) -> tuple[str, str]:
    _, name, specialty = kind.split("/")
    return name, specialty


def _take_leave(leaves: dict[str, tuple[date, date]], entry: Mapping[str, Any]) -> None:
    data = entry["data"]
    if entry["type"] == "expert.leave_declared":
        leaves[data["leave"]] = date.fromisoformat(data["first"]), date.fromisoformat(data["last"])
    elif entry["type"] == "expert.leave_ended":
        first, _ = leaves.pop(data["leave"])
        if data["last"]:
            leaves[data["leave"]] = first, date.fromisoformat(data["last"])

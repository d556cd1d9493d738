"""Score sheets after their opening, read from the trail; before it nobody reads one."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from audit_log.selectors import trail
from audit_log.services import envelopes
from evaluation.domain.scoring import plain
from evaluation.models import Project
from evaluation.selectors.folds import BEGINNING, begins_round

_TELLING = (
    *BEGINNING,
    "project.bid_rejected",
    "project.factors_established",
    "project.score_sheet_opened",
    "project.sheet_voided",
)


def kind(row: Project, number: int = 0) -> str:
    """The envelope kind of an evaluation round's sheets; the current round where none is given."""
    return f"score_sheet/{number or row.evaluation_round}"


@dataclass
class Sheets:
    """What a stream tells of its score sheets, entry by entry.

    `opened` maps kind → member → commitment; `carried` maps round → member → {"member", "kind",
    "commitment"} of a sheet that counts from an earlier round; `void` maps commitment → the data
    of its `project.sheet_voided`; `established` is the hash of the objective factors' record.
    """

    round: int = 0
    established: str = ""
    opened: dict[str, dict[str, str]] = field(default_factory=dict)
    carried: dict[int, dict[str, dict[str, str]]] = field(default_factory=dict)
    void: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, entry: dict[str, Any]) -> None:
        data = entry["data"]
        if begins_round(entry):
            self.round += 1
            if entry["type"] != "project.evaluation_started":
                self.established = ""  # the committee evaluates anew
        match entry["type"]:
            case "project.factors_established":
                self.established = data["result"]
            case "project.evaluation_started" if "carried" in data:
                self.carried[self.round] = {one["member"]: one for one in data["carried"]}
            case "project.bid_rejected":  # a sheet that scores a rejected bid counts no more
                self.carried.pop(self.round, None)
            case "project.score_sheet_opened":
                self.opened.setdefault(data["kind"], {})[data["author"]] = data["commitment"]
            case "project.sheet_voided":
                self.void[data["commitment"]] = data

    def counting(self, number: int) -> dict[str, dict[str, str]]:
        """Return member → {"member", "kind", "commitment"} of the opened sheets of a round."""
        name = f"score_sheet/{number}"
        own = {
            member: {"member": member, "kind": name, "commitment": commitment}
            for member, commitment in self.opened.get(name, {}).items()
        }
        every = self.carried.get(number, {}) | own
        return {m: one for m, one in sorted(every.items()) if one["commitment"] not in self.void}


def told(row: Project) -> Sheets:
    """What the stream of a lot tells of its score sheets."""
    found = Sheets()
    for entry in trail.events(row.stream, *_TELLING):
        found.take(entry)
    return found


def sheets(row: Project, number: int = 0) -> dict[str, dict[str, Any]]:
    """Return member → opened sheet that counts in a round; empty before the opening."""
    return counted(row, number) if number or opened(row) else {}


def counted(row: Project, number: int = 0) -> dict[str, dict[str, Any]]:
    """Return member → sheet of a round, as far as they are open.

    Sheets carried on from an earlier round count, those of members replaced since do not (R07).
    """
    counting = told(row).counting(number or row.evaluation_round)
    contents = {
        name: trail.openings(row.stream, "project.score_sheet_opened", name)
        for name in {one["kind"] for one in counting.values()}
    }
    return {member: contents[one["kind"]][member] for member, one in counting.items()}


def established(row: Project) -> list[dict[str, str]]:
    """The objective factors as the committee last established them: {"bidder","factor","score"}."""
    found = told(row).established
    return list(trail.document(found)["scores"]) if found else []


def voided(row: Project) -> list[dict[str, Any]]:
    """The voided sheets of a lot in the order of their entries (`project.sheet_voided`)."""
    return list(told(row).void.values())


def voided_totals(row: Project) -> list[tuple[dict[str, Any], list[tuple[str, str]]]]:
    """Each voided sheet with (bidder, sum of its scores); no sums where it was never opened."""
    found = []
    for one in voided(row):
        opened = trail.openings(row.stream, "project.score_sheet_opened", one["kind"])
        lines = opened.get(one["member"], {}).get("scores", ())
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for line in lines:
            sums[line["bidder"]] += Fraction(line["score"])
        found.append((one, [(bidder, plain(total)) for bidder, total in sorted(sums.items())]))
    return found


def void_counted(row: Project) -> int:
    """How many sheets have been voided since the current round was added up (R07)."""
    if _computed(row, row.evaluation_round) is None:
        return 0
    return sum(one["round"] == row.evaluation_round for one in voided(row))


def sheet_of(row: Project, member: str) -> dict[str, str] | None:
    """The sheet by which a member counts in the current round, sealed or opened, or None."""
    found = told(row)
    name = kind(row)
    opened = found.counting(row.evaluation_round).get(member)
    sealed = envelopes.current(row.stream, name).get(member)
    if opened or not sealed or sealed in found.void:
        return opened
    return {"member": member, "kind": name, "commitment": sealed}


def result(row: Project, number: int = 0) -> dict[str, Any] | None:
    """The newest result document of a round, or None while its sheets are closed."""
    found = _computed(row, number or row.evaluation_round)
    return None if found is None else trail.document(found["result"])


def result_hash(row: Project) -> str:
    """SHA-256 of the current round's result document, "" while its sheets are closed."""
    found = _computed(row, row.evaluation_round)
    return "" if found is None else found["result"]


def closed(row: Project) -> bool:
    """Whether the current round's sheets are listed, so that none can be handed in any more."""
    return envelopes.is_closed(row.stream, kind(row))


def opened(row: Project) -> bool:
    """Whether the current round's sheets have been opened."""
    if _computed(row, row.evaluation_round) is not None:
        return True
    # Of a committee that changed after the close the sheets are opened and nothing is added up.
    return bool(trail.openings(row.stream, "project.score_sheet_opened", kind(row)))


def tied(row: Project) -> list[str]:
    """Bidders whose tie for a candidate's place the published rules leave open."""
    document = result(row)
    return [] if document is None else list(document["unresolved"])


def _computed(row: Project, number: int) -> dict[str, Any] | None:
    found = trail.last_event(row.stream, "project.totals_computed")
    data: dict[str, Any] | None = found and found["data"]
    if data is None or data["round"] == number:
        return data
    earlier = trail.events(row.stream, "project.totals_computed")
    rounds = [event["data"] for event in earlier if event["data"]["round"] == number]
    return rounds[-1] if rounds else None

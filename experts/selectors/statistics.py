"""The statistics of all draws that have ended: counts alone, no handle, no case, no person.

A draw still open is left out, so that nothing here tells how one stands.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from audit_log.selectors import trail
from experts.domain.fairness import Sample, Test, pairs, singles
from experts.domain.modes import MARKS
from experts.models import Draw
from experts.selectors.draws import TRIALS

ENDED = ("closed", "abandoned")


@dataclass(frozen=True)
class Stratum:
    """Draws from lists of one specialty and region: lists, candidates in them, drawn at first.

    `test` sets the quarters of the lists against what equal chances give.
    """

    kind: str
    specialty: str
    region: str
    lists: int
    candidates: int
    drawn: int
    test: Test

    @property
    def share(self) -> str:
        """The drawn of the candidates, in percent."""
        return f"{100 * self.drawn / self.candidates:.2f}%"


@dataclass(frozen=True)
class Statistics:
    """All ended draws: what was counted, and whether any place in a list was favoured."""

    ended: int
    counts: Counter[str]
    strata: list[Stratum]
    single: Test
    pair: Test


@dataclass(frozen=True)
class _Told:
    """What one ended draw adds."""

    counts: Counter[str]
    lists: tuple[tuple[tuple[str, str], Sample], ...]


def published() -> Statistics:
    """The statistics of every draw made here that has ended, by stratum and together."""
    rows = Draw.objects.filter(state__in=ENDED).exclude(origin__in=MARKS).order_by("pk")
    by_stratum: dict[tuple[str, str, str], list[Sample]] = {}
    counts: Counter[str] = Counter()
    for row in rows:
        told = _told(row.stream, bytes(row.audit_hash), row.manifest)
        counts += told.counts
        counts["abandoned"] += row.state == "abandoned"
        for (specialty, region), sample in told.lists:
            by_stratum.setdefault((row.kind, specialty, region), []).append(sample)
    every = [sample for samples in by_stratum.values() for sample in samples]
    strata = [_stratum(key, samples) for key, samples in sorted(by_stratum.items())]
    return Statistics(len(rows), counts, strata, singles(every), pairs(every))


def _stratum(key: tuple[str, str, str], samples: list[Sample]) -> Stratum:
    return Stratum(
        *key,
        lists=len(samples),
        candidates=sum(one.size for one in samples),
        drawn=sum(len(one.drawn) for one in samples),
        test=singles(samples),
    )


@lru_cache(maxsize=10_000)
def _told(stream: str, _head: bytes, manifest: str) -> _Told:
    """What an ended draw tells; with the same head it never tells anything else."""
    events = trail.events(stream)
    runs = [event["data"] for event in events if event["type"] == "draw.round_run"]
    slots = trail.document(manifest)["slots"]
    first = runs[0]["selected"] if runs else []
    return _Told(_counts(events), tuple(_lists(slots, first)))


def _counts(events: Iterable[dict[str, Any]]) -> Counter[str]:
    """Trials, rounds, rounds that stayed short, without supervision or its mark, refusals."""
    counts: Counter[str] = Counter()
    parties: set[str] = set()
    for event in events:
        data = event["data"]
        match event["type"]:
            case "draw.contributed":
                parties.add(data["party"])
            case "draw.round_opened":
                counts["rounds"] += 1
                counts["later"] += data["round"] > 1
                counts["absent"] += "supervision" not in parties
                parties = set()
            case "draw.round_run":
                counts["short"] += bool(data["short"])
                counts["unmarked"] += not data["mark"]
            case "draw.answered":
                counts["left"] += data["answer"] != "accepted"
            case type if type in TRIALS:
                counts["trials"] += 1
    return counts


def _lists(
    slots: list[dict[str, Any]], first: list[dict[str, str]]
) -> Iterable[tuple[tuple[str, str], Sample]]:
    """Each list with the positions of those drawn from it in the first round.

    Handles are given at random in every draw, so a place in a list says nothing about a person.
    """
    for slot in slots:
        names = {one["candidate"]: place for place, one in enumerate(slot["candidates"])}
        mine = [row["candidate"] for row in first if row["slot"] == slot["slot"]]
        if names:
            sample = Sample(len(names), tuple(names[name] for name in mine))
            yield (slot["specialty"], slot["region"]), sample

"""The course of a committed draw, read from its own entries and its manifest alone."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

from audit_log.domain import canonical
from audit_log.domain.entry import Ref
from audit_log.selectors import trail, tree
from audit_log.selectors.trail import Line
from experts.domain import draw as draws
from experts.domain import draw_events as events
from experts.domain.appointments import APPOINTED
from experts.domain.draw import Standing
from experts.domain.drawn_lists import CONFIRMED
from experts.domain.manifest import Manifest
from experts.models import Draw
from rulebook.domain.blockers import Blocker, Refused


@dataclass(frozen=True)
class Course:
    """What has happened in a draw since its commitment; `lines` are its entries in order."""

    lines: list[Line]
    manifest: Manifest

    @cached_property
    def standing(self) -> Standing:
        """Who was selected, what he answered, who is excluded."""
        return Standing.of(line.value for line in self.lines)

    @cached_property
    def committed(self) -> Line:
        """The commitment; where nobody is drawn here, what confirmed the first list."""
        begins = (events.COMMITTED, CONFIRMED, APPOINTED)
        return next(line for line in self.lines if line.value["type"] in begins)

    @property
    def data(self) -> Mapping[str, Any]:
        """The commitment's data."""
        data: Mapping[str, Any] = self.committed.value["data"]
        return data

    @cached_property
    def opened(self) -> list[Line]:
        """The openings of rounds so far."""
        return self.of(events.ROUND_OPENED)

    @cached_property
    def pending(self) -> Line | None:
        """The opening of a round that has not been run."""
        run = len(self.of(events.ROUND_RUN))
        return self.opened[run] if len(self.opened) > run else None

    @property
    def needs(self) -> dict[str, int]:
        """Open seats by slot."""
        return draws.needs(self.manifest, self.standing)

    @property
    def since(self) -> Line:
        """What the next round follows: the last round that was run, else the commitment."""
        return [self.committed, *self.of(events.ROUND_RUN)][-1]

    @property
    def parties(self) -> set[str]:
        """Who has contributed to the next round."""
        after = self.since.value["n"]
        given = self.of(events.CONTRIBUTED)
        return {line.value["data"]["party"] for line in given if line.value["n"] > after}

    @property
    def exhausted(self) -> bool:
        """Whether no candidate is left for any open seat."""
        return not draws.choice_left(self.manifest, self.standing, self.needs)

    def of(self, type: str) -> list[Line]:
        """The entries of one type, in order."""
        return [line for line in self.lines if line.value["type"] == type]


def course(draw: Draw) -> Course:
    """The course of a draw that has been committed."""
    return Course(trail.lines(draw.stream), _manifest(draw.manifest))


@lru_cache(maxsize=4)
def _manifest(sha256: str) -> Manifest:
    """The manifest of that hash, read once by the acts of a draw; nobody changes it."""
    body = trail.attachment(sha256)
    if hashlib.sha256(body).hexdigest() != sha256:
        message = "抽取清单与承诺中的摘要不符,抽取不能继续,请报告监督部门"
        raise Refused([Blocker("manifest_altered", message)])
    return cast(Manifest, canonical.trusted(body))


def ref_of(line: Line) -> Ref:
    """The place of an entry."""
    return Ref(line.value["stream"], line.value["n"], line.hash)


def is_fixed(line: Line, *, witnessed: bool) -> bool:
    """Whether an entry can no longer be rewritten: sealed, and co-signed where that is asked."""
    if line.index is None or tree.place_of(ref_of(line)) is None:
        return False
    return not witnessed or line.index < trail.standing().witnessed

"""Which bodies belong together: a tree of 集团母公司 of any depth, as it stood on one day.

Bodies are named by 统一社会信用代码 alone; a name decides nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Edge:
    """`parent` holds `child` from `since` to `until`, both days included; None is open."""

    child: str
    parent: str
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the relation stands on that day."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


class Groups:
    """The groups of one day. A body without relations is a group of its own."""

    def __init__(self, edges: Iterable[Edge], day: date) -> None:
        self._above: dict[str, set[str]] = {}
        self._below: dict[str, set[str]] = {}
        for edge in edges:
            if edge.holds_on(day) and edge.child != edge.parent:
                self._above.setdefault(edge.child, set()).add(edge.parent)
                self._below.setdefault(edge.parent, set()).add(edge.child)

    def heads(self, org: str) -> frozenset[str]:
        """Return the topmost bodies above `org` (itself where nobody holds it); one in a tree.

        Bodies that hold each other in a ring, which only faulty data has, are their own heads
        together, so that the walk ends and they count as related.
        """
        seen = _reached(org, self._above)
        tops = {body for body in seen if body not in self._above}
        return frozenset(tops or seen)

    def related(self, one: str, other: str) -> bool:
        """Whether two bodies are the same or have a head in common."""
        return one == other or not self.heads(one).isdisjoint(self.heads(other))

    def relations(self, org: str) -> set[str]:
        """Return every body with a head in common, `org` itself included."""
        return {body for head in self.heads(org) for body in _reached(head, self._below)} | {org}


def fits_tree(edges: Iterable[Edge], new: Edge) -> bool:
    """Whether `new` may stand beside `edges`: one parent at a time, and no ring."""
    standing = [edge for edge in edges if _overlap(edge, new)]
    if new.child == new.parent or any(edge.child == new.child for edge in standing):
        return False
    above: dict[str, set[str]] = {}
    for edge in standing:
        above.setdefault(edge.child, set()).add(edge.parent)
    return new.child not in _reached(new.parent, above)


def _reached(start: str, steps: Mapping[str, set[str]]) -> set[str]:
    """Everything reached from `start`, itself included; a ring is walked once."""
    seen, todo = {start}, [start]
    while todo:
        for body in steps.get(todo.pop(), ()):
            if body not in seen:
                seen.add(body)
                todo.append(body)
    return seen


def _overlap(one: Edge, other: Edge) -> bool:
    return not (_ends_before(one, other) or _ends_before(other, one))


def _ends_before(one: Edge, other: Edge) -> bool:
    return one.until is not None and other.since is not None and one.until < other.since

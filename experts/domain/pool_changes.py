"""What the owner's newer list changes of the rows that were taken over from an earlier one.

A change is one or two steps of the expert's machine, and the facts that differ. What the list says
of someone who has left for good and stays away changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STEPS: dict[tuple[str, str], tuple[str, ...]] = {
    ("active", "suspended"): ("suspend",),
    ("active", "exited"): ("exit",),
    ("active", "disqualified"): ("disqualify",),
    ("suspended", "active"): ("resume",),
    ("suspended", "exited"): ("exit",),
    ("suspended", "disqualified"): ("disqualify",),
    ("exited", "active"): ("relist",),
    ("exited", "suspended"): ("relist", "suspend"),
    ("disqualified", "active"): ("annul",),
    ("disqualified", "suspended"): ("annul", "suspend"),
}
"""(state here, state in the list) → edges; a pair that is not listed needs none."""
LEFT = ("exited", "disqualified")
FACTS = (
    *("employer", "region", "title", "years", "specialties", "term_from", "term_to"),
    "from_pool",
)
KINDS = {
    "new": "新增",
    "updated": "信息更新",
    "suspended": "暂停",
    "resumed": "恢复",
    "exited": "出库",
    "disqualified": "取消资格",
    "relisted": "重新列入",
    "skipped": "名单中已不在库,不导入",
    "unchanged": "没有变化",
}
"""Kind of a change → its name; a list's counts are kept by these."""
_KIND_OF = {
    "suspend": "suspended",
    "resume": "resumed",
    "exit": "exited",
    "disqualify": "disqualified",
    "relist": "relisted",
    "annul": "relisted",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one expert: edges in order, facts that become others, contact data too."""

    edges: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    contact: bool = False

    @property
    def kind(self) -> str:
        """One of `KINDS`: what happens to his standing before what happens to his facts."""
        if self.edges:
            return _KIND_OF[self.edges[0]]
        return "updated" if self.facts or self.contact else "unchanged"


def change(
    state: str, facts: Mapping[str, Any], listed: str, given: Mapping[str, Any], *, contact: bool
) -> Change:
    """Compare an expert as he stands here (`state`, `facts`) with a line of the list."""
    differing = {key: given[key] for key in FACTS if facts[key] != given[key]}
    return Change(STEPS.get((state, listed), ()), differing, contact)

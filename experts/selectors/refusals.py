"""Who records refusals for experts, over the draws of a year."""

from collections.abc import Collection
from dataclasses import dataclass

from audit_log.selectors import trail
from experts.domain import draw_events as events
from experts.domain.refusals import Operator, operators
from experts.selectors import rules
from rulebook.domain import inviting


@dataclass(frozen=True)
class Row:
    """An operator, and whether his records stand out by the rules in force."""

    operator: Operator
    unusual: bool


def recorded(draws: Collection[str]) -> list[Row]:
    """What each operator recorded in these draws, who stands out first."""
    entries = trail.told_in([f"draw/{code}" for code in draws], events.ANSWERED)
    alarm = inviting.refusal_alarm(rules.of_pool())
    rows = [Row(one, alarm is not None and one.stands_out(*alarm)) for one in operators(entries)]
    return sorted(rows, key=lambda row: (not row.unusual, row.operator.chance, row.operator.id))

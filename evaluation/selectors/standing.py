"""Where a project stands on its way, as a page's stepper shows it."""

from dataclasses import dataclass

from audit_log.selectors import trail
from evaluation.domain.lifecycle import MAIN_LINE, PROJECT
from evaluation.models import Project


@dataclass(frozen=True, slots=True)
class Step:
    """One station: a state, its name, whether it lies behind, whether the project is there."""

    state: str
    title: str
    done: bool
    current: bool


def steps(row: Project) -> list[Step]:
    """The stations of the project's way; a side state (中止、失败、终止) stands after the last one.

    A project without 评定分离 has no 定标中. What lies behind is read from the trail.
    """
    visited = _visited(row)
    line = [state for state in MAIN_LINE if state != "awarding" or row.regime == "separated"]
    ended = [state for state in ("failed", "terminated") if state in visited]
    if row.state == "suspended":
        at = line.index(row.suspended_from) + 1
        line = [*line[:at], "suspended", *line[at:]]
    elif ended:
        line = [state for state in line if state in visited and state != "archived"]
        line += [*ended, "archived"]
    reached = line.index(row.state)
    return [
        Step(state, PROJECT[state], place < reached and state in visited, place == reached)
        for place, state in enumerate(line)
    ]


def _visited(row: Project) -> set[str]:
    data = [event["data"] for event in trail.events(row.stream)]
    return {entry["to"] for entry in data if isinstance(entry.get("to"), str)}

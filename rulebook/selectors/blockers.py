"""Why a change of the rules cannot be proposed or decided now: for page and service alike."""

from datetime import date

from audit_log.domain.entry import Actor
from rulebook.domain.blockers import Blocker
from rulebook.domain.lifecycle import PROFILE
from rulebook.models import RuleProfile
from rulebook.selectors import profiles
from rulebook.selectors.profiles import CALENDAR


def propose_rules(row: RuleProfile) -> list[Blocker]:
    """A profile, and no other proposal waits."""
    if row.code == CALENDAR:
        return [Blocker("is_calendar", "这是工作日历,请使用“提出更新工作日历”")]
    return _leaves(row, "published")


def propose_calendar(row: RuleProfile) -> list[Blocker]:
    """The calendar, and no other proposal waits."""
    if row.code != CALENDAR:
        return [Blocker("not_calendar", "这是规则集,请使用“提出修改规则”")]
    return _leaves(row, "published")


def decide(row: RuleProfile) -> list[Blocker]:
    """A proposal waits."""
    return _leaves(row, "proposed")


def approve(row: RuleProfile, on: date) -> list[Blocker]:
    """A proposal waits, and its first day is not over."""
    found = decide(row)
    if found or row.code == CALENDAR or profiles.pinned(row.draft).effective_from >= on:
        return found
    return [Blocker("effective_in_the_past", "拟施行日期已过,请退回后重新提出")]


def other_person(row: RuleProfile, actor: Actor) -> list[Blocker]:
    """Nobody approves what he proposed."""
    if actor.id != row.drafted_by:
        return []
    return [Blocker("same_person", "提出人不能审批自己提出的修改")]


def _leaves(row: RuleProfile, state: str) -> list[Blocker]:
    if row.state == state:
        return []
    message = f"该规则集现为“{PROFILE[row.state]}”,不能办理这一事项"
    return [Blocker("wrong_state", message)]

"""Why an act is refused or noted: not a boolean but a list of reasons, each citing its article."""

from collections.abc import Iterable
from dataclasses import dataclass

from rulebook.domain.rules import Facts, Level, Profile, Value, applies


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason. `code` is stable English for programs, `message` plain Chinese for people.

    A refusal that no rule demands (a wrong state, a missing right) has code and message only.
    `profile` is the pinned label, like `zj@1`; `value` the value the act was measured by.
    """

    code: str
    message: str
    rule: str = ""
    basis: str = ""
    level: Level = "block"
    value: Value | None = None
    profile: str = ""

    def __str__(self) -> str:
        return f"{self.message}（{self.basis}）" if self.basis else self.message


class Refused(Exception):
    """An act that was refused; `blockers` holds the reasons of level block, at least one."""

    def __init__(self, blockers: Iterable[Blocker]) -> None:
        self.blockers = blocking(blockers)
        if not self.blockers:
            raise ValueError("a refusal needs a reason that blocks")
        super().__init__("；".join(map(str, self.blockers)))


def blocker(
    profile: Profile, rule_id: str, code: str, message: str, facts: Facts, *, param: str = ""
) -> Blocker | None:
    """Return the reason that `rule_id` gives, or None where the rule does not bind the project.

    Where the rule is measured by a parameter, `param` names it: level, basis and value are then
    the parameter's, so that one rule may block in one respect and warn in another.
    """
    row = profile.rule(param or rule_id)
    if not (applies(profile.rule(rule_id), facts) and applies(row, facts)):
        return None
    return Blocker(code, message, rule_id, row.basis, row.level, row.value, profile.label)


def collect(*found: Blocker | None) -> list[Blocker]:
    """Return the reasons among `found`, without the rules that did not apply."""
    return [item for item in found if item is not None]


def blocking(blockers: Iterable[Blocker]) -> list[Blocker]:
    """Return those that stop the act."""
    return [item for item in blockers if item.level == "block"]


def refuse(blockers: Iterable[Blocker]) -> list[Blocker]:
    """Raise Refused where any reason blocks; else return the warnings and records to be kept."""
    found = list(blockers)
    if blocking(found):
        raise Refused(found)
    return found

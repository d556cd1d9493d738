"""Reasons about the state that blockers of several modules give."""

from evaluation.domain.lifecycle import PROJECT
from evaluation.models import Project
from rulebook.domain.blockers import Blocker

_REPLACED = "《中华人民共和国招标投标法实施条例》第四十八条第三款"


def wrong_state(row: Project) -> Blocker:
    """The reason that the project is not where the act needs it."""
    return Blocker("wrong_state", f"项目现为“{PROJECT[row.state]}”,不能办理这一事项")


def changed() -> Blocker:
    """The reason that the committee is another than the one that began the round."""
    message = "评标委员会成员已更换,应当补足成员并继续评标,由更换后的成员重新评审"
    return Blocker("committee_changed", message, "R07", _REPLACED)

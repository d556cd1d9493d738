"""Whose pool this installation works with, read from the stream that says so."""

from typing import Any

from audit_log.selectors import trail
from experts.domain.modes import EXTERNAL, MODES, OWNER, TERMINAL
from rulebook.domain.blockers import Blocker

STREAM = "pool_mode"
SET, PROPOSED = "system.pool_mode_set", "system.pool_mode_proposed"


def current() -> str:
    """One of `MODES`; an installation from before there was a choice owns its pool."""
    told = trail.last_event(f"system/{STREAM}", SET)
    return OWNER if told is None else str(told["data"]["mode"])


def proposal() -> dict[str, Any] | None:
    """The entry of a change that waits for the second administrator, or None."""
    told = trail.events(f"system/{STREAM}", SET, PROPOSED)
    return told[-1] if told and told[-1]["type"] == PROPOSED else None


def owner_only() -> list[Blocker]:
    """Acts that belong to the pool's owner are done where the pool is kept."""
    mode = current()
    if mode == OWNER:
        return []
    if mode == TERMINAL:
        message = "本机为抽取终端,专家库由库主管理,请由库主办理后重新导入名单"
        return [Blocker("pool_elsewhere", message)]
    return with_pool()


def with_pool() -> list[Blocker]:
    """Rows are taken in where experts are drawn: by the owner and by a terminal."""
    if current() != EXTERNAL:
        return []
    return [Blocker("pool_elsewhere", "本机只录入外部抽取的结果,不管理专家库")]


def words() -> str:
    """The mode as pages name it."""
    return MODES[current()]

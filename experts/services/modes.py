"""Whose pool an installation works with: set when it is installed, changed by two administrators.

The mode decides which acts are offered from then on. Draws and imports under way keep the one they
began in: it is a fact of theirs.
"""

from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import locks, trail
from experts.domain.modes import MODES, OWNER
from experts.selectors import modes
from rulebook.domain.blockers import Blocker, Refused, refuse


def install(mode: str = OWNER) -> Ref:
    """Say in which mode an installation begins; raise BadInput for one there is not."""
    _known(mode)
    return trail.record_system(modes.STREAM, "system.pool_mode_set", SYSTEM, {"mode": mode})


@transaction.atomic
def propose(*, actor: Actor, mode: str) -> Ref:
    """Ask for another mode; it holds once the second administrator confirms the same."""
    permit(actor, "mode.propose")
    locks.names("pool mode")
    _known(mode)
    if mode == modes.current():
        raise Refused([Blocker("mode_same", f"本机现在就是“{MODES[mode]}”")])
    return trail.record_system(modes.STREAM, "system.pool_mode_proposed", actor, {"mode": mode})


@transaction.atomic
def confirm(*, actor: Actor, mode: str) -> Ref:
    """Put the proposed mode into force; another administrator than the one who proposed it."""
    permit(actor, "mode.confirm")
    locks.names("pool mode")
    refuse(confirming())
    proposal = modes.proposal() or {}
    if proposal["actor"]["id"] == actor.id:
        raise Refused([Blocker("same_person", "应由提出变更以外的管理员确认")])
    if proposal["data"]["mode"] != mode:
        message = "与提出变更的方式不一致"
        raise BadInput("mode_differs", message, {"mode": message})
    data = {"mode": mode, "proposed_by": proposal["actor"]["id"]}
    return trail.record_system(modes.STREAM, "system.pool_mode_set", actor, data)


def confirming(_: Any = None) -> list[Blocker]:
    """Something waits to be confirmed."""
    return [] if modes.proposal() else [Blocker("mode_not_proposed", "没有待确认的方式变更")]


def _known(mode: str) -> None:
    if mode not in MODES:
        message = "请选择列出的方式"
        raise BadInput("mode_unknown", message, {"mode": message})

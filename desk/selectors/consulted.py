"""Which entries an act writes and which rules it asks, read off the program itself.

A table of this kind kept by hand would only say what somebody once believed. What a service and its
blockers may reach is followed through the functions they name; an event type named on the way in
a service is one that the act may write, a rule id named there is one that it is measured by. It
may name too much (what an act does only in some cases), never a rule that no code looks at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from accounts.acts import ACTS
from accounts.domain import policy
from audit_log.catalogue import EVENTS
from rulebook.domain.deadlines import Term

APPS = frozenset({"accounts", "rulebook", "experts", "evaluation", "award", "audit_log"})
WITHOUT_PAGE = {
    "account.created": "account.create",
    "account.disabled": "account.set_active",
    "account.enabled": "account.set_active",
    "project.objection_read": "project.read_objection",
    "project.complaint_read": "project.read_complaint",
    "draw.requested": "draw.request",
    "draw.recusals_read": "draw.read_recusals",
    "draw.calls_opened": "draw.open_calls",
    "expert.conflict_read": "expert.read_conflict",
    "account.conflict_read": "account.read_conflict",
}
"""Events of acts that no page offers (their services stand behind commands or other pages)."""
_NUMBERED = re.compile(r"R[0-9]{2}")
_ASKING = frozenset({"number", "flag", "ratio", "blocker"})
_ASKED = frozenset({"profile", "rules"})
"""Names with which code asks a profile; where both stand, a text is a rule's id."""


@dataclass(frozen=True)
class Reach:
    """What one act may write and what it is measured by."""

    events: frozenset[str]
    names: frozenset[str]
    """Texts that may be rule ids; the pinned profile says which are."""


def acts_writing(event: str, role: str) -> list[str]:
    """The acts that may write such an entry: those open to the role that did it, else all.

    None for what the program writes by itself.
    """
    if event in WITHOUT_PAGE:
        return [WITHOUT_PAGE[event]]
    found = [name for name in ACTS if event in reach(name).events]
    mine = [name for name in found if role in policy.ACTS[name]]
    return sorted(mine or found, key=list(policy.ACTS).index)


@lru_cache(maxsize=256)
def reach(name: str) -> Reach:
    """Follow one act through its service and its blockers."""
    act = ACTS[name]
    events: set[str] = set()
    names: set[str] = set()
    for function in _functions(act.service, act.blockers):
        said = set(_texts(function))
        if ".services." in f"{function.__module__}.":
            events |= said & EVENTS.keys()
        names |= {text for text in said if _NUMBERED.fullmatch(text)}
        if function.__module__.startswith("rulebook.domain.") or _asks(function):
            names |= said
        names |= set(_terms(function))
    return Reach(frozenset(events), frozenset(names))


def _functions(*first: Any) -> Iterator[FunctionType]:
    """The functions of the product that these may call, each once."""
    waiting, seen = list(first), set[FunctionType]()
    while waiting:
        one = waiting.pop()
        while hasattr(one, "__wrapped__"):
            one = one.__wrapped__
        if not isinstance(one, FunctionType) or one in seen or not _ours(one.__module__):
            continue
        seen.add(one)
        yield one
        waiting += _named(one)
        waiting += [cell.cell_contents for cell in one.__closure__ or ()]


def _named(function: FunctionType) -> list[Any]:
    """What the names in a function stand for: globals, and attributes of our modules."""
    names = {name for code in _codes(function.__code__) for name in code.co_names}
    here = [function.__globals__[name] for name in names if name in function.__globals__]
    modules = [one for one in here if isinstance(one, ModuleType) and _ours(one.__name__)]
    return here + [getattr(one, name) for one in modules for name in names if hasattr(one, name)]


def _texts(function: FunctionType) -> Iterator[str]:
    """Texts in a function and texts that its names stand for."""
    for code in _codes(function.__code__):
        yield from (one for one in code.co_consts if isinstance(one, str))
    yield from (one for one in _named(function) if isinstance(one, str))


def _terms(function: FunctionType) -> Iterator[str]:
    """Rule and parameter of the terms that a function names."""
    for one in _named(function):
        if isinstance(one, Term):
            yield from (one.rule, one.days)


def _asks(function: FunctionType) -> bool:
    codes = list(_codes(function.__code__))
    names = {name for code in codes for name in (*code.co_names, *code.co_varnames)}
    return bool(_ASKING & names and _ASKED & names)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code with that of the functions written inside it."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _ours(module: str) -> bool:
    return module.partition(".")[0] in APPS

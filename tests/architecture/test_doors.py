"""A service is the only door: nothing else writes rows, states or entries."""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.machines import MODELS
from tests.architecture.source import Module, called, keywords, modules

MACHINES = {model.__name__ for model in MODELS}
WRITING = {
    "save",
    "delete",
    "create",
    "update",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
ENTRIES = {
    "audit_log.services.trail": {"record", "append", "append_many", "record_system", "told_by"},
    "audit_log.services.envelopes": {
        "seal",
        "keep",
        "keep_for",
        "close",
        "open_all",
        "read_one",
        "proof_of_own",
    },
}
WRITERS = {f"{module}.{name}" for module, names in ENTRIES.items() for name in names}
FORGER = "config.demo.tamper"
"""The demonstration's forger goes past every door; that is its part."""
BORN_IN_THE_POOL = {"experts.services.pool", "experts.services.applications"}
"""Who may say in which state an expert begins (one taken over from a higher pool)."""


def findings(
    where: Callable[[Module], bool], what: Callable[[Module], Iterator[ast.AST]]
) -> list[str]:
    own = (one for one in modules() if not one.name.startswith(FORGER) and where(one))
    return [module.at(node) for module in own for node in what(module)]


def everywhere(_: Module) -> bool:
    return True


def outside_services(module: Module) -> bool:
    return module.layer != "services"


def test_the_scan_sees_the_product():
    assert len([one for one in modules() if one.layer == "services"]) > 30


def calls_of(*names: str) -> Callable[[Module], Iterator[ast.Call]]:
    return lambda module: (one for one in module.calls() if called(one) in names)


def test_no_queryset_updates_a_state():
    def updates(module: Module) -> Iterator[ast.AST]:
        yield from (one for one in calls_of("update")(module) if "state" in keywords(one))

    assert findings(everywhere, updates) == []


def test_bulk_update_is_not_used():
    assert findings(everywhere, calls_of("bulk_update")) == []


def test_no_state_is_assigned_but_by_the_machine():
    def assigned(module: Module) -> Iterator[ast.AST]:
        for node in module.nodes(ast.Assign, ast.AugAssign, ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (t for t in targets if isinstance(t, ast.Attribute) and t.attr == "state")
        for call in module.calls():
            if called(call) in ("setattr", "__setattr__") and "state" in ast.unparse(call):
                yield call

    assert findings(lambda m: m.layer != "domain", assigned) == []


def test_no_object_is_made_in_a_state_of_ones_choice():
    def made(module: Module) -> Iterator[ast.AST]:
        for call in module.calls():
            makes = called(call) in MACHINES | {"create", "get_or_create", "update_or_create"}
            if makes and "state" in keywords(call):
                yield call

    def not_the_pool(module: Module) -> bool:
        return module.name not in BORN_IN_THE_POOL

    assert findings(not_the_pool, made) == []


def test_entries_and_envelopes_are_written_in_services_alone():
    def written(module: Module) -> Iterator[ast.AST]:
        for node in module.nodes(ast.Name, ast.Attribute):
            if module.meant(node) in WRITERS:
                yield node

    assert findings(outside_services, written) == []
    assert len(findings(lambda m: m.layer == "services", written)) > 60


@pytest.mark.parametrize("name", sorted(WRITING))
def test_nothing_but_a_service_writes_rows(name):
    assert findings(outside_services, calls_of(name)) == []


def test_raw_sql_is_written_in_the_trail_alone():
    assert findings(lambda m: m.app != "audit_log", calls_of("execute", "executemany", "raw")) == []

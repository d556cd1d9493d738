"""docs/lifecycle.md, the models' methods, their owners and the calls in the code are one table."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django_fsm import can_proceed

from evaluation.domain.lifecycle import EDGE_OWNERS
from tests.architecture import machines
from tests.architecture.machines import MODELS, STATES
from tests.architecture.source import APPS, Module, called, modules, strings

DOCUMENT = machines.document()
NAMES = {edge.name for model in MODELS for edge in machines.edges(model)}
ABOVE = APPS[APPS.index("experts") :]
"""Apps that see a machine; those below cannot import one."""
ROWS = {"row", "part", "one", "seat", "draw", "expert", "project", "lot", "objection", "round"}
"""What a row is called here: a text's `replace` and a program's `terminate` are no edges."""


def test_the_document_has_every_machine_and_no_other():
    assert list(DOCUMENT) == [model.__name__ for model in MODELS]


@pytest.mark.parametrize("model", MODELS)
def test_the_document_lists_every_state_with_its_name(model):
    assert DOCUMENT[model.__name__].states == STATES[model]


@pytest.mark.parametrize("model", MODELS)
def test_the_document_lists_every_edge(model):
    assert DOCUMENT[model.__name__].edges == machines.edges(model)


@pytest.mark.parametrize("model", MODELS)
def test_every_state_is_reached_from_a_birth(model):
    reached = set(machines.guard(model).births())
    for _ in STATES[model]:
        reached |= {edge.target for edge in machines.edges(model) if edge.source in reached}
    assert reached == set(STATES[model])


@pytest.mark.parametrize("model", MODELS)
def test_no_method_leads_out_of_a_state_but_along_its_edges(model):
    names = {edge.name for edge in machines.edges(model)}
    for state in STATES[model]:
        row = model(state=state)
        open_here = {name for name in names if can_proceed(getattr(row, name))}
        assert open_here == {edge.name for edge in machines.edges(model) if edge.source == state}


@pytest.mark.parametrize("model", MODELS)
def test_a_state_cannot_be_assigned(model):
    row = model()
    with pytest.raises(AttributeError):
        row.state = next(reversed(STATES[model]))


def test_owners_of_project_edges_stand_in_the_document():
    listed: dict[str, set[str]] = {}
    for services, names in EDGE_OWNERS.items():
        for name in names:
            listed.setdefault(name, set()).add(services.partition(".")[0])
    assert listed == DOCUMENT["Project"].owners


@pytest.mark.parametrize("app", ABOVE)
def test_an_app_takes_exactly_the_edges_it_owns(app):
    owned = {
        edge
        for table in DOCUMENT.values()
        for edge, owners in table.owners.items()
        if app in owners
    }
    taken = {edge for one in modules() if one.app == app for edge in _taken(one)}
    assert taken == owned


def test_edges_are_taken_in_services_alone():
    others = (one for one in modules() if one.app in ABOVE and one.layer != "services")
    assert [f"{one.name}: {edge}" for one in others for edge in _taken(one)] == []


def _taken(module: Module) -> Iterator[str]:
    """Edges that a module takes: by method, by `fire`, or by a name it hands to `getattr`."""
    asked = {call.args[0] for call in module.calls() if called(call) == "can_proceed"}
    for node in module.nodes(ast.Attribute):
        of_row = isinstance(node.value, ast.Name) and node.value.id in ROWS
        if node.attr in NAMES and of_row and node not in asked:
            yield node.attr
    for call in module.calls():
        if called(call) == "fire":
            yield from _named(module, call.args[1])
        elif called(call) == "getattr" and call not in asked:
            yield from _returned(module, call)


def _named(module: Module, edge: Any) -> Iterator[str]:
    """A constant, or a choice out of a constant table of the same module."""
    if isinstance(edge, ast.Subscript):
        tables = module.nodes(ast.Assign)
        (table,) = (one for one in tables if ast.unparse(one.targets[0]) == edge.value.id)
        yield from (one.value for one in table.value.values)
    else:
        yield edge.value


def _returned(module: Module, call: ast.Call) -> Iterator[str]:
    """Edge names that functions of the module return, where one of them is looked up by name."""
    if ast.unparse(call.args[1]) != "edge":
        return
    for function in module.nodes(ast.FunctionDef):
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                yield from (name for name in strings(node.value) if name in NAMES)

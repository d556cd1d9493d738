"""`docs/settings.md` lists every environment variable of the settings, with its literal default."""

import ast

import pytest

from tests.docs.source import ROOT, code_of, rows

PAGE = "docs/settings.md"
EMPTY = "empty"


def read_names() -> dict[str, ast.expr | None]:
    """Return name → default of every `ENV.get(name, default)` in the settings."""
    tree = ast.parse((ROOT / "config/settings.py").read_text(encoding="utf-8"))
    found: dict[str, ast.expr | None] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="ENV"), attr="get"),
                args=[ast.Constant(value=str(name)), *default],
            ):
                found[name] = default[0] if default else None
    return found


def listed() -> dict[str, str]:
    """Return name → default of the page."""
    return {code_of(row[0]): row[1] for row in rows(PAGE)}


def literals() -> list[tuple[str, str]]:
    """The names whose default is a plain text."""
    defaults = read_names().items()
    return [(name, str(node.value)) for name, node in defaults if isinstance(node, ast.Constant)]


def test_the_page_lists_exactly_the_names_that_are_read():
    assert sorted(listed()) == sorted(read_names())


def test_no_name_stands_there_twice():
    assert len(rows(PAGE)) == len(listed())


@pytest.mark.parametrize(("name", "default"), literals())
def test_a_plain_default_is_the_one_of_the_settings(name, default):
    assert listed()[name] == (f"`{default}`" if default else EMPTY)


def test_the_settings_read_the_environment_in_one_way_only():
    source = (ROOT / "config/settings.py").read_text(encoding="utf-8")
    assert source.count("ENV") == 1 + len(read_names())

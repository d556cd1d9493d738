"""`ARCHITECTURE.md` names the folders, the order of imports and every exception, as they are."""

import ast
import re
import tomllib
from pathlib import Path

from tests.docs.source import APPS, DOCS, ROOT, code_of, modules, rows, section, text

PAGE = "ARCHITECTURE.md"
BESIDE = ("tests", "benchmarks", "docs")


def contract(name: str) -> dict[str, object]:
    settings = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]
    return next(one for one in settings["contracts"] if one["id"] == name)


def deferred() -> set[str]:
    """Modules with an import inside a function; those of `apps` count as one."""
    found = set()
    for name, path in modules(APPS):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        inner = (child for one in functions for child in ast.walk(one))
        if any(isinstance(child, ast.Import | ast.ImportFrom) for child in inner):
            found.add("*.apps" if name.endswith(".apps") else name)
    return found


def test_every_package_has_its_row_and_every_row_its_folder():
    told = [code_of(row[0]).rstrip("/") for row in rows(PAGE, under=FOLDERS)]
    assert told == [*APPS, *BESIDE]
    assert all((ROOT / name).is_dir() for name in told)


def test_the_order_of_imports_is_the_one_that_import_linter_holds():
    order = re.search(r"`(\w+(?: ← \w+)+)`", section(PAGE, FOLDERS))
    assert order
    assert order[1].split(" ← ") == list(reversed(contract("apps")["layers"])) == list(APPS)


def test_the_layers_are_those_that_import_linter_holds():
    line = re.search(r"`(.*→.*)`", section(PAGE, "Layers inside an app"))
    assert line
    told = [set(part.split(" · ")) for part in line[1].split(" → ")]
    held = [set(re.findall(r"\w+", layer)) for layer in contract("inside")["layers"]]
    assert told == held


def test_imports_inside_functions_are_exactly_the_listed_ones():
    assert {code_of(row[0]) for row in rows(PAGE, under="Exceptions")} == deferred()


def test_the_one_signal_receiver_is_the_one_that_is_named():
    used = {
        (name, signal)
        for name, path in modules(APPS)
        for signal in re.findall(r"signals import (.+)", path.read_text(encoding="utf-8"))
    }
    assert used == {("audit_log.apps", "post_migrate")}


def test_decisions_are_numbered_without_gaps_and_state_the_three_parts():
    pages = sorted((DOCS / "adr").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert [page.name for page in pages if not is_decision(page)] == []


def is_decision(page: Path) -> bool:
    body = page.read_text(encoding="utf-8")
    parts = re.findall(r"(?m)^\*\*(\w+)\.\*\*", body)
    titled = body.startswith(f"# {page.name[:4]} ")
    return titled and parts == ["Context", "Decision", "Consequences"]


FOLDERS = "Folders and the order of imports"

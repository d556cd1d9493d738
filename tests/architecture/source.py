"""The product's modules as syntax trees, for rules that hold about the code itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "audit_log",
    "accounts",
    "rulebook",
    "experts",
    "evaluation",
    "award",
    "desk",
    "config",
)
STANDALONE = ("audit_log.witness", "audit_log.verifier")
"""Programs of other parties: they share neither database nor code with the product."""


@dataclass(frozen=True)
class Module:
    """One module: `name` is dotted, `tree` its syntax."""

    path: Path
    name: str

    @property
    def app(self) -> str:
        return self.name.partition(".")[0]

    @property
    def layer(self) -> str:
        """`services`, `domain`, `web` …: the second part of the name."""
        return [*self.name.split("."), ""][1]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text())

    @cached_property
    def imports(self) -> dict[str, str]:
        """Name as used here → what it stands for, dotted."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
            elif isinstance(node, ast.Import):
                found |= {a.asname or a.name: a.name for a in node.names}
        return found

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[Any]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def calls(self) -> Iterator[ast.Call]:
        yield from self.nodes(ast.Call)

    def meant(self, node: ast.expr) -> str:
        """What a name or an attribute of an imported name stands for, dotted; "" for others."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, "")
        if isinstance(node, ast.Attribute) and (base := self.meant(node.value)):
            return f"{base}.{node.attr}"
        return ""

    def at(self, node: ast.AST) -> str:
        """Where a finding stands, for a failing test's message."""
        return f"{self.name}:{node.lineno}"  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    """Every module of the product but migrations and the programs of other parties."""
    found = (
        Module(path, ".".join(path.relative_to(ROOT).with_suffix("").parts))
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    )
    return tuple(one for one in found if not one.name.startswith(STANDALONE))


def called(call: ast.Call) -> str:
    """The last part of what is called: `save` of `row.save(…)`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def keywords(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}


def strings(node: ast.AST) -> Iterator[str]:
    """Every string constant below a node."""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value

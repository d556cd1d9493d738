"""What the reader of error codes needs to know of Python: modules, constants, loops, signatures."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.docs.source import APPS, modules


@dataclass
class Module:
    """One parsed module with its constants and what its imported names stand for."""

    name: str
    tree: ast.Module
    constants: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, source: str) -> "Module":
        module = cls(name, ast.parse(source))
        for node in module.tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value):
                    module.constants[target] = value
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                    module.constants[target] = value
                case ast.ImportFrom(module=str(origin), names=names):
                    imported = {one.asname or one.name: f"{origin}.{one.name}" for one in names}
                    module.imports |= imported
        return module


class Library:
    """Parsed modules by their dotted names."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.modules = {name: Module.read(name, source) for name, source in sources.items()}

    @classmethod
    def of_product(cls) -> "Library":
        """Every module of the product."""
        return cls({name: path.read_text(encoding="utf-8") for name, path in modules(APPS)})

    def rows(self, node: ast.expr, module: Module) -> list[ast.expr]:
        """Return what a loop over a literal goes through, pairs for `.items()`; else nothing."""
        match node:
            case ast.Tuple(elts=rows) | ast.List(elts=rows):
                return rows
            case ast.Call(func=ast.Attribute(value=value, attr="items")):
                table = self.constant(value, module)
                if isinstance(table, ast.Dict):
                    pairs = zip(table.keys, table.values, strict=True)
                    return [ast.Tuple([key, value]) for key, value in pairs if key]
            case ast.Name() | ast.Attribute():
                constant = self.constant(node, module)
                if isinstance(constant, ast.Tuple | ast.List):
                    return constant.elts
        return []

    def constant(self, node: ast.expr, module: Module) -> ast.expr | None:
        """Return the value of a constant of the module or of one that it imports."""
        match node:
            case ast.Name(id=name) if name in module.constants:
                return module.constants[name]
            case ast.Name(id=name) if name in module.imports:
                origin, _, constant = module.imports[name].rpartition(".")
            case ast.Attribute(value=ast.Name(id=alias), attr=constant):
                origin = module.imports.get(alias, "")
            case _:
                return None
        other = self.modules.get(origin)
        return other.constants.get(constant) if other else None


def parameters(arguments: ast.arguments) -> tuple[str, ...]:
    """Return the names of a function's parameters in their order."""
    return tuple(a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))


def defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """Yield each parameter that has a default, with it."""
    late = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    yield from ((one.arg, value) for one, value in zip(late, arguments.defaults, strict=True))
    for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            yield one.arg, value


def literal(node: ast.expr | None) -> str:
    """Return the text of a string literal."""
    assert isinstance(node, ast.Constant)
    return str(node.value)

"""Every stable error code of the product, read from its source.

A code is what stands in the code position of a sink (`Blocker`, `BadInput`, …) or is a key of a
module's MESSAGES. A function that hands a parameter on to a sink is a sink itself, so helpers like
`_bad(field, code, message)` need no list. Blocks are followed statement by statement, loops over
literals row by row. A code that cannot be read raises Unreadable: none is left out in silence.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from tests.docs.syntax import Library, Module, defaults, literal, parameters

Texts = frozenset[str]
Env = dict[str, Texts]
"""Name → the texts it may stand for; `{p}` in a text is parameter p, GAP what nobody knows here."""

GAP = "…"
UNKNOWN: Texts = frozenset({GAP})
HANDED_ON: Texts = frozenset({"<handed on>"})
"""`error.code` and the like: it was counted where it arose."""
ATTRIBUTES = ("code", "message", "message_zh")
_PLACE = re.compile(r"\{(\w+)\}")
_OPEN = re.compile(rf"{GAP}|\{{")


class Unreadable(AssertionError):
    """A code that this reader cannot read: spell it plainly, or teach the reader."""


@dataclass(frozen=True)
class Sink:
    """What a call of it says, with `{parameter}` for what its arguments fill in."""

    parameters: tuple[str, ...]
    codes: Texts = frozenset({"{code}"})
    messages: Texts = frozenset({"{message}"})
    rules: Texts = frozenset({"{rule}"})
    defaults: tuple[tuple[str, Texts], ...] = ()


CODE_FIRST = Sink(("code", "message", "rule"))
SINKS = {
    **dict.fromkeys(("Blocker", "BadInput", "PlanError", "StateError", "ScoreError"), CODE_FIRST),
    "Term": Sink(("message", "rule", "days", "code")),
    **dict.fromkeys(
        ("Error", "Warning"), Sink(("message", "hint", "obj", "id"), codes=frozenset({"{id}"}))
    ),
}
"""Constructors that take a code; `Error` and `Warning` are of Django's system checks."""


@dataclass
class Found:
    """What is known of one code."""

    messages: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    where: set[str] = field(default_factory=set)


def scan(library: Library | None = None) -> dict[str, Found]:
    """Return code → what is known of it, for every module of the product (or of a library)."""
    library = library or Library.of_product()
    sinks: dict[str, Sink] = {}
    known = -1
    while known != len(sinks):  # until no further function turns out to be a sink
        known, found = len(sinks), dict[str, Found]()
        for module in library.modules.values():
            Reader(module, library, sinks, found).read()
    return found


class Reader:
    """Reads one module: adds its codes to `found` and its handing-on functions to `sinks`."""

    def __init__(
        self,
        module: Module,
        library: Library,
        sinks: dict[str, Sink],
        found: dict[str, Found],
    ) -> None:
        self.module, self.library, self.sinks, self.found = module, library, sinks, found
        self.function: tuple[str, ast.arguments] | None = None
        self.base = ""

    def read(self) -> None:
        match self.module.constants.get("MESSAGES"):
            case ast.Dict(keys=keys, values=values):
                for key, message in zip(keys, values, strict=True):
                    self._note(literal(key), {literal(message)}, set())
        self._block(self.module.tree.body, {})

    def _block(self, body: Sequence[ast.stmt], env: Env) -> Env | None:
        """Follow statements; return the names after them, None where they do not come to an end."""
        for statement in body:
            after = self._statement(statement, env)
            if after is None:
                return None
            env = after
        return env

    def _statement(self, node: ast.stmt, env: Env) -> Env | None:
        match node:
            case ast.FunctionDef():
                self._function(node, env)
            case ast.ClassDef(bases=bases, body=body):
                self.base = next((base.id for base in bases if isinstance(base, ast.Name)), "")
                self._block(body, env)
            case ast.Assign(targets=[target], value=value):
                self._expression(value, env)
                return env | self._bound(target, value, env)
            case ast.For(target=target, iter=rows, body=body):
                self._expression(rows, env)
                for bound in self._unrolled(target, rows, env):
                    self._block(body, bound)
            case ast.If(body=body, orelse=orelse, test=test):
                self._expression(test, env)
                return self._branches((body, orelse), env)
            case ast.Match(cases=cases):
                return self._branches([*(case.body for case in cases), []], env)
            case ast.Try(body=body, handlers=handlers):
                return self._branches([body, *(handler.body for handler in handlers)], env)
            case ast.With(body=body):
                return self._block(body, env)
            case ast.Return() | ast.Raise() | ast.Continue():
                self._expression(node, env)
                return None
            case _:
                self._expression(node, env)
        return env

    def _branches(self, bodies: Iterable[Sequence[ast.stmt]], env: Env) -> Env | None:
        ends = [after for body in bodies if (after := self._block(body, env)) is not None]
        names = {name for after in ends for name in after}
        merged = {name: frozenset().union(*(end.get(name, ()) for end in ends)) for name in names}
        return merged if ends else None

    def _function(self, node: ast.FunctionDef, env: Env) -> None:
        outer, self.function = self.function, (node.name, node.args)
        names = parameters(node.args)
        self._block(node.body, env | {name: frozenset({f"{{{name}}}"}) for name in names})
        self.function = outer

    def _bound(self, target: ast.expr, value: ast.expr, env: Env) -> Env:
        match target, value:
            case ast.Name(id=name), _:
                return {name: self._texts(value, env)}
            case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
                pairs = zip(names, values, strict=True)
                return {k: v for one, of in pairs for k, v in self._bound(one, of, env).items()}
            case ast.Tuple(elts=names), _:
                return {one.id: UNKNOWN for one in names if isinstance(one, ast.Name)}
        return {}

    def _unrolled(self, target: ast.expr, rows: ast.expr, env: Env) -> Iterator[Env]:
        """Yield the names of each turn of a loop: one turn per row of a literal, else one."""
        for row in self.library.rows(rows, self.module) or [ast.Constant(None)]:
            yield env | self._bound(target, row, env)

    def _expression(self, node: ast.AST, env: Env) -> None:
        """Count every call of a sink inside a statement's expressions."""
        match node:
            case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                self._comprehension(node, env)
                return
            case ast.Call():
                if sink := self._sink(node.func):
                    self._count(node, sink, env)
        for child in ast.iter_child_nodes(node):
            self._expression(child, env)

    def _comprehension(
        self, node: ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp, env: Env
    ) -> None:
        turns = [env]
        for one in node.generators:
            self._expression(one.iter, env)
            turns = [new for old in turns for new in self._unrolled(one.target, one.iter, old)]
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for turn, part in product(turns, parts):
            self._expression(part, turn)

    def _sink(self, func: ast.expr) -> Sink | None:
        match func:
            case ast.Name(id=name):
                origin = self.module.imports.get(name, f"{self.module.name}.{name}")
                return self.sinks.get(origin) or SINKS.get(name)
            case ast.Attribute(value=ast.Name(id=alias), attr=name):
                return self.sinks.get(f"{self.module.imports.get(alias, alias)}.{name}")
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"):
                return CODE_FIRST if self.base == "Refusal" else None
        return None

    def _count(self, call: ast.Call, sink: Sink, env: Env) -> None:
        given = dict(sink.defaults)
        given |= {n: self._texts(v, env) for n, v in zip(sink.parameters, call.args, strict=False)}
        given |= {word.arg: self._texts(word.value, env) for word in call.keywords if word.arg}
        codes, messages, rules = (
            frozenset(text for template in templates for text in _filled(template, given))
            for templates in (sink.codes, sink.messages, sink.rules)
        )
        if codes & HANDED_ON:
            return
        if any(_PLACE.search(code) for code in codes):
            self._declare(codes, messages, rules)
            return
        if any(GAP in code for code in codes):
            raise Unreadable(f"{self.module.name}:{call.lineno}: {ast.unparse(call)}")
        if any(_PLACE.fullmatch(message) for message in messages):
            self._declare(codes, messages, rules)  # the code is known, its words are the callers'
        for code in codes:
            self._note(code, _readable(messages), {r for r in rules if not _OPEN.search(r)})

    def _declare(self, codes: Texts, messages: Texts, rules: Texts) -> None:
        """A parameter reaches the sink: the function is one too, and its callers are counted."""
        if self.function is None:
            raise Unreadable(f"{self.module.name}: {', '.join(codes)}")
        name, arguments = self.function
        late = tuple((key, self._texts(value, {})) for key, value in defaults(arguments))
        place = f"{self.module.name}.{name}"
        if (known := self.sinks.get(place)) is not None:
            codes, messages, rules = (
                codes | known.codes,
                messages | known.messages,
                rules | known.rules,
            )
        self.sinks[place] = Sink(parameters(arguments), codes, messages, rules, late)

    def _note(self, code: str, messages: set[str], rules: set[str]) -> None:
        known = self.found.setdefault(code, Found())
        known.messages |= messages
        known.rules |= rules
        known.where.add(self.module.name)

    def _texts(self, node: ast.expr, env: Env) -> Texts:
        """Return every text that an expression may stand for."""
        match node:
            case ast.Constant(value=str(text)):
                return frozenset({text})
            case ast.Name(id=name) if name in env:
                return env[name]
            case ast.IfExp(body=one, orelse=other):
                return self._texts(one, env) | self._texts(other, env)
            case ast.JoinedStr(values=parts):
                return frozenset(map("".join, product(*(self._texts(p, env) for p in parts))))
            case ast.FormattedValue(value=value):
                return self._texts(value, env)
            case ast.Call(
                func=ast.Attribute(value=value, attr="removesuffix"),
                args=[ast.Constant(value=str(end))],
            ):
                return frozenset(text.removesuffix(end) for text in self._texts(value, env))
            case ast.Attribute(attr=attr) if attr in ATTRIBUTES:
                return HANDED_ON
        constant = self.library.constant(node, self.module)
        return UNKNOWN if constant is None else self._texts(constant, {})


def _filled(template: str, given: Env) -> Iterator[str]:
    """Yield a sink's template with each combination of what its arguments may be."""
    names = sorted(set(_PLACE.findall(template)))
    for values in product(*(given.get(name, UNKNOWN) for name in names)):
        text = template
        for name, value in zip(names, values, strict=True):
            text = text.replace(f"{{{name}}}", value)
        yield text


def _readable(messages: Iterable[str]) -> set[str]:
    """Return messages as people may meet them, one gap for each run of what is filled in."""
    gapped = {re.sub(f"{GAP}+", GAP, _PLACE.sub(GAP, text)) for text in messages}
    return gapped - {GAP, *HANDED_ON}

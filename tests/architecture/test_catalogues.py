"""Acts and policy, events and catalogue: what one lists the other knows."""

import ast
import re
import sys
from collections.abc import Iterator

from accounts.acts import ACTS
from accounts.domain import policy
from audit_log import catalogue
from tests.architecture.source import APPS, ROOT, Module, called, modules, strings

EVENT = re.compile(r"(project|expert|draw|account|rules|system|sealed)\.[a-z0-9_]+")
WITHOUT_PAGE = {
    "draw.request": "asked for by project.start_draw, which links the draw to every lot",
    "expert.read_person": "called by the page that shows the person, which is no receipt",
    "draw.compare_pool": "called by the page that shows the comparison, which is no receipt",
    "report.take": "called by the page that hands out the file, which is no receipt",
    "project.read_objection": "called by the page that shows the text, which is no receipt",
    "project.read_complaint": "the same",
    "expert.read_conflict": "called by the page that shows the party, which is no receipt",
    "account.read_conflict": "the same",
    "draw.read_recusals": "called by the page that shows the list, which is no receipt",
    "draw.open_calls": "called by the page that shows the numbers, which is no receipt",
    "account.create": "a command of the system administrator",
    "account.set_active": "a command of the system administrator",
    "rules.publish": "what an installation does by itself, once",
    "demo.jump": "the demonstration's own button",
}
"""Act of the policy → why no `Act` offers it."""


def test_every_act_has_its_row_in_the_policy():
    assert set(ACTS) - set(policy.ACTS) == set()


def test_every_row_of_the_policy_is_offered_or_says_why_not():
    assert set(policy.ACTS) - set(ACTS) == set(WITHOUT_PAGE)


def test_every_act_is_asked_for_at_the_gate():
    asked = {name for one in modules() for name in _permitted(one)}
    assert asked == set(policy.ACTS)


def test_every_event_in_the_code_is_in_the_catalogue_and_the_other_way_round():
    told = {kind for one in modules() if one.layer == "services" for kind in _told(one)}
    assert told | _reserved() == set(catalogue.EVENTS)
    assert told & _reserved() == set()


def _reserved() -> set[str]:
    """Types that docs/events.md declares and says nobody writes yet."""
    section = (ROOT / "docs" / "events.md").read_text().partition("\n## Reserved\n")[2]
    return set(re.findall(r"^\| `([a-z0-9_.]+)` \|", section, re.MULTILINE))


def _permitted(module: Module) -> Iterator[str]:
    """Acts that a module asks the gate for; by a variable: those that it names anywhere."""
    for call in module.calls():
        if called(call) == "permit":
            act = call.args[1] if isinstance(call.args[1], ast.Constant) else module.tree
            yield from (name for name in strings(act) if name in policy.ACTS)


def _told(module: Module) -> Iterator[str]:
    """Event types among a module's constants and the constants it takes from others."""
    acts = set(_permitted(module))
    for node in module.nodes(ast.Constant, ast.Attribute):
        value = node.value if isinstance(node, ast.Constant) else _constant(module, node)
        if isinstance(value, str) and EVENT.fullmatch(value) and value not in acts:
            yield value


def _constant(module: Module, node: ast.Attribute) -> object:
    """The value of `events.CLOSED`, where `events` is a module of the product."""
    where, _, name = module.meant(node).rpartition(".")
    if where.partition(".")[0] not in APPS:
        return None
    return getattr(sys.modules.get(where), name, None)

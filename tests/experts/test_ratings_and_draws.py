"""A rating never changes a draw's probability: the freeze is the same bytes with and without it."""

import ast
import inspect
import sys

import pytest

from audit_log.domain import canonical
from audit_log.services import sealer
from experts.domain.freeze import build_manifest, omissions_content
from experts.models import Draw
from experts.selectors import pool
from experts.services import draws, ratings
from tests.architecture.source import modules
from tests.experts import world
from tests.experts.ceremony import SECRET
from tests.experts.world import CENTRE, EVIDENCE, REGULATOR

LAYERS = ("acts", "services", "selectors")
READING = {"ExpertRating", "ExpertMeasure", "ratings", "measures", "rating", "rated"}
"""Names by which rows, relations and modules of ratings are reached."""


def frozen(row):
    """What a freeze fixes: the manifest, who stands behind it, and who is left out."""
    eligible, omitted = pool.eligible(row)
    manifest, known = build_manifest(
        draw=row.pk,
        project=row.case,
        attempt=row.attempt,
        one_per_group=True,
        slots=pool.slots_of(row),
        eligible=eligible,
        secret=SECRET,
    )
    behind = [one.opening() for one in known]
    return canonical.dumps([manifest, behind, omissions_content(omitted)])


@pytest.mark.django_db
def test_a_freeze_is_the_same_bytes_with_and_without_ratings(dozen):
    world.ask()
    row = Draw.objects.get(pk="T-D1")
    before = frozen(row)
    for number, code in enumerate(dozen):
        given = {"expert": code, "handle": f"c{number:04d}", "evidence": EVIDENCE}
        items = ["disclosure"] if number % 3 else []
        ratings.record(actor=REGULATOR, case="C-1", items=items, **given)
        ratings.record(actor=CENTRE, case="C-1", items=["late"], **given)
    assert frozen(row) == before
    sealer.seal_now()
    draws.review(actor=CENTRE, draw="T-D1", approve=True)
    draws.commit(actor=CENTRE, draw="T-D1")
    assert sorted(world.Named.of().expert.values()) == dozen


def imported(start):
    """The product's modules that a module needs, itself included."""
    own = {one.name: one for one in modules()}
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name in found or name not in own:
            continue
        found.add(name)
        for target in own[name].imports.values():
            waiting += [target, target.rpartition(".")[0]]
    return {name: own[name] for name in found}


def test_no_code_of_the_draw_reads_a_rating():
    reached: dict[str, ast.Module] = {}
    for service in ("draws", "rounds", "rosters", "requests", "answers", "invitations"):
        reached |= imported(f"experts.services.{service}")
    asked = [one for name, one in reached.items() if not name.startswith("experts.models")]
    names = {
        (one.name, getattr(node, "attr", getattr(node, "id", "")))
        for one in asked
        for node in one.nodes(ast.Name, ast.Attribute)
    }
    assert {found for found in names if found[1] in READING} == set()
    assert reached.keys() & {f"experts.{layer}.ratings" for layer in LAYERS} == set()


def test_the_check_sees_a_module_that_does():
    assert "experts.selectors.ratings" in imported("experts.services.appeals")
    assert inspect.getsource(sys.modules["experts.selectors.ratings"]).count("row.ratings") > 1

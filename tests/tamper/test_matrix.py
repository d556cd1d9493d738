"""The tamper matrix: every attack is caught by the layers stated, which name what is stated.

The attacks run in a process of their own, as `make tamper-demo` does it, each on a fresh copy of a
small installation.
"""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest
from django.conf import settings

from audit_log import models
from config.demo.tamper import table
from config.demo.tamper.table import ATTACKS, LAYERS, UNSEEN

for name in table.MODULES:
    import_module(f"config.demo.tamper.{name}")

pytestmark = pytest.mark.processes
TRAIL = (
    models.Entry,
    models.Leaf,
    models.Node,
    models.Checkpoint,
    models.Cosignature,
    models.Attachment,
    models.Envelope,
    models.Pending,
)
NO_CONTENT = {"node_id", "cosignature_id"}
"""Row numbers that nothing refers to."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The command, run once; its results by attack are in the file it was given."""
    home = tmp_path_factory.mktemp("tamper")
    done = subprocess.run(
        [sys.executable, "manage.py", "tamper_demo", "--json", str(home / "found.json")],
        cwd=settings.BASE_DIR,
        env={"DEMO": "1", "DATA_DIR": str(home / "data"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    return done, json.loads((home / "found.json").read_text())


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_noticed_by_the_stated_layers_and_no_other(run, attack):
    _, found = run
    assert found[attack.name] == attack.noticed


def test_the_command_ends_well_and_shows_every_attack(run):
    done, _ = run
    assert (done.returncode, done.stderr) == (0, "")
    shown = [line for line in done.stdout.splitlines() if line.startswith("【")]
    assert shown == [
        f"【{place}】{attack.title}({attack.means})"
        for place, attack in enumerate(ATTACKS, start=1)
    ]


def test_there_are_at_least_forty_kinds_and_each_has_its_own_name():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 40
    assert len({attack.title for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_what_only_the_triggers_notice_is_said_to_be_uncaught_with_its_reason(attack):
    caught = attack.noticed.keys() - {"database"} != set()
    assert caught == (attack.unseen == "")
    assert attack.unseen in {"", *UNSEEN}


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_catches_something(layer):
    assert [attack.name for attack in ATTACKS if layer in attack.noticed] != []


@pytest.mark.parametrize("model", TRAIL, ids=lambda model: model.__name__)
def test_every_column_of_the_trail_is_attacked(model):
    names = {attack.name.replace("-", "_") for attack in ATTACKS}
    columns = {f"{model.__name__.lower()}_{field.column}" for field in model._meta.fields}
    assert columns - names - NO_CONTENT == set()


def test_nobody_but_the_forger_with_the_rows_gets_past_a_sealed_and_witnessed_log():
    beyond = {attack.name: attack.unseen for attack in ATTACKS if attack.unseen}
    assert beyond == {
        "entry-and-row-forged": "forged",
        "unsealed-deleted": "window",
        "unwitnessed-deleted-with-store": "window",
    }

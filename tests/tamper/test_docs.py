"""docs/trust.md says of the tamper matrix what the matrix is."""

from importlib import import_module

from config.demo.tamper import table
from config.demo.tamper.table import ATTACKS, LAYERS, UNSEEN
from tests.docs.source import rows, section

for name in table.MODULES:
    import_module(f"config.demo.tamper.{name}")

PAGE, TITLE = "docs/trust.md", "What the tamper matrix shows"


def expected() -> list[list[str]]:
    """One row for each layer, then one for each attack that nobody notices."""
    layers = [[layer, str(_noticed(layer)), str(_alone(layer))] for layer in LAYERS]
    unseen = [
        [f"`{attack.name}`", table.MEANS[attack.means], UNSEEN[attack.unseen].english]
        for attack in ATTACKS
        if attack.unseen
    ]
    return layers + unseen


def _noticed(layer: str) -> int:
    return sum(layer in attack.noticed for attack in ATTACKS)


def _alone(layer: str) -> int:
    return sum(attack.noticed.keys() - {"database"} == {layer} for attack in ATTACKS)


def test_the_page_counts_and_admits_what_the_matrix_does():
    assert rows(PAGE, under=TITLE) == expected()


def test_the_page_says_how_many_attacks_there_are():
    assert f"{len(ATTACKS)} attacks" in section(PAGE, TITLE)

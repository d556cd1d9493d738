"""Everything here attacks whole installations and takes minutes: a target of its own."""

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker("chaos")

"""`docs/rules.md` shows every bundled rule with value, level, sureness and article."""

from tests.docs.rules_page import shown, tables


def test_the_page_shows_exactly_the_bundled_rules():
    assert shown() == tables(), "write it anew: .venv/bin/python -m tests.docs.rules_page"

"""The two READMEs tell the same commands, pages and accounts, and what they name exists."""

import re

import pytest

from config.demo.cast import ACCOUNTS
from tests.docs.source import ROOT, text
from tests.docs.test_commands import targets

ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
BOTH = (ENGLISH, CHINESE)
SCREEN = 22
"""Lines of a first screen."""


def blocks(page: str) -> list[str]:
    """The commands of the code blocks in their order, without what is said about them."""
    found = re.findall(r"(?ms)^```\n(.*?)^```", text(page))
    lines = [line for block in found for line in block.splitlines()]
    return [line.partition("#")[0].strip() for line in lines]


def spans(page: str) -> list[str]:
    """Code spans outside the blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```\n.*?^```", "", text(page)))


def links(page: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", text(page))


def test_both_name_the_same_commands_in_the_same_order():
    assert blocks(CHINESE) == blocks(ENGLISH)


def test_both_name_the_same_things():
    assert spans(CHINESE) == spans(ENGLISH)


def test_both_link_the_same_pages_and_each_other():
    assert sorted({*links(CHINESE), CHINESE}) == sorted({*links(ENGLISH), ENGLISH})


@pytest.mark.parametrize("page", BOTH)
def test_the_first_screen_has_the_two_commands_and_the_picture(page):
    first = "\n".join(text(page).splitlines()[:SCREEN])
    assert re.findall(r"(?m)^make (\w+)", first) == ["demo", "serve"]
    assert "](docs/img/project.png)" in first


@pytest.mark.parametrize("page", BOTH)
def test_both_have_the_same_chapters(page):
    assert len(re.findall(r"(?m)^## ", text(page))) == 5


def test_every_make_target_they_name_exists():
    named = {line.split()[1] for line in blocks(ENGLISH) if line.startswith("make ")}
    assert named - targets() == set()


def test_the_accounts_they_name_are_in_the_cast():
    codes = {code for code, *_ in ACCOUNTS}
    named = {span for span in spans(ENGLISH) if span in codes}
    assert named == {"zbr1", "jyzx1", "jw"}


def test_the_verifier_they_call_is_there():
    (line,) = [line for line in blocks(ENGLISH) if "verify.py" in line]
    assert (ROOT / line.split()[2]).is_file()

"""Where pages and source stand, and how the tests of the documentation read them."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
APPS = ("audit_log", "accounts", "rulebook", "experts", "evaluation", "award", "desk", "config")
"""The packages of the product, each importing only what stands before it."""
ELSEWHERE = ("audit_log/verifier/", "audit_log/witness/")
"""Programs of other parties, with their own words."""


def pages() -> list[Path]:
    """Every Markdown page of the project."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def name_of(page: Path) -> str:
    """A page's path inside the project."""
    return page.relative_to(ROOT).as_posix()


def text(name: str) -> str:
    """The text of a page by its path inside the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def modules(packages: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Yield (dotted name, file) of every module of the packages, migrations left out."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in place and not place.startswith(ELSEWHERE):
                yield place.removesuffix(".py").removesuffix("/__init__").replace("/", "."), path


def rows(page: str, *, under: str = "") -> list[list[str]]:
    """The cells of every table row of a page (of one section, `## under`); heads left out."""
    body = section(page, under) if under else text(page)
    lines = body.splitlines()
    cells = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not _is_rule(line) and not _is_rule(following):
            cells.append([cell.strip() for cell in _CELL.split(line.strip().strip("|"))])
    return cells


def section(page: str, title: str) -> str:
    """The text of a page from the heading `## title` to the next one of its level."""
    found = re.search(rf"(?ms)^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text(page))
    assert found, f"{page} has no section {title}"
    return found[1]


def code_of(cell: str) -> str:
    """The first code span of a cell, without what follows a blank (an argument)."""
    found = re.match(r"`([^`]+)`", cell)
    assert found, f"no code span in {cell!r}"
    return found[1]


_CELL = re.compile(r"(?<!\\)\|")


def _is_rule(line: str) -> bool:
    return re.fullmatch(r"\|[-:| ]+\|", line) is not None

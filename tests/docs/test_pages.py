"""What holds of every page: links lead somewhere, nothing of a machine or of another host."""

import re
from pathlib import Path

import pytest

from tests.docs.source import APPS, DOCS, ROOT, modules, name_of, pages

HOSTS = {"c2sp.org", "127.0.0.1"}
"""Hosts a page may name: the standards' home and this machine."""
MADE_UP = (".example",)
URL = re.compile(r"\bhttps?://([^\s/:)\"'`>]+)")
HOST = re.compile(
    r"(?<![\w@./-])((?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|cn|edu|gov|app))\b(?![\w(])"
)
MACHINE = re.compile(
    r"(?<![\w.~:/<])/(?:home|root|tmp|usr|var|etc|opt|srv|mnt|work|Users)\b|[A-Z]:\\"
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
MENTION = re.compile(r"(?<![\w/.-])([a-z][a-z_-]*\.md)\b")


def body(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def links() -> list[tuple[str, str]]:
    """(page, target) of every link into the project."""
    found = [(name_of(page), target) for page in pages() for target in LINK.findall(body(page))]
    return [(page, target) for page, target in found if not URL.match(target)]


def mentions() -> list[str]:
    """Pages that the source names in passing ("formats.md section 3")."""
    text = "".join(path.read_text(encoding="utf-8") for _, path in modules(APPS))
    return sorted(set(MENTION.findall(text)))


@pytest.mark.parametrize(("page", "target"), links())
def test_a_link_leads_to_something_in_the_project(page, target):
    path, _, anchor = target.partition("#")
    found = (ROOT / page).parent / path if path else ROOT / page
    assert found.exists()
    assert found.resolve().is_relative_to(ROOT)
    assert not anchor or anchor in anchors(found)


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"(?m)^#+ (.*)$", body(page))
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", mentions())
def test_a_page_that_the_source_names_is_there(name):
    assert (DOCS / name).is_file()


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_a_page_names_no_other_host(page):
    named = {*URL.findall(body(page)), *HOST.findall(body(page))}
    assert {host for host in named if not host.endswith(MADE_UP)} - HOSTS == set()


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_a_page_names_no_place_of_a_machine(page):
    assert MACHINE.findall(body(page)) == []


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_a_page_has_one_title_and_whole_tables(page):
    lines = re.sub(r"(?ms)^```.*?^```", "", body(page)).splitlines()
    assert len([line for line in lines if line.startswith("# ")]) == 1
    assert [line for line in lines if line.startswith("|") and not line.endswith("|")] == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=name_of)
def test_a_page_of_reference_is_reached_from_another(page):
    reached = {(ROOT / source).parent / target.partition("#")[0] for source, target in links()}
    assert page in {path.resolve() for path in reached}


def test_a_host_is_recognised_without_its_scheme():
    assert HOST.findall("see mirror.somewhere.cn, c2sp.org/x and a.b.py") == [
        "mirror.somewhere.cn",
        "c2sp.org",
    ]


@pytest.mark.parametrize("line", ["in /home/me/x", "under (/tmp/a)", "C:\\Users", "at /srv/app"])
def test_a_place_of_a_machine_is_recognised(line):
    assert MACHINE.search(line)


@pytest.mark.parametrize("line", ["POST /mark", "`audit_log/var/x`", "a/tmp", "`/login/`"])
def test_other_slashes_are_not(line):
    assert MACHINE.search(line) is None

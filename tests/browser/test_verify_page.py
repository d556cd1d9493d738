"""docs/verify.html finds in every bundle what verify.py finds: verdict, places and words."""

import base64
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from audit_log.verifier.verify import Report, Unreadable, verify
from tests.browser.conftest import ROOT
from tests.browser.office import VIEW
from tests.verifier import (
    test_award,
    test_ballots,
    test_bundle,
    test_checkpoints,
    test_draw_attempts,
    test_draws,
    test_entries,
    test_envelopes,
    test_notes,
    test_scores,
    test_standalone,
    test_tree,
)
from tests.verifier.case import STREAMS, Case
from tests.verifier.writer import LOG, POLICY, Book, canonical, leaf_hash, write_zip

pytestmark = pytest.mark.browser

PAGE = ROOT / "docs" / "verify.html"
ASK = """([zip, policy]) =>
    verdictOf(Uint8Array.from(atob(zip), (one) => one.charCodeAt(0)), policy)"""
CASE = Case().write()
FILES = CASE.whole() | {"leaves": b"".join(map(leaf_hash, CASE.lines))}
ONE_CASE = CASE.case(STREAMS)
WITHOUT_ED25519 = """crypto.subtle.importKey = () =>
    Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))"""

Verdict = dict[str, Any]


def opened(browser: Browser, *scripts: str) -> Page:
    """The page from its file, with the network off."""
    page = browser.new_context(viewport=VIEW, locale="zh-CN", offline=True).new_page()
    for script in scripts:
        page.add_init_script(script)
    page.goto(PAGE.as_uri())
    return page


@pytest.fixture(scope="module")
def page(browser) -> Iterator[Page]:
    page = opened(browser)
    yield page
    page.context.close()


def in_the_page(page: Page, path: str, policy: str | None) -> Verdict:
    data = base64.b64encode(Path(path).read_bytes()).decode()
    return dict(page.evaluate(ASK, [data, policy]))


def by_the_program(report: Report) -> Verdict:
    first = report.first_bad
    return report.as_json() | {"first": first and f"{first.where}:{first.text}"}


@pytest.fixture
def check(page, tmp_path) -> Callable[..., Report]:
    """As in tests/verifier, and the page must say of the bundle exactly what the program says."""

    def run(
        files: Mapping[str, bytes],
        *again: tuple[str, bytes],
        policy: str | None = POLICY,
        fast: bool = False,
    ) -> Report:
        path = write_zip(tmp_path / "bundle.zip", files, *again)
        told = in_the_page(page, path, policy)
        try:
            report = verify(path, policy, fast)
        except Unreadable as error:
            assert told == {"verdict": "无法读取", "ok": False, "exit": 2, "error": str(error)}
            raise
        assert told == by_the_program(report)
        return report

    return run


# Every test of the verifier that hands over a bundle is run once more, with the `check` above.
_MODULES = (
    *(test_award, test_ballots, test_bundle, test_checkpoints, test_draw_attempts, test_draws),
    *(test_entries, test_envelopes, test_notes, test_scores, test_standalone, test_tree),
)
for _module in _MODULES:
    for _name, _test in inspect.getmembers(_module, inspect.isfunction):
        if _name.startswith("test_") and "check" in inspect.signature(_test).parameters:
            globals()[f"{_name}_{_module.__name__.rpartition('_')[2]}"] = _test

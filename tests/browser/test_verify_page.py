"""docs/verify.html finds in every bundle what verify.py finds: verdict, places and words."""

import base64
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from audit_log.verifier.verify import Report, Unreadable, verify
from tests import verifier
from tests.browser.conftest import ROOT
from tests.browser.office import VIEW
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


def by_the_program(path: str, policy: str | None) -> Verdict:
    try:
        report = verify(path, policy)
    except Unreadable as error:
        return {"verdict": "无法读取", "ok": False, "exit": 2, "error": str(error)}
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
        assert in_the_page(page, path, policy) == by_the_program(path, policy)
        return verify(path, policy, fast)

    return run


# Every test of the verifier that hands over a bundle is run once more, with the `check` above.
for _found in pkgutil.iter_modules(verifier.__path__):
    if _found.name.startswith("test_"):
        _module = importlib.import_module(f"{verifier.__name__}.{_found.name}")
        for _name, _test in inspect.getmembers(_module, inspect.isfunction):
            if _name.startswith("test_") and "check" in inspect.signature(_test).parameters:
                globals()[f"{_name}_{_found.name}"] = _test


# ----------------------------------------------------------------- What each kind of file can hide


def swapped(name: str, old: bytes, new: bytes, files: Mapping[str, bytes] = FILES) -> Any:
    """The files with the first `old` of one of them replaced."""
    assert old in files[name]
    return {**files, name: files[name].replace(old, new, 1)}


def flipped(name: str, at: int, files: Mapping[str, bytes] = FILES) -> Any:
    """The files with one bit of one of them flipped."""
    changed = bytearray(files[name])
    changed[at] ^= 1
    return {**files, name: bytes(changed)}


def entry(kind: str, old: bytes, new: bytes) -> Any:
    """The files with `old` replaced in the last entry of a type; chain and tree are left."""
    named = b'"type":"%s"' % kind.encode()
    line = [line for line in CASE.lines if named in line and old in line][-1]
    return swapped("entries.jsonl", line, line.replace(old, new, 1))


ATTACHMENT = next(name for name in FILES if name.startswith("attachments/"))
SIGNED = len(FILES["checkpoint"].rpartition(b"\n\n")[0])  # where the signature lines begin
EARLIER = min(CASE.ceremonies)
TAMPERED = {
    "entry": flipped("entries.jsonl", 700),
    "rejection": entry("project.bid_rejected", "章".encode(), "字".encode()),
    "checkpoint's root": flipped("checkpoint", SIGNED - 20),
    "log's signature": flipped("checkpoint", SIGNED + 70),
    "cosignature": flipped("checkpoint", len(FILES["checkpoint"]) - 30),
    "earlier checkpoint": flipped(f"checkpoints/{EARLIER}", 90),
    "list of leaves": swapped("entries.jsonl", b'"score":"31"', b'"score":"32"'),
    "inclusion proof": flipped("proofs.jsonl", 60, ONE_CASE),
    "consistency proof": flipped("consistency.jsonl", 60, ONE_CASE),
    "case's entry": flipped("entries.jsonl", 700, ONE_CASE),
    "attachment": flipped(ATTACHMENT, 30),
    "receipt": swapped("draws/D-2.json", b"draw.requested", b"draw.requestet"),
    "manifest": swapped("draws/D-2.json", b'"count":2', b'"count":1'),
    "envelope's opening": entry("project.bid_opened", b'"salt":"', b'"salt":"0'),
    "draw": entry("draw.round_run", b'"ticket":"', b'"ticket":"0'),
    "mark": entry("draw.round_run", b'"mark":"', b'"mark":"0'),
    "score sheet": entry("project.score_sheet_opened", b'"score":"53"', b'"score":"54"'),
    "ballot": entry("project.ballot_opened", b'"choices":["B2"]', b'"choices":["B1"]'),
    "count": entry("project.round_counted", b'"winner":"B2"', b'"winner":"B1"'),
    "award": entry("project.awarded", b'"bidder":"B2"', b'"bidder":"B1"'),
    "report": {**FILES, "report.json": canonical({"v": 1, "projects": []})},
}


@pytest.mark.parametrize("kind", TAMPERED)
def test_what_is_altered_is_refused_by_both_with_the_same_words(check, kind):
    assert check(TAMPERED[kind]).verdict == "不一致"


@pytest.mark.parametrize("files", [FILES, ONE_CASE], ids=["whole", "case"])
@pytest.mark.parametrize("policy", [POLICY, None], ids=["own policy", "no policy"])
def test_what_is_whole_is_accepted_by_both(check, files, policy):
    assert check(files, policy=policy).ok


def test_a_name_that_stands_twice_is_refused_before_anything_is_read(check):
    report = check(FILES, ("checkpoint", FILES["checkpoint"]))
    assert [fault.text for fault in report.faults] == ["压缩包中文件名重复:checkpoint"]


def test_a_bundle_of_the_product_is_read_as_the_program_reads_it(page, environment, passwords):
    """Packed by the product itself, with the accounts of the demonstration."""
    path = str(Path(environment["DATA_DIR"]) / "evidence-for-the-page.zip")
    command = [sys.executable, "manage.py", "evidence", path]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert in_the_page(page, path, None) == by_the_program(path, None)


# --------------------------------------------------------------------------------- The page itself


def test_the_file_refers_to_nothing_outside_itself():
    text = PAGE.read_text(encoding="utf-8")
    outside = r"https?:|//[a-z]|@import|\burl\(|\bsrc=|\bhref=|fetch\(|import\("
    assert re.findall(outside, text) == []
    assert text.count("<script>") == text.count("</script>") == 1
    assert "default-src 'none'" in text


def choose(page: Page, path: str, policy: str | None = None) -> str:
    """Choose the files with the keyboard's button pressed; the banner of the result."""
    page.set_input_files("#bundle", path)
    page.set_input_files("#policy", [policy] if policy else [])
    page.focus("#start")
    page.keyboard.press("Enter")
    page.wait_for_selector("#result:visible")
    return page.inner_text("#banner")


def test_files_are_chosen_and_the_result_is_told_and_focused(page, tmp_path):
    policy = tmp_path / "policy"
    policy.write_text(POLICY, encoding="utf-8")
    good = choose(page, write_zip(tmp_path / "good.zip", FILES), str(policy))
    assert good.startswith("结论:一致,且经监督方见证\n")
    assert page.evaluate("document.activeElement.id") == "verdict"
    assert "通过 12 项" in page.inner_text("#findings")
    bad = choose(page, write_zip(tmp_path / "bad.zip", TAMPERED["rejection"]), str(policy))
    assert bad.startswith("结论:不一致\n")
    assert f"首个有问题的条目:{verify(str(tmp_path / 'bad.zip'), POLICY).first_bad.where}" in bad
    with page.expect_download() as saved:
        page.click("#save")
    told = json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))
    assert told == by_the_program(str(tmp_path / "bad.zip"), POLICY)


def test_dropped_files_are_taken_by_their_names(page, tmp_path):
    data = base64.b64encode(Path(write_zip(tmp_path / "b.zip", FILES)).read_bytes()).decode()
    page.evaluate(
        """([zip, policy]) => {
            const held = new DataTransfer();
            held.items.add(new File([Uint8Array.from(atob(zip), (c) => c.charCodeAt(0))], "b.zip"));
            held.items.add(new File([policy], "policy"));
            document.dispatchEvent(new DragEvent("drop", { dataTransfer: held, cancelable: true }));
        }""",
        [data, POLICY],
    )
    page.click("#start")
    page.wait_for_selector("#result:visible")
    assert page.inner_text("#verdict") == "结论:一致,且经监督方见证"


@pytest.mark.parametrize(
    ("data", "policy", "text"),
    [
        (b"no zip", None, "文件打不开,或不是 zip 压缩包"),
        (b"no zip", b"\xff", "政策文件打不开,或不是 UTF-8"),
        (b"no zip", b"nonsense", "政策文件第 1 行有误"),
    ],
)
def test_what_cannot_be_read_is_told(page, tmp_path, data, policy, text):
    for name, content in (("b.zip", data), ("policy", policy)):
        (tmp_path / name).write_bytes(content or b"")
    chosen = str(tmp_path / "policy") if policy else None
    banner = choose(page, str(tmp_path / "b.zip"), chosen)
    assert banner.split() == ["结论:无法读取", *text.split()]


def test_without_ed25519_the_page_says_what_it_does_not_check(browser, tmp_path):
    page = opened(browser, WITHOUT_ED25519)
    left = "日志签名、见证签名与见证时间、密钥更换后的签名、抽取标记"
    told = page.inner_text("#signatures")
    assert told == f"本浏览器不支持 Ed25519,以下各项不会核验:{left};其余照常。"
    forged = {**FILES, "checkpoint": TAMPERED["cosignature"]["checkpoint"]}
    for files in (FILES, forged, CASE.whole(LOG)):
        result = in_the_page(page, write_zip(tmp_path / "b.zip", files), POLICY)
        assert (result["verdict"], result["ok"]) == ("未发现不一致,但签名未核验", False)
        assert result["unchecked"] == left.split("、")
        assert not {f["area"] for f in result["findings"]} & {"witness", "order"}
        texts = [f["text"] for f in result["findings"] if f["area"] == "signatures"]
        assert texts == [f"本浏览器不支持 Ed25519,以下各项没有核验:{left}"]
    bad = in_the_page(page, write_zip(tmp_path / "b.zip", TAMPERED["ballot"]), POLICY)
    assert bad["verdict"] == "不一致"
    assert bad["first"].startswith(str(verify(str(tmp_path / "b.zip"), POLICY).first_bad.where))
    page.context.close()


def test_the_page_shows_progress_while_it_checks_a_long_log(page, tmp_path):
    book = Book()
    for n in range(3_500):  # the writer's clock has an hour
        book.add(f"expert/E{n % 50}", "expert.noted", {"text": "甲" * 3_000})
    path = write_zip(tmp_path / "long.zip", book.whole())
    page.evaluate("""() => {
        const status = document.getElementById("status");
        globalThis.seen = new Set();
        globalThis.timer = setInterval(() => seen.add(status.textContent));
    }""")
    assert choose(page, path).startswith("结论:一致,签名人身份未确认")
    seen = page.evaluate("() => { clearInterval(timer); return [...seen] }")
    places = {int(n) for text in seen for n in re.findall(r"核验条目 (\d+) / 3500……", text)}
    assert len(places) > 1  # other work of the page ran between batches of lines

"""The verdict on a whole bundle, and what happens to it when anything is changed."""

import json
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audit_log.verifier import verify as verifier
from tests.verifier.case import STREAM, STREAMS, Case
from tests.verifier.writer import (
    DISCIPLINE,
    LOG,
    ORIGIN,
    POLICY,
    STRANGER,
    VECTORS,
    Book,
    Signer,
    canonical,
    vector_book,
    with_vector_draws,
    write_zip,
)

DRAWS = with_vector_draws(vector_book())
FILES = DRAWS.whole()
ENTRIES = FILES["entries.jsonl"]
CASE = Case().write()
SIZE = len(CASE.lines)
NEW = Signer(ORIGIN, bytes([11]) * 32, 1)
UNWITNESSED = f"log {LOG.vkey}\nquorum none\n"


def areas(report) -> set[str]:
    return {fault.area for fault in report.faults}


def test_the_known_log_is_consistent_and_witnessed(check):
    files = {
        "checkpoint": VECTORS["note"].encode(),
        "keys": "".join(f"{text}\n" for text in VECTORS["vkeys"]).encode(),
        "entries.jsonl": "".join(f"{text}\n" for text in VECTORS["entries"]).encode(),
    }
    assert check(files).verdict == "一致,且经监督方见证"
    assert check(files, policy=None).verdict == "一致,签名人身份未确认"


@pytest.mark.parametrize(
    ("signers", "policy", "verdict", "status"),
    [
        ((LOG, DISCIPLINE), POLICY, "一致,且经监督方见证", 0),
        ((LOG, DISCIPLINE), None, "一致,签名人身份未确认", 0),
        ((LOG,), None, "已封存,未见证", 0),
        ((LOG,), UNWITNESSED, "已封存,未见证", 0),
        ((LOG,), POLICY, "已封存,未见证", 1),
        ((DISCIPLINE,), POLICY, "不一致", 1),
        ((STRANGER,), POLICY, "不一致", 1),
        ((STRANGER, DISCIPLINE), POLICY, "不一致", 1),
        ((STRANGER,), None, "不一致", 1),
    ],
)
def test_who_signed_decides_the_verdict(check, signers, policy, verdict, status):
    report = check(DRAWS.whole(*signers), policy=policy)
    assert (report.verdict, report.exit_code) == (verdict, status)


def test_a_whole_log_and_a_single_case_pass_every_check(check):
    streams = {"project/NH-2025-001", "draw/D-1", "draw/D-2", "draw/D-3"}
    bundles = [FILES, CASE.whole(), CASE.case(STREAMS), DRAWS.case(streams)]
    reports = [check(files) for files in bundles]
    assert [report.faults for report in reports] == [[], [], [], []]
    assert [report.scope for report in reports] == ["整个日志", "整个日志", "单案", "单案"]
    assert [report.missing for report in reports] == [[], [], [], []]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(at=st.integers(0, len(ENTRIES) - 1), bit=st.integers(0, 7))
@example(at=305, bit=0)
@example(at=len(ENTRIES) - 1, bit=0)
def test_any_flipped_bit_of_the_entries_is_found_and_an_entry_named(check, at, bit):
    changed = bytearray(ENTRIES)
    changed[at] ^= 1 << bit
    report = check({**FILES, "entries.jsonl": bytes(changed)})
    assert report.verdict == "不一致"
    assert report.first_bad.where.place <= successor(ENTRIES[:at].count(b"\n"))


def successor(index: int) -> int:
    """The next entry of the same stream, whose `prev` tells; itself where there is none."""
    stream = json.loads(DRAWS.lines[index])["stream"]
    later = (n for n in range(index + 1, len(DRAWS.lines)) if stream in DRAWS.lines[n].decode())
    return next(later, index)


@pytest.mark.parametrize("index", [1, 8, 15, 16, 30, SIZE - 1])
def test_the_changed_entry_itself_is_named(check, index):
    """A changed `at` keeps the entry well formed: only its hash tells."""
    lines = list(CASE.lines)
    lines[index] = lines[index].replace(b".000000Z", b".000001Z")
    report = check({**CASE.whole(), "entries.jsonl": b"\n".join(lines) + b"\n"})
    entry = json.loads(CASE.lines[index])
    assert report.first_bad.where == (entry["stream"], entry["n"], index)


def test_a_rewritten_and_rechained_entry_is_found_by_the_root(check):
    """The owner of the database changes an entry and recomputes the chain, without the log key."""
    forged = Case()
    forged.price = 1
    forged.write()
    report = check({**forged.whole(), "checkpoint": CASE.note(SIZE, LOG, DISCIPLINE)})
    assert "tree" in areas(report)
    assert report.verdict == "不一致"


@pytest.mark.parametrize(
    "cut",
    [lambda lines: lines[:-1], lambda lines: [*lines, lines[-1]], lambda lines: lines[1:]],
    ids=["tail", "more", "head"],
)
def test_entries_cut_or_added_are_found(check, cut):
    lines = b"".join(line + b"\n" for line in cut(DRAWS.lines))
    assert "tree" in areas(check({**FILES, "entries.jsonl": lines}))


def test_two_entries_of_different_streams_cannot_change_places(check):
    lines = [*DRAWS.lines]
    lines[1], lines[2] = lines[2], lines[1]
    files = {**FILES, "entries.jsonl": b"".join(line + b"\n" for line in lines)}
    assert areas(check(files)) == {"tree"}


@pytest.mark.parametrize("missing", ["checkpoint", "entries.jsonl", "keys"])
def test_a_bundle_without_its_parts_cannot_be_read(check, missing):
    with pytest.raises(verifier.Unreadable, match=missing):
        check({name: data for name, data in FILES.items() if name != missing}, policy=None)


def test_a_damaged_or_foreign_file_cannot_be_read(check, tmp_path):
    (tmp_path / "x.zip").write_bytes(b"not a zip")
    path = write_zip(tmp_path / "y.zip", FILES)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("entries.jsonl").header_offset + 60
    data = bytearray((tmp_path / "y.zip").read_bytes())
    data[start] ^= 1
    (tmp_path / "y.zip").write_bytes(bytes(data))
    for name in ("x.zip", "y.zip", "none.zip"):
        with pytest.raises(verifier.Unreadable):
            verifier.verify(str(tmp_path / name))
    for policy in ("", "log"):
        with pytest.raises(verifier.Unreadable, match="政策文件"):
            check(FILES, policy=policy)


@pytest.mark.parametrize("name", ["entries.jsonl", "checkpoint", "draws/D-1.json"])
def test_a_name_that_stands_twice_is_refused(check, name):
    report = check(FILES, (name, FILES[name]))
    assert [fault.text for fault in report.faults] == [f"压缩包中文件名重复:{name}"]
    assert report.verdict == "不一致"


def test_files_outside_the_format_are_named(check):
    report = check({**FILES, "../evil.txt": b"", "notes.docx": b""})
    named = [f.text.split(":")[1] for f in report.findings if f.level == "note" and f.area == "zip"]
    assert (report.ok, named) == (True, ["../evil.txt", "notes.docx"])


def test_an_altered_attachment_is_a_fault_and_a_missing_document_is_listed(check):
    files = CASE.whole()
    documents = sorted(name for name in files if name.startswith("attachments/"))
    altered = check({**files, documents[0]: files[documents[0]] + b" "})
    assert "attachments" in areas(altered)
    (report,) = [name for name in documents if files[name] == canonical({"report": 1})]
    without = check({name: data for name, data in files.items() if name != report})
    assert (without.ok, without.missing) == (True, [report])


def test_a_missing_attachment_that_the_re_run_needs_is_a_fault(check):
    files = CASE.whole()
    plan = json.loads(CASE.lines[0])["data"]["evaluation_plan"]
    report = check({n: d for n, d in files.items() if n != f"attachments/{plan}"})
    assert (areas(report), report.missing) == ({STREAM}, [f"attachments/{plan}"])


def test_the_fast_mode_gives_the_same_verdict(check):
    assert check(CASE.whole(), fast=True).verdict == "一致,且经监督方见证"


def test_a_key_that_is_none_is_refused(check):
    for keys in (b"nonsense\n", b"\xff\n"):
        report = check({**FILES, "keys": keys}, policy=None)
        assert report.faults[0].text == "keys 中有无法识别的公钥"


def test_a_damaged_attachment_cannot_be_read(tmp_path):
    path = tmp_path / "x.zip"
    write_zip(path, CASE.whole())
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.startswith("attachments/"))
        start = archive.getinfo(name).header_offset + 30 + len(name) + 5
    data = bytearray(path.read_bytes())
    data[start] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(verifier.Unreadable, match="已损坏"):
        verifier.verify(str(path))


def test_a_ref_out_of_the_case_is_counted_not_checked(check):
    book = Book()
    ref = book.add("expert/E1", "expert.imported", {"to": "active"})
    book.add("project/P", "project.noted", {"refs": [ref]})
    notes = [f.text for f in check(book.case({"project/P"})).findings if f.area == "refs"]
    assert notes[0] == "有 1 处引用指向本案之外的流,单案证据包无法核对"


def test_a_checkpoint_that_is_none_ends_the_check_of_roots(check):
    assert areas(check({**FILES, "checkpoint": b"nothing"})) == {"checkpoints"}

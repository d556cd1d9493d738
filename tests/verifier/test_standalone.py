"""verify.py alone: one file in an empty folder, with and without `cryptography`, any JSON."""

import ast
import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit_log.verifier import verify as verifier
from tests.verifier.case import Case
from tests.verifier.writer import (
    LOG,
    POLICY,
    Book,
    canonical,
    vector_book,
    with_vector_draws,
    write_zip,
)

SOURCE = Path(verifier.__file__)
BLOCKED = """
import sys, runpy
sys.modules["cryptography"] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder with the verifier, three bundles and a policy, and nothing else."""
    book = with_vector_draws(vector_book())
    (tmp_path / "verify.py").write_bytes(SOURCE.read_bytes())
    (tmp_path / "own.policy").write_text(POLICY, encoding="utf-8")
    write_zip(tmp_path / "good.zip", book.whole())
    write_zip(tmp_path / "sealed.zip", book.whole(LOG))
    lines = book.whole()["entries.jsonl"].replace("学生公寓".encode(), "教师公寓".encode())
    write_zip(tmp_path / "bad.zip", {**book.whole(), "entries.jsonl": lines})
    return tmp_path


def run(room: Path, *arguments: str, blocked: bool = False) -> tuple[int, str]:
    (room / "blocked.py").write_text(BLOCKED, encoding="utf-8")
    start = ["blocked.py"] if blocked else []
    command = [sys.executable, "-I", *start, "verify.py", *arguments]
    done = subprocess.run(command, cwd=room, capture_output=True, check=False, timeout=60)
    assert done.stderr == b""
    return done.returncode, done.stdout.decode("utf-8")


@pytest.mark.parametrize("blocked", [False, True], ids=["cryptography", "without"])
def test_it_runs_alone_and_gives_the_same_verdict_without_cryptography(room, blocked):
    status, text = run(room, "good.zip", "--policy", "own.policy", blocked=blocked)
    assert (status, text.splitlines()[-1]) == (0, "结论:一致,且经监督方见证")
    status, text = run(room, "bad.zip", "--policy", "own.policy", blocked=blocked)
    assert (status, text.splitlines()[-1]) == (1, "结论:不一致")
    assert "首个有问题的条目:project/NH-2025-001 第 0 条(日志序号 0)" in text


def test_the_words_of_a_line(room):
    status, text = run(room, "sealed.zip")
    first = {line.split(" ")[0] for line in text.splitlines()[:-1]}
    assert (status, first, text.splitlines()[-1]) == (0, {"通过", "提示"}, "结论:已封存,未见证")


@pytest.mark.parametrize(
    ("arguments", "status", "verdict"),
    [
        (["good.zip"], 0, "一致,签名人身份未确认"),
        (["good.zip", "--fast", "--policy", "own.policy"], 0, "一致,且经监督方见证"),
        (["bad.zip"], 1, "不一致"),
        (["none.zip"], 2, "无法读取"),
        (["good.zip", "--policy", "good.zip"], 2, "无法读取"),
        (["own.policy"], 2, "无法读取"),
    ],
)
def test_json_says_the_same(room, arguments, status, verdict):
    code, text = run(room, *arguments, "--json")
    value = json.loads(text)
    assert (code, value["exit"], value["verdict"]) == (status, status, verdict)
    assert value["ok"] is (status == 0)


def test_the_words_come_in_order_and_long_lists_are_cut_short(room, capfdbinary):
    lines = [b"x\n"] * 60
    write_zip(room / "long.zip", {**Book().whole(LOG), "entries.jsonl": b"".join(lines)})
    assert verifier.main([str(room / "long.zip")]) == 1
    said = capfdbinary.readouterr().out.decode().splitlines()
    assert "不通过 其余 11 项从略" in said
    assert said[-2].startswith("首个有问题的条目:无法解析的条目(日志序号 0):条目格式有误")
    assert verifier.main([str(room / "long.zip"), "--json"]) == 1
    found = json.loads(capfdbinary.readouterr().out)["findings"]
    assert {"stream": "", "n": -1, "index": 0}.items() <= found[2].items()
    assert verifier.main([str(room / "good.zip"), "--policy", str(room / "own.policy")]) == 0
    assert capfdbinary.readouterr().out.decode().endswith("结论:一致,且经监督方见证\n")
    assert verifier.main([str(room / "none.zip")]) == 2
    assert "文件打不开" in capfdbinary.readouterr().out.decode()


def test_it_imports_the_standard_library_only():
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 8))
    named = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    foreign = {name.split(".")[0] for name in named} - sys.stdlib_module_names
    assert foreign == {"cryptography"}


# ------------------------------------------------------------------------ data of any shape

CASE = Case().write()
DRAWS = with_vector_draws(vector_book())
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 7, "", "x", "0" * 64, [], [1], [[]], {}, {"a": None}]
)


def changed(value: Any, path: list[int], odd: Any) -> Any:
    """The value with one of its parts, found by the path, replaced by something odd."""
    if not path or not isinstance(value, dict | list) or not value:
        return odd
    keys = sorted(value) if isinstance(value, dict) else range(len(value))
    key = list(keys)[path[0] % len(value)]
    value[key] = changed(value[key], path[1:], odd)
    return value


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_data_makes_it_crash(check, data):
    source = data.draw(st.sampled_from([CASE, DRAWS]))
    index = data.draw(st.integers(0, len(source.lines) - 1))
    path, odd = data.draw(st.lists(st.integers(0, 30), min_size=1, max_size=4)), data.draw(ODD)
    book = Book()
    book.files = copy.deepcopy(source.files)
    for n, line in enumerate(source.lines):
        entry = json.loads(line)
        content = changed(entry["data"], path, odd) if n == index else entry["data"]
        book.add(entry["stream"], entry["type"], content, entry["actor"])
    if source is DRAWS and data.draw(st.booleans()):
        for name, receipt in source.files.items():
            book.files[name] = canonical(changed(json.loads(receipt), path, odd))
    report = check(book.whole())
    assert report.verdict in ("不一致", "一致,且经监督方见证")

"""`manage.py demo` as a newcomer runs it: in a process and a folder of its own."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.demo.files import NAMES, lot, tender

pytestmark = pytest.mark.processes


def run(*words: str, home: Path, experts: int = 200) -> subprocess.CompletedProcess[str]:
    """Run the command with its data in `home`."""
    words = ("demo", "--experts", str(experts), *words)
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=settings.BASE_DIR,
        env={"DEMO": "1", "DATA_DIR": str(home), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )


def lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line.strip() for line in done.stdout.splitlines()]


def drawn(told: list[str]) -> str:
    """What is said of the rounds of the draw; their number is a matter of chance."""
    (line,) = (line for line in told if line.startswith("抽取 NH2025-0701-D1:"))
    rounds, mark = re.fullmatch(r"抽取 NH2025-0701-D1:(\d+) 轮\((.*)\)", line).groups()
    return "每轮均未经见证" if mark == f"其中 {rounds} 轮未经见证" else mark


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The real case with a small pool, in a folder that was not there before."""
    home = tmp_path_factory.mktemp("demo") / "data"
    return home, run(home=home)


@pytest.fixture(scope="module")
def second(first):
    """Then a case of our own in the same folder, without the commission's tool."""
    home, _ = first
    case = home.parent / "case.json"
    case.write_text(json.dumps(tender(lot("东"), lot("西", few=2), lot("北", shift=1))))
    return home, run("--case", str(case), "--no-witness", home=home)


def test_the_real_case_runs_to_the_notice_and_verifies(first):
    _, done = first
    assert (done.returncode, done.stderr) == (0, "")
    told = lines(done)
    for line in (
        "A 标段(NH2025-0701-A):已发中标通知书",
        "候选人 投标人54  平均得分 89.18",
        "中标人 投标人54",
        "中标人 投标人52",
        "独立核验程序:一致,且经监督方见证",
    ):
        assert line in told
    assert drawn(told) == "经监督方标记"
    assert not any("清除" in line for line in told)


def test_without_the_commission_it_says_sealed_not_witnessed_and_ends_well(second):
    home, done = second
    assert (done.returncode, done.stderr) == (0, "")
    told = lines(done)
    assert told[0] == f"清除上一次演示({home}),重新开始"
    for line in (
        "独立核验程序:已封存,未见证",
        "注意:最新检查点已封存,未见证(sealed, not witnessed)",
    ):
        assert line in told
    assert drawn(told) == "每轮均未经见证"


def test_a_case_of_ones_own_is_told_to_its_end(second):
    told = lines(second[1])
    for line in (
        "东 标段(NH2025-0701-1):已发中标通知书",
        f"中标人 {NAMES[0]}",
        "西 标段(NH2025-0701-2):招标失败",
        "招标失败:投标人少于三个,应当重新招标",
        f"中标人 {NAMES[3]}",
    ):
        assert line in told


def test_nothing_of_the_last_demonstration_is_left(second):
    home, _ = second
    with zipfile.ZipFile(home / "evidence.zip") as evidence:
        entries = evidence.read("entries.jsonl").decode()
    assert ("投标人54" in entries, NAMES[0] in entries) == (False, True)


def test_the_evidence_verifies_offline_as_the_screen_says(second, tmp_path):
    home, _ = second
    with zipfile.ZipFile(home / "evidence.zip") as evidence:
        program = Path(evidence.extract("verify.py", tmp_path))
    policy = home / "witness" / "policy"
    words = [str(program), str(home / "evidence.zip"), "--policy", str(policy)]
    done = subprocess.run([sys.executable, "-I", *words], capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "结论:已封存,未见证")


def test_a_malformed_case_is_told_in_one_line_and_touches_nothing(second, tmp_path):
    home, _ = second
    case = tmp_path / "case.json"
    case.write_text(json.dumps(tender(lot("一") | {"bidders": [{"bidder": "某厂"}]})))
    before = sorted(path.name for path in home.iterdir())
    done = run("--case", str(case), home=home)
    told = "CommandError: 一 标段某厂应有 5 个评分,现有 0 个\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)
    assert sorted(path.name for path in home.iterdir()) == before


def test_a_case_that_the_rules_forbid_is_told_in_one_line(tmp_path):
    data = tender(lot("一"))
    data["panel"]["tenderer_representatives"] = 0
    for row in data["lots"][0]["bidders"]:
        row["scores"].pop()
    case = tmp_path / "case.json"
    case.write_text(json.dumps(data))
    done = run("--case", str(case), "--no-witness", home=tmp_path / "data", experts=1)
    (told,) = done.stderr.splitlines()
    assert (done.returncode, told[:34]) == (
        1,
        "CommandError: 按规则不能继续,演示到此为止:评标委员会",
    )


@pytest.mark.parametrize("name", ["mingding.sqlite3", "照片.jpg"])
def test_a_folder_that_holds_anything_else_is_left_alone(tmp_path, settings, name):
    settings.DATA_DIR = tmp_path
    (tmp_path / name).write_text("别人的")
    with pytest.raises(CommandError, match="不是演示留下的目录,未作改动"):
        call_command("demo")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_it_runs_in_a_demonstration_only(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示只在 DEMO=1 时运行"):
        call_command("demo")

"""The witness as its own process: through files, over HTTP, on the command line."""

import contextlib
import hashlib
import http.client
import os
import subprocess
import sys
import threading
import time

import pytest

from audit_log.domain.note import open_note, parse_vkey
from audit_log.witness import __main__ as tool
from audit_log.witness import state
from audit_log.witness.client import FileClient, HttpClient, WitnessRefused, WitnessUnavailable
from audit_log.witness.files import write_whole
from audit_log.witness.server import make_server
from tests.audit_log.a_log import ROUND, ALog

pytestmark = pytest.mark.processes


class Post:
    """A witness's home and its two folders."""

    def __init__(self, path):
        self.home, self.inbox, self.outbox = path / "home", path / "in", path / "out"
        for folder in (self.inbox, self.outbox):
            folder.mkdir()
        self.log = ALog().grow(8)
        public = state.create(self.home, "w.example/discipline", "draw")
        self.key = parse_vkey(public["vkey"])
        self.command("trust", "--log", self.log.signer.vkey)
        self.client = FileClient(self.inbox, self.outbox, timeout=10)

    def arguments(self, *words):
        return [sys.executable, "-m", "audit_log.witness", "--home", str(self.home), *words]

    def command(self, *words):
        done = subprocess.run(self.arguments(*words), capture_output=True, check=True, text=True)
        return done.stdout

    @property
    def folders(self):
        return ["--inbox", str(self.inbox), "--outbox", str(self.outbox)]

    @contextlib.contextmanager
    def running(self):
        """The witness's process at work; ended as a power cut would end it."""
        words = self.arguments("run", *self.folders, "--poll", "0.005")
        with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
            try:
                yield
            finally:
                process.kill()

    def cosign(self, old, size=None, log=None):
        request = (log or self.log).ask(old, size)
        return self.client.add_checkpoint(request.old, request.proof, request.note)


@pytest.fixture
def post(tmp_path):
    return Post(tmp_path)


def refusal(act, *arguments, **names):
    with pytest.raises(WitnessRefused) as caught:
        act(*arguments, **names)
    return caught.value.status, caught.value.body


def test_the_witness_cosigns_marks_refuses_and_remembers_across_a_restart(post):
    post.log.append("draw/D-1", "draw.round_opened", ROUND)
    with post.running():
        line = post.cosign(0)
        assert open_note(post.log.note() + line[0], [post.key]).names == ("w.example/discipline",)
        mark = post.client.mark(post.log.ask_mark(8, line[0]))
        assert len(mark) == 64
        assert refusal(post.cosign, 4, 6) == (409, "9\n")
    with post.running():
        assert post.client.mark(post.log.ask_mark(8, line[0])) == mark
        assert refusal(post.cosign, 0) == (409, "9\n")
        assert refusal(post.cosign, 9, log=ALog(prefix="b").grow(9)) == (422, "inconsistent\n")
        assert refusal(post.cosign, 9, log=ALog(prefix="b").grow(12)) == (422, "inconsistent\n")
        assert refusal(post.cosign, 0, log=ALog("x.example").grow(1)) == (404, "unknown-origin\n")
        post.log.append("draw/D-1", "draw.round_opened", {**ROUND, "needs": {"1": 9}})
        line = post.cosign(9)
        first = post.log.leaves()[8].hex()
        assert refusal(post.client.mark, post.log.ask_mark(9, line[0])) == (409, f"{first}\n")
    assert list(post.inbox.iterdir()) == list(post.outbox.iterdir()) == []


def test_on_a_stick_requests_are_answered_in_the_order_of_their_names(post):
    (post.inbox / "2.add-checkpoint").write_bytes(post.log.ask(5, 8).body)
    (post.inbox / "1.add-checkpoint").write_bytes(post.log.ask(0, 5).body)
    assert (
        post.command("run", *post.folders, "--once")
        == "1.add-checkpoint 200\n2.add-checkpoint 200\n"
    )
    answers = sorted(path.name for path in post.outbox.iterdir())
    assert (answers, list(post.inbox.iterdir())) == (["1.answer", "2.answer"], [])
    status, line = (post.outbox / "2.answer").read_text().split("\n", 1)
    assert status == "200"
    assert open_note(post.log.note() + line, [post.key]).text == post.log.text()


def test_nothing_but_plain_files_with_plain_names_is_read(post, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(post.log.ask(0, 5).body)
    (post.inbox / "link.add-checkpoint").symlink_to(secret)
    os.mkfifo(post.inbox / "pipe.add-checkpoint")
    (post.inbox / "folder.mark").mkdir()
    for name in (".1.add-checkpoint", "a b.mark", "1.add-checkpoint.part", "notes.txt", "甲.mark"):
        (post.inbox / name).write_bytes(b"x")
    assert post.command("run", *post.folders, "--once") == ""
    assert list(post.outbox.iterdir()) == []
    assert len(list(post.inbox.iterdir())) == 8


def test_an_oversized_request_is_answered_with_400(post):
    (post.inbox / "big.mark").write_bytes(b"x" * ((1 << 20) + 1))
    assert post.command("run", *post.folders, "--once") == "big.mark 400\n"


def test_a_witness_that_is_away_is_unavailable_and_its_request_is_taken_back(post):
    client = FileClient(post.inbox, post.outbox, timeout=0.03)
    with pytest.raises(WitnessUnavailable):
        client.add_checkpoint(0, (), post.log.note())
    assert list(post.inbox.iterdir()) == []


@pytest.mark.parametrize("answer", [b"", b"nonsense", b"200\nno hex\n", b"200\n\xff\n"])
def test_an_answer_that_cannot_be_read_is_none(post, answer):
    def answer_anything():
        while not (asked := list(post.inbox.glob("*.mark"))):
            time.sleep(0.001)
        write_whole(post.outbox / f"{asked[0].stem}.answer", answer)

    post.log.append("draw/D-1", "draw.round_opened", ROUND)
    thread = threading.Thread(target=answer_anything)
    thread.start()
    with pytest.raises(WitnessUnavailable):
        post.client.mark(post.log.ask_mark(8, ""))
    thread.join()


def test_a_folder_that_is_away_is_an_unavailable_witness(post, tmp_path):
    client = FileClient(tmp_path / "no-stick", post.outbox, timeout=1)
    with pytest.raises(WitnessUnavailable):
        client.add_checkpoint(0, (), post.log.note())


@pytest.fixture
def served(post):
    """The client of the same witness over HTTP, and its address."""
    with make_server(post.home, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield HttpClient(f"http://127.0.0.1:{server.server_address[1]}/", 10), server.server_address
        server.shutdown()
        thread.join()


def exchange(address, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    found = (answer.status, answer.headers["Content-Type"], answer.read().decode())
    connection.close()
    return found


class TestHttp:
    def test_the_same_requests_have_the_same_answers(self, post, served):
        client, _ = served
        post.client = client
        post.log.append("draw/D-1", "draw.round_opened", ROUND)
        line = post.cosign(0)
        assert open_note(post.log.note() + line[0], [post.key]).text == post.log.text()
        assert len(client.mark(post.log.ask_mark(8, line[0]))) == 64
        assert refusal(post.cosign, 3) == (409, "9\n")

    def test_a_conflict_has_the_content_type_of_the_standard(self, post, served):
        _, address = served
        answer = exchange(address, "POST", "/add-checkpoint", post.log.ask(3).body)
        assert answer == (409, "text/x.tlog.size", "0\n")

    def test_a_monitor_reads_the_last_cosigned_checkpoint(self, post, served):
        client, address = served
        path = f"/{hashlib.sha256(post.log.signer.name.encode()).hexdigest()}/checkpoint"
        assert exchange(address, "GET", path)[0] == 404
        post.client = client
        line = post.cosign(0)
        answer = exchange(address, "GET", path)
        assert answer == (200, "text/plain; charset=utf-8", post.log.note() + line[0])

    @pytest.mark.parametrize("length", ["x", "²", "-1", str(1 << 30)])
    def test_a_body_without_a_fitting_length_is_400(self, served, length):
        headers = {"Content-Length": length}
        answer = exchange(served[1], "POST", "/mark", b"", headers)
        assert answer[0] == 400

    @pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("GET", "/"), ("GET", "/mark")])
    def test_another_path_is_404(self, served, method, path):
        assert exchange(served[1], method, path)[0] == 404

    def test_a_server_that_is_away_is_an_unavailable_witness(self, post):
        with make_server(post.home, "127.0.0.1", 0) as server:
            port = server.server_address[1]
        with pytest.raises(WitnessUnavailable):
            HttpClient(f"http://127.0.0.1:{port}", 5).add_checkpoint(0, (), post.log.note())


class TestCommands:
    def run(self, capsys, home, *words):
        status = tool.main(["--home", str(home), *words])
        out, err = capsys.readouterr()
        return status, out + err

    def test_init_makes_the_keys_once_and_prints_the_public_ones(self, capsys, tmp_path):
        words = ("init", "--name", "w.example", "--draw-name", "抽签")
        status, printed = self.run(capsys, tmp_path / "new", *words)
        public = state.public_keys(tmp_path / "new")
        assert status == 0
        assert printed.splitlines()[1:] == [
            f"联署公钥(w.example):{public['vkey']}",
            f"抽取标记公钥(抽签):{public['draw_key']}",
            f"记录接收公钥:{public['report_key']}",
        ]
        status, printed = self.run(capsys, tmp_path / "new", *words)
        assert (status, "[exists]" in printed) == (1, True)
        assert state.public_keys(tmp_path / "new") == public

    def test_show_tells_trees_marks_and_the_evidence_of_a_fork(self, capsys, post):
        post.log.append("draw/D-1", "draw.round_opened", ROUND)
        assert "日志 a.example/trail:尚未联署" in self.run(capsys, post.home, "show")[1]
        fork = ALog(prefix="b").grow(9)
        with post.running():
            line = post.cosign(0)
            post.client.mark(post.log.ask_mark(8, line[0]))
            refusal(post.cosign, 9, log=fork)
        shown = self.run(capsys, post.home, "show")[1]
        assert "日志 a.example/trail:已联署 9 条" in shown
        assert f"抽取标记 draw/D-1 第 1 轮:{post.log.leaves()[8].hex()}" in shown
        assert fork.note() in shown

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("show",), "[not-initialised]"),
            (("run", "--inbox", "in", "--outbox", "out", "--once"), "[not-initialised]"),
            (("serve", "--http", "127.0.0.1:0"), "[not-initialised]"),
            (("init", "--name", "a b", "--draw-name", "d"), "[bad-key]"),
            (("trust", "--log", "nonsense"), "[bad-key]"),
        ],
    )
    def test_a_command_that_cannot_be_done_says_why(
        self, capsys, tmp_path, monkeypatch, words, code
    ):
        monkeypatch.chdir(tmp_path)
        status, printed = self.run(capsys, tmp_path / "none", *words)
        assert (status, code in printed) == (1, True)

"""Any byte of a small sealed and co-signed log may be another one: it is noticed every time."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit_log.verifier import verify

pytestmark = pytest.mark.processes
EXAMPLES = 150
FAR = 10**6
"""Larger than any text here; a position is taken modulo the length."""
SPAN = re.compile(r"改动在日志序号 (\d+) 至 (\d+)")
FLIPS = st.integers(1, 255)
often = hypothesis_settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@dataclass(repr=False)
class Small:
    """The process, its evidence, and the commission's policy."""

    process: subprocess.Popen
    members: dict[str, bytes]
    policy: str

    def inside(self, **request: Any) -> list[str]:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def outside(self, **changed: bytes) -> verify.Report:
        """The stand-alone verifier over the evidence with one member changed."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, body in (self.members | changed).items():
                archive.writestr(name, body)
        return verify.verify(buffer, self.policy)

    def named(self, **changed: bytes) -> tuple[int, int | None]:
        """The exit status and the log index of the first entry that is named."""
        report = self.outside(**changed)
        first = report.first_bad
        return report.exit_code, first.where.place if first else None

    @property
    def lines(self) -> list[bytes]:
        return self.members["entries.jsonl"].splitlines(keepends=True)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    home = tmp_path_factory.mktemp("small")
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "DATA_DIR": str(home / "data"),
        "KEY_DIR": str(home / "keys"),
        "WITNESS_TIMEOUT": "20",
        "PATH": os.environ["PATH"],
    }
    (home / "data").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tamper.small", str(home)],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert json.loads(process.stdout.readline()) == []
    with zipfile.ZipFile(home / "evidence.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    yield Small(process, members, (home / "policy").read_text())
    process.stdin.close()
    assert process.wait(20) == 0
    process.stdout.close()


def test_unchanged_it_is_consistent_and_witnessed(small):
    report = small.outside()
    assert (report.verdict, report.size) == (verify.VERDICT_WITNESSED, len(small.lines))


@often
@given(at=st.integers(0, FAR), flip=FLIPS)
def test_the_outside_verifier_names_the_entry_in_which_any_byte_was_flipped(small, at, flip):
    body = bytearray(small.members["entries.jsonl"])
    at %= len(body)
    body[at] ^= flip
    place = small.members["entries.jsonl"].count(b"\n", 0, at)
    assert small.named(**{"entries.jsonl": bytes(body)}) == (1, place)


@often
@given(at=st.integers(0, FAR), flip=FLIPS)
def test_without_the_list_of_leaves_it_bounds_where_a_byte_was_flipped(small, at, flip):
    body = bytearray(small.members["entries.jsonl"])
    at %= len(body)
    body[at] ^= flip
    place = small.members["entries.jsonl"].count(b"\n", 0, at)
    report = small.outside(**{"entries.jsonl": bytes(body), "leaves": b""})
    spans = [SPAN.search(fault.text) for fault in report.faults]
    bounds = [(int(span[1]), int(span[2])) for span in spans if span]
    assert report.exit_code == 1
    assert any(low <= place <= high for low, high in bounds)


@pytest.mark.parametrize("line", ["log", "witness"])
@often
@given(at=st.integers(0, FAR), flip=FLIPS)
def test_the_outside_verifier_refuses_a_checkpoint_in_which_a_byte_was_flipped(
    small, line, at, flip
):
    note = small.members["checkpoint"]
    start = 0 if line == "log" else note.index("— demo.commission".encode())
    wrong = bytearray(note)
    wrong[start + at % (len(note) - start)] ^= flip
    assert small.outside(checkpoint=bytes(wrong)).exit_code == 1


@often
@given(place=st.integers(0, FAR), at=st.integers(0, FAR), flip=FLIPS)
@pytest.mark.parametrize("table", ["entry", "leaf"])
def test_the_inside_verification_names_the_entry_whose_bytes_or_leaf_were_flipped(
    small, table, place, at, flip
):
    place %= len(small.lines)
    entry = json.loads(small.lines[place])
    found = small.inside(table=table, place=place, at=at, flip=flip)
    named = f"{entry['stream']}#{entry['n']}"
    assert [where for where in found if where.partition("(")[0] == named] != []


@pytest.mark.parametrize("table", ["checkpoint", "root", "frontier", "cosignature"])
@often
@given(at=st.integers(0, FAR), flip=FLIPS)
def test_the_inside_verification_notices_a_flipped_byte_of_a_checkpoint(small, table, at, flip):
    assert small.inside(table=table, place=0, at=at, flip=flip) != []

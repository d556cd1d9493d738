"""Any byte of a small sealed and co-signed log may be another one: it is noticed every time."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from functools import cached_property
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

    @property
    def lines(self) -> list[bytes]:
        return self.members["entries.jsonl"].splitlines(keepends=True)

    @cached_property
    def vouched(self) -> list[int]:
        """The places of the entries that are not the last of their stream."""
        streams = [json.loads(line)["stream"] for line in self.lines]
        return [place for place, name in enumerate(streams) if name in streams[place + 1 :]]


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
def test_the_outside_verifier_notices_any_flipped_byte_and_bounds_where_it_is(small, at, flip):
    body = bytearray(small.members["entries.jsonl"])
    at %= len(body)
    body[at] ^= flip
    place = small.members["entries.jsonl"].count(b"\n", 0, at)
    report = small.outside(**{"entries.jsonl": bytes(body)})
    assert report.exit_code == 1
    spans = [SPAN.search(fault.text) for fault in report.faults]
    bounds = [(int(span[1]), int(span[2])) for span in spans if span]
    assert any(low <= place <= high for low, high in bounds)


@often
@given(place=st.integers(0, FAR), at=st.integers(0, FAR), digit=st.sampled_from("0123456789abcdef"))
def test_it_names_the_entry_where_the_next_one_of_the_stream_vouches(small, place, at, digit):
    lines = small.lines
    place = small.vouched[place % len(small.vouched)]
    start = lines[place].index(b'"n":')
    old = lines[place][:start]
    found = [index for index, byte in enumerate(old) if byte in b"0123456789abcdef"]
    change = found[at % len(found)]
    if old[change : change + 1] == digit.encode():
        return
    lines[place] = old[:change] + digit.encode() + old[change + 1 :] + lines[place][start:]
    report = small.outside(**{"entries.jsonl": b"".join(lines)})
    assert (report.exit_code, report.first_bad.where.place) == (1, place)


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
def test_the_inside_verification_notices_a_flipped_byte_of_any_stored_entry(small, place, at, flip):
    assert small.inside(table="entry", place=place % len(small.lines), at=at, flip=flip) != []


@pytest.mark.parametrize("table", ["checkpoint", "cosignature"])
@often
@given(at=st.integers(0, FAR), flip=FLIPS)
def test_the_inside_verification_notices_a_flipped_byte_of_a_signed_text(small, table, at, flip):
    assert small.inside(table=table, place=0, at=at, flip=flip) != []

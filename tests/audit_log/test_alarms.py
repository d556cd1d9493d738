"""What the commission's tool refused is kept, once, newest first, and never breaks a page."""

import pytest

from audit_log.models import Checkpoint
from audit_log.services import alarms, cosigning
from audit_log.witness.client import WitnessRefused, WitnessUnavailable

pytestmark = pytest.mark.django_db


def kept(limit: int = 20) -> list[tuple[int, int, str]]:
    return [(one.size, one.status, one.answer) for one in alarms.kept(limit)]


def test_there_are_none_before_the_first(ladder):
    assert kept() == []


def test_refusals_are_kept_newest_first(ladder):
    for size, status, answer in ((1, 403, "not-signed-by-log"), (2, 422, "inconsistent")):
        alarms.keep(size, status, answer)
    assert kept() == [(2, 422, "inconsistent"), (1, 403, "not-signed-by-log")]
    assert kept(1) == [(2, 422, "inconsistent")]


def test_the_same_refusal_in_a_row_is_kept_once(ladder):
    for _ in range(3):
        alarms.keep(5, 409, "7")
    alarms.keep(6, 409, "7")
    alarms.keep(5, 409, "7")
    assert kept() == [(5, 409, "7"), (6, 409, "7"), (5, 409, "7")]


@pytest.mark.parametrize("line", [b"", b"nothing", b"{}", b'{"at":"soon"}', b"\xff\xfe"])
def test_a_line_that_is_none_is_passed_over(ladder, settings, line):
    alarms.keep(1, 403, "x")
    path = settings.WITNESS_DIR / alarms.FILE
    path.write_bytes(path.read_bytes() + line + b"\n")
    alarms.keep(2, 403, "x")
    assert kept() == [(2, 403, "x"), (1, 403, "x")]


class Answers:
    """A commission that answers as it is told."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def add_checkpoint(self, old, proof, note):
        raise self.error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (WitnessRefused(422, "inconsistent\n"), [(422, "inconsistent")]),
        (WitnessRefused(409, "99999999\n"), [(409, "99999999")]),
        (WitnessUnavailable("no answer"), []),
    ],
)
def test_asking_keeps_what_was_refused_and_nothing_of_silence(ladder, monkeypatch, error, expected):
    monkeypatch.setattr(cosigning, "_client", lambda: Answers(error))
    last = Checkpoint.objects.order_by("-size").first()
    assert cosigning.ask(last) is False
    assert kept() == [(last.size, *one) for one in expected]

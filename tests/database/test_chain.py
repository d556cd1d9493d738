"""An entry is taken where its stream stands alone: next number, last hash, no earlier time."""

from datetime import timedelta

import pytest

from audit_log.models import Entry
from tests.database.forging import entry, refused

pytestmark = pytest.mark.django_db
BROKEN = "trail: chain broken"
TOLD = ("project.forged", {"said": "well-formed"})


@pytest.fixture
def stream(ladder):
    return f"project/{ladder['evaluating']}"


@pytest.fixture
def last(stream):
    return Entry.objects.filter(stream=stream).latest("n")


def test_the_next_entry_is_taken(stream, last):
    assert entry(stream, *TOLD)[0] == last.n + 1


@pytest.mark.parametrize("gap", [2, 3, 1000])
def test_a_gap_is_refused(stream, last, gap):
    with refused(BROKEN):
        entry(stream, *TOLD, n=last.n + gap)


@pytest.mark.parametrize("prev", ["0" * 64, "f" * 64])
def test_another_predecessor_is_refused(stream, prev):
    with refused(BROKEN):
        entry(stream, *TOLD, prev=prev)


def test_the_predecessor_before_is_refused(stream, last):
    before = Entry.objects.get(stream=stream, n=last.n - 1)
    with refused(BROKEN):
        entry(stream, *TOLD, prev=bytes(before.hash).hex())


def test_the_predecessor_of_another_stream_is_refused(stream, ladder):
    other = Entry.objects.filter(stream=f"project/{ladder['opened']}").latest("n")
    with refused(BROKEN):
        entry(stream, *TOLD, prev=bytes(other.hash).hex())


def test_a_place_that_is_taken_is_refused(stream, last):
    before = Entry.objects.get(stream=stream, n=last.n - 1)
    with refused("trail: append only|unique|duplicate"):
        entry(stream, *TOLD, n=last.n, prev=bytes(before.hash).hex())


def test_a_second_beginning_is_refused(stream):
    with refused("trail: append only|unique|duplicate"):
        entry(stream, *TOLD, n=0, prev="0" * 64)


def test_a_stream_begins_at_zero(ladder):
    with refused(BROKEN):
        entry("project/NEW", *TOLD, n=1)
    assert entry("project/NEW", *TOLD)[0] == 0


def test_time_going_back_is_refused(stream, last):
    with refused(BROKEN):
        entry(stream, *TOLD, at=last.at - timedelta(microseconds=1))


def test_the_same_time_is_taken(stream, last):
    assert entry(stream, *TOLD, at=last.at)[0] == last.n + 1

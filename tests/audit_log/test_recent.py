"""The newest part of a long log, verified by itself: nothing in it changes unnoticed."""

import pytest

from audit_log.domain import segment
from audit_log.models import Checkpoint, Cosignature, Entry, Leaf
from audit_log.selectors import trail
from audit_log.services import recent, verification
from tests.test_reconcile import tampering

pytestmark = pytest.mark.django_db
PART = 100


def faults(limit: int = PART) -> list[tuple[str, str]]:
    return [(fault.where, fault.why) for fault in recent.newest(limit)[1].faults]


def entry_at(place: int) -> Entry:
    return Entry.objects.get(pk=Leaf.objects.get(pk=place).entry_id)


def rewrite(row: Entry, body: bytes) -> None:
    Entry.objects.filter(pk=row.pk).update(body=body)


@pytest.fixture(autouse=True)
def short_segments(monkeypatch):
    """Segments short enough that the ladder's log has many."""
    monkeypatch.setattr(segment, "LENGTH", 32)


@pytest.mark.parametrize("limit", [0, 1, 31, PART, 10**9])
@pytest.mark.parametrize("length", [1, 32, 4096])
def test_an_honest_log_is_sound_from_any_place_on(ladder, monkeypatch, limit, length):
    monkeypatch.setattr(segment, "LENGTH", length)
    size = trail.length()
    start, report = recent.newest(limit)
    assert start == max(0, size - limit) // length * length
    assert report.entries == size - start
    assert report.checkpoints == Checkpoint.objects.filter(size__gt=start).count()
    assert report.faults == []


@pytest.mark.parametrize("length", [1, 2, 32])
def test_a_checkpoint_may_end_with_a_segment(ladder, monkeypatch, length):
    """Of the whole log, too: the tree of two segments has one node, not two."""
    monkeypatch.setattr(segment, "LENGTH", length)
    assert verification.verify().faults == []


def test_an_empty_log_is_sound(db):
    with tampering():
        Leaf.objects.all().delete()
        Checkpoint.objects.all().delete()
        start, report = recent.newest(PART)
    assert (start, report.entries, report.faults) == (0, 0, [])


def test_a_changed_entry_breaks_the_tree_above_it(ladder):
    place = trail.length() - 20
    row = entry_at(place)
    body = bytes(row.body)
    with tampering():
        rewrite(row, body.replace(b'"v":1', b'"v":1 '))
        wheres = [where for where, _ in faults()]
    assert f"第 {place} 条" in wheres
    assert any(where.startswith("检查点") for where in wheres)


def test_a_link_that_does_not_hold_names_the_entry(ladder):
    place = trail.length() - 20
    row = entry_at(place)
    prev = trail.line(row.stream, row.n).value["prev"].encode()
    with tampering():
        rewrite(row, bytes(row.body).replace(prev, b"0" * 64))
        wheres = [where for where, _ in faults()]
    assert f"{row.stream}#{row.n}(第 {place} 条)" in wheres


def test_what_the_part_leans_on_must_be_there_unchanged(ladder):
    """The last entry before the part of a stream that goes on inside it."""
    start = (trail.length() - PART) // segment.LENGTH * segment.LENGTH
    inside = Entry.objects.filter(pk__in=Leaf.objects.filter(pk__gte=start).values("entry_id"))
    row = inside.filter(n__gt=0).order_by("pk").first()
    older = Entry.objects.get(stream=row.stream, n=row.n - 1)
    assert Leaf.objects.get(entry_id=older.pk).pk < start
    with tampering():
        rewrite(older, bytes(older.body).replace(b'"v":1', b'"v":1 '))
        told = faults()
    assert [why for where, why in told if where.startswith(f"{row.stream}#{row.n}(")] == [
        "上一条不存在,或者已被改动"
    ]


def test_entries_that_were_cut_off_are_missed(ladder):
    last = trail.length() - 1
    with tampering():
        Leaf.objects.filter(pk=last).delete()
        told = faults()
    assert (("日志", f"检查点记载 {last + 1} 条,实有 {last} 条")) in told


def test_an_entry_that_is_gone_is_named(ladder):
    place = trail.length() - 3
    row = entry_at(place)
    with tampering():
        Entry.objects.filter(pk=row.pk).delete()
        told = faults()
    assert (f"第 {place} 条", "流水条目已不存在,日志中仍有其位置") in told


def test_a_root_or_a_signature_that_does_not_fit_is_named(ladder):
    last = Checkpoint.objects.order_by("-size").first()
    with tampering():
        Checkpoint.objects.filter(pk=last.pk).update(root=bytes(32))
        assert faults() == [
            (f"检查点 {last.size}", "树根与条目不符"),
            (f"检查点 {last.size}", "签名内容与检查点不符"),
        ]
    with tampering():
        Checkpoint.objects.filter(pk=last.pk).update(note=last.note.replace("— ", "— x"))
        assert [why.partition(":")[0] for _, why in faults()] == ["签名无效"]


def test_a_cosignature_of_nobody_is_named(ladder):
    last = Checkpoint.objects.order_by("-size").first()
    Cosignature.objects.create(size=last.size, line="— nobody AAAA\n")
    assert faults() == [(f"检查点 {last.size}", "见证签名无效")]

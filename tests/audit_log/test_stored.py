"""What is kept beside the signed bytes is held against them, each thing by name."""

from contextlib import contextmanager

import pytest
from django.db import connection

from audit_log import guards
from audit_log.models import Attachment, Checkpoint, Entry, Envelope, Leaf, Node
from audit_log.services import sealer, stored, trail

pytestmark = pytest.mark.django_db


@contextmanager
def by_hand():
    """Whoever owns the database, with the triggers taken away."""
    with guards.lifted(), connection.cursor() as cursor:
        yield cursor.execute


def found():
    return [(fault.where, fault.why) for fault in stored.verify().faults]


@pytest.fixture
def sealed(ladder):
    sealer.seal()
    return Entry.objects.order_by("pk")[5]


def test_nothing_is_found_where_nothing_was_changed(sealed):
    assert found() == []


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("type", "system.installed", "system.installed"),
        ("at", "2020-01-01 00:00:00+00:00", "2020-01-01T00:00:00.000000Z"),
        ("hash", bytes(32), "00" * 32),
    ],
)
def test_a_column_of_an_entry_that_says_something_else_is_named(sealed, column, value, named):
    with by_hand() as sql:
        sql(f"UPDATE audit_log_entry SET {column} = %s WHERE id = %s", [value, sealed.pk])
    (where, why), *others = found()
    assert (where, others) == (f"{sealed.stream}#{sealed.n}", [])
    assert why.startswith(f"{column} 列按正文应为 ")
    assert why.endswith(f",实为 {named}")


def test_a_kept_leaf_that_is_not_its_entrys_hash_names_the_entry(sealed):
    index = Leaf.objects.get(entry_id=sealed.pk).index
    with by_hand() as sql:
        sql("UPDATE audit_log_leaf SET hash = %s WHERE entry_id = %s", [bytes(32), sealed.pk])
    why = "正文与日志中留存的树叶哈希不符"
    assert found() == [(f"{sealed.stream}#{sealed.n}(第 {index} 条)", why)]


def test_an_entry_that_is_gone_from_the_log_is_named_by_its_index(sealed):
    index = Leaf.objects.get(entry_id=sealed.pk).index
    with by_hand() as sql:
        sql("DELETE FROM audit_log_entry WHERE id = %s", [sealed.pk])
    assert (f"第 {index} 条", "日志中有其位置,流水条目已不存在") in found()


def test_a_node_that_does_not_follow_from_its_leaves_is_named(sealed):
    with by_hand() as sql:
        sql('UPDATE audit_log_node SET hash = %s WHERE level = 4 AND "index" = 1', [bytes(32)])
    assert found() == [("树的节点 4/1", "留存的哈希与树叶不符")]


def test_a_node_that_the_log_does_not_have_is_named(sealed):
    with by_hand():
        Node.objects.create(level=4, index=99_999, hash=bytes(32))
    assert found() == [("树的节点 4/99999", "日志没有这个节点")]


def test_an_entry_that_was_taken_off_the_queue_is_named(sealed, cast):
    ref = trail.record_system("s", "system.installed", cast["jw"], {})
    with by_hand() as sql:
        sql("DELETE FROM audit_log_pending", [])
    assert found() == [(f"{ref.stream}#{ref.n}", "既不在日志中,也不在待封存队列中")]


def test_a_checkpoint_that_claims_to_be_older_than_its_predecessor_is_named(sealed):
    size = Checkpoint.objects.latest("size").size
    with by_hand() as sql:
        sql("UPDATE audit_log_checkpoint SET sealed_at = '2020-01-01' WHERE size = %s", [size])
    assert found() == [(f"检查点 {size}", "封存时间早于前一个检查点")]


def test_an_attachment_with_other_content_and_one_that_is_gone_are_named(sealed):
    first, second = Attachment.objects.filter(sha256__in=stored_names()).order_by("pk")[:2]
    with by_hand() as sql:
        sql("UPDATE audit_log_attachment SET body = %s WHERE sha256 = %s", [b"other", first.pk])
        sql("DELETE FROM audit_log_attachment WHERE sha256 = %s", [second.pk])
    assert found() == [
        (f"附件 {first.pk}", "内容与摘要不符"),
        (f"附件 {second.pk}", "流水引用了该附件,附件已不存在"),
    ]


def stored_names():
    """The results of counts and scores that some entry of the ladder names."""
    bodies = b"".join(bytes(body) for body in Entry.objects.values_list("body", flat=True))
    names = Attachment.objects.values_list("pk", flat=True)
    return [name for name in names if b'"result":"%b"' % name.encode() in bodies]


@pytest.mark.parametrize(("column", "value"), [("author", "other"), ("kind", "other"), ("n", 0)])
def test_an_envelope_that_no_entry_sealed_is_named(sealed, column, value):
    row = Envelope.objects.filter(kind__startswith="score_sheet").earliest("commitment")
    with by_hand() as sql:
        sql(
            f"UPDATE audit_log_envelope SET {column} = %s WHERE commitment = %s",
            [value, row.commitment],
        )
    n = value if column == "n" else row.n
    why = f"{row.stream}#{n} 没有封存这样一份信封"
    assert found() == [(f"信封 {row.commitment}", why)]


def test_nothing_is_signed_on_a_tree_that_was_not_signed(sealed):
    last = Checkpoint.objects.latest("size")
    with by_hand() as sql:
        frontier = bytes(last.frontier)[:-32] + bytes(32)
        sql("UPDATE audit_log_checkpoint SET frontier = %s WHERE size = %s", [frontier, last.size])
    with pytest.raises(sealer.SealRefused) as refused:
        sealer.seal()
    assert str(refused.value) == (
        f"the checkpoint of {last.size} entries is not the one that was signed"
    )

"""Attacks on the entries themselves, one column and one deletion after the other."""

from config.demo.tamper.hand import Hand
from config.demo.tamper.table import attack


@attack("改写一条流水的正文")
def entry_body(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET body = CAST(replace(CAST(body AS TEXT), '小学', '中学') AS BLOB)"
        " WHERE stream = 'project/T-1' AND n = 0"
    )


@attack("改写正文并改写该条的哈希")
def entry_body_with_hash(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET body = CAST(replace(CAST(body AS TEXT), '小学', '中学') AS BLOB)"
        " WHERE stream = 'project/T-1' AND n = 0;"
        "UPDATE audit_log_entry SET hash = leaf_hash(body) WHERE stream = 'project/T-1' AND n = 0"
    )


@attack("把一条流水的正文换成乱码")
def entry_garbage(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_entry SET body = X'00' WHERE stream = 'project/T-1' AND n = 0")


@attack("改写一条流水记载的操作人")
def entry_actor(hand: Hand) -> None:
    hand.sql(
        'UPDATE audit_log_entry SET body = CAST(replace(CAST(body AS TEXT), \'"id":"zbr2"\','
        " '\"id\":\"zbr1\"') AS BLOB) WHERE stream = 'project/T-1' AND type = 'project.awarded'"
    )


@attack("改写一条流水的哈希列")
def entry_hash(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET hash = zeroblob(32) WHERE stream = 'project/T-1' AND n = 3"
    )


@attack("改写一条流水的流名列")
def entry_stream(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET stream = 'project/X-1' WHERE stream = 'project/T-1' AND n = 113"
    )


@attack("改写一条流水的序号列")
def entry_n(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_entry SET n = 999 WHERE stream = 'project/T-1' AND n = 113")


@attack("改写一条流水的类型列")
def entry_type(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET type = 'project.terminated'"
        " WHERE stream = 'project/T-1' AND n = 111"
    )


@attack("改写一条流水的时间列")
def entry_at(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET at = '2025-01-01 00:00:00'"
        " WHERE stream = 'project/T-1' AND n = 111"
    )


@attack("改写一条流水的行号")
def entry_id(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_entry SET id = 99999 WHERE stream = 'project/T-1' AND n = 111")


@attack("对调同一条流中两条流水的正文")
def entries_reordered(hand: Hand) -> None:
    hand.sql(
        """
        CREATE TEMP TABLE kept AS SELECT n, body FROM audit_log_entry
            WHERE stream = 'project/T-1' AND n IN (4, 5);
        UPDATE audit_log_entry SET body = (SELECT body FROM kept WHERE kept.n = 9 - audit_log_entry.n)
            WHERE stream = 'project/T-1' AND n IN (4, 5);
        """
    )


@attack("删除一条流中间的一条")
def middle_deleted(hand: Hand) -> None:
    hand.sql("DELETE FROM audit_log_entry WHERE stream = 'project/T-1' AND n = 61")


@attack("删除一条流中间的一条及其树叶")
def middle_deleted_with_leaf(hand: Hand) -> None:
    hand.sql(
        """
        DELETE FROM audit_log_leaf WHERE entry_id IN
            (SELECT id FROM audit_log_entry WHERE stream = 'project/T-1' AND n = 61);
        DELETE FROM audit_log_entry WHERE stream = 'project/T-1' AND n = 61;
        """
    )


@attack("删除一条流末尾的两条及其树叶")
def tail_deleted(hand: Hand) -> None:
    hand.sql(
        """
        DELETE FROM audit_log_leaf WHERE entry_id IN
            (SELECT id FROM audit_log_entry WHERE stream = 'project/T-1' AND n >= 112);
        DELETE FROM audit_log_entry WHERE stream = 'project/T-1' AND n >= 112;
        """
    )


@attack("删除整条流及其树叶")
def stream_deleted(hand: Hand) -> None:
    hand.sql(
        """
        DELETE FROM audit_log_leaf WHERE entry_id IN
            (SELECT id FROM audit_log_entry WHERE stream = 'project/T-1');
        DELETE FROM audit_log_entry WHERE stream = 'project/T-1';
        """
    )


@attack("删除全部流水")
def everything_deleted(hand: Hand) -> None:
    hand.sql("DELETE FROM audit_log_entry")


@attack("互换两条流的名字")
def streams_swapped(hand: Hand) -> None:
    hand.sql(
        """
        UPDATE audit_log_entry SET stream = 'expert/swap' WHERE stream = 'expert/E000005';
        UPDATE audit_log_entry SET stream = 'expert/E000005' WHERE stream = 'expert/E000006';
        UPDATE audit_log_entry SET stream = 'expert/E000006' WHERE stream = 'expert/swap';
        """
    )

"""Attacks on the entries themselves, one column and one deletion after the other."""

from config.demo.tamper.hand import Hand
from config.demo.tamper.table import attack


@attack(
    "改写一条流水的正文",
    database="trail: append only",
    chain="project/T-1#1",
    checkpoint="检查点 至 project/T-1#1",
    stored="project/T-1#0",
    reconcile="evaluation_project T-1 title",
    outside="project/T-1 第 0 条",
)
def entry_body(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET body ="
        " CAST(replace(CAST(body AS TEXT), '小学', '中学') AS BLOB)"
        " WHERE stream = 'project/T-1' AND n = 0"
    )


@attack(
    "改写正文并改写该条的哈希",
    database="trail: append only",
    chain="project/T-1#1",
    checkpoint="检查点 至 project/T-1#1",
    stored="project/T-1#0",
    reconcile="evaluation_project T-1 title",
    outside="project/T-1 第 0 条",
)
def entry_body_with_hash(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET body ="
        " CAST(replace(CAST(body AS TEXT), '小学', '中学') AS BLOB)"
        " WHERE stream = 'project/T-1' AND n = 0;"
        "UPDATE audit_log_entry SET hash = leaf_hash(body) WHERE stream = 'project/T-1' AND n = 0"
    )


@attack(
    "把一条流水的正文换成乱码",
    database="trail: append only",
    chain="日志中的一处",
    checkpoint="检查点 至 project/T-1#1",
    stored="project/T-1#0",
    outside="日志中的一处",
)
def entry_garbage(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_entry SET body = X'00' WHERE stream = 'project/T-1' AND n = 0")


@attack(
    "改写一条流水记载的操作人",
    database="trail: append only",
    chain="project/T-1#112",
    checkpoint="检查点 至 project/T-1#111",
    stored="project/T-1#111",
    reconcile="award_notice T-1 2 prepared_by",
    outside="project/T-1 第 111 条",
)
def entry_actor(hand: Hand) -> None:
    hand.sql(
        'UPDATE audit_log_entry SET body = CAST(replace(CAST(body AS TEXT), \'"id":"zbr2"\','
        " '\"id\":\"zbr1\"') AS BLOB) WHERE stream = 'project/T-1' AND type = 'project.awarded'"
    )


@attack("改写一条流水的哈希列", database="trail: append only", stored="project/T-1#3")
def entry_hash(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET hash = zeroblob(32) WHERE stream = 'project/T-1' AND n = 3"
    )


@attack(
    "改写一条流水的流名列",
    database="trail: append only",
    stored="project/X-1#113",
    reconcile="evaluation_project T-1 state",
)
def entry_stream(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET stream = 'project/X-1' WHERE stream = 'project/T-1' AND n = 113"
    )


@attack(
    "改写一条流水的序号列",
    database="trail: append only",
    stored="project/T-1#999",
    reconcile="evaluation_project T-1 audit_n",
)
def entry_n(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_entry SET n = 999 WHERE stream = 'project/T-1' AND n = 113")


@attack("改写一条流水的类型列", database="trail: append only", stored="project/T-1#111")
def entry_type(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET type = 'project.terminated'"
        " WHERE stream = 'project/T-1' AND n = 111"
    )


@attack("改写一条流水的时间列", database="trail: append only", stored="project/T-1#111")
def entry_at(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET at = '2025-01-01 00:00:00'"
        " WHERE stream = 'project/T-1' AND n = 111"
    )


@attack(
    "改写一条流水的行号",
    database="trail: append only",
    chain="日志中的一处",
    stored="日志中的一处",
    outside="日志中的一处",
)
def entry_id(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_entry SET id = 99999 WHERE stream = 'project/T-1' AND n = 111")


@attack(
    "对调同一条流中两条流水的正文",
    database="trail: append only",
    chain="project/T-1#5",
    checkpoint="检查点 至 draw/T-D1#2",
    stored="project/T-1#4",
    outside="project/T-1 第 5 条",
)
def entries_reordered(hand: Hand) -> None:
    hand.sql(
        """
        CREATE TEMP TABLE kept AS SELECT n, body FROM audit_log_entry
            WHERE stream = 'project/T-1' AND n IN (4, 5);
        UPDATE audit_log_entry SET body =
            (SELECT body FROM kept WHERE kept.n = 9 - audit_log_entry.n)
            WHERE stream = 'project/T-1' AND n IN (4, 5);
        """
    )


@attack(
    "删除一条流中间的一条",
    database="trail: append only",
    chain="日志中的一处",
    stored="日志中的一处",
    outside="日志中的一处",
)
def middle_deleted(hand: Hand) -> None:
    hand.sql("DELETE FROM audit_log_entry WHERE stream = 'project/T-1' AND n = 61")


@attack(
    "删除一条流中间的一条及其树叶",
    database="trail: append only",
    chain="日志中的一处",
    checkpoint="检查点 至 project/T-1#66",
    stored="树的节点 4/13",
    outside="日志中的一处",
)
def middle_deleted_with_leaf(hand: Hand) -> None:
    hand.sql(
        """
        DELETE FROM audit_log_leaf WHERE entry_id IN
            (SELECT id FROM audit_log_entry WHERE stream = 'project/T-1' AND n = 61);
        DELETE FROM audit_log_entry WHERE stream = 'project/T-1' AND n = 61;
        """
    )


@attack(
    "删除一条流末尾的两条及其树叶",
    database="trail: append only",
    chain="日志中的一处",
    checkpoint="检查点 至 project/S-1#1",
    reconcile="evaluation_project T-1 public_until",
    outside="日志中的一处",
)
def tail_deleted(hand: Hand) -> None:
    hand.sql(
        """
        DELETE FROM audit_log_leaf WHERE entry_id IN
            (SELECT id FROM audit_log_entry WHERE stream = 'project/T-1' AND n >= 112);
        DELETE FROM audit_log_entry WHERE stream = 'project/T-1' AND n >= 112;
        """
    )


@attack(
    "删除整条流及其树叶",
    database="trail: append only",
    chain="日志中的一处",
    checkpoint="检查点 至 project/T-1#1",
    stored="树的节点 4/8",
    reconcile="evaluation_project T-1",
    outside="日志中的一处",
)
def stream_deleted(hand: Hand) -> None:
    hand.sql(
        """
        DELETE FROM audit_log_leaf WHERE entry_id IN
            (SELECT id FROM audit_log_entry WHERE stream = 'project/T-1');
        DELETE FROM audit_log_entry WHERE stream = 'project/T-1';
        """
    )


@attack(
    "删除全部流水",
    database="trail: append only",
    chain="日志中的一处",
    stored="日志中的一处",
    reconcile="accounts_user aqgl",
    outside="日志中的一处",
    sealer="中断(ValueError)",
)
def everything_deleted(hand: Hand) -> None:
    hand.sql("DELETE FROM audit_log_entry")


@attack(
    "互换两条流的名字",
    database="trail: append only",
    stored="expert/E000006#0",
    reconcile="experts_expert E000005",
)
def streams_swapped(hand: Hand) -> None:
    hand.sql(
        """
        UPDATE audit_log_entry SET stream = 'expert/swap' WHERE stream = 'expert/E000005';
        UPDATE audit_log_entry SET stream = 'expert/E000005' WHERE stream = 'expert/E000006';
        UPDATE audit_log_entry SET stream = 'expert/E000006' WHERE stream = 'expert/swap';
        """
    )

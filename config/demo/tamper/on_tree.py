"""Attacks on the tree, its checkpoints and cosignatures, on attachments and envelopes."""

from config.demo.tamper.hand import Hand
from config.demo.tamper.table import attack

NEWEST = "size = (SELECT MAX(size) FROM audit_log_checkpoint)"
FIRST_BID = "stream = 'project/S-1' AND n = 4"
BID = "(SELECT id FROM audit_log_entry WHERE stream = 'project/S-1' AND n = 5)"
NEXT_BID = "(SELECT id FROM audit_log_entry WHERE stream = 'project/S-1' AND n = 6)"


@attack(
    "改写全部树叶的哈希",
    database="trail: append only",
    stored="system/clock#0",
    outside="project/S-1 第 0 条",
)
def leaf_hash(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_leaf SET hash = zeroblob(32)")


@attack(
    "对调两片树叶的次序",
    database="trail: append only",
    chain="project/S-1#6",
    checkpoint="检查点 至 project/S-1#7",
    outside="project/S-1 第 6 条",
)
def leaves_swapped(hand: Hand) -> None:
    hand.sql(
        f"""
        UPDATE audit_log_leaf SET [index] = -[index] WHERE entry_id IN ({BID}, {NEXT_BID});
        UPDATE audit_log_leaf SET [index] = -[index] + 1 WHERE entry_id = {BID};
        UPDATE audit_log_leaf SET [index] = -[index] - 1 WHERE entry_id = {NEXT_BID};
        """
    )


@attack(
    "改写一片树叶的序号",
    database="trail: append only",
    chain="日志中的一处",
    checkpoint="检查点 至 project/S-1#7",
    outside="日志中的一处",
)
def leaf_index(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_leaf SET [index] = 99999 WHERE entry_id = {BID}")


@attack(
    "让一片树叶指向不存在的条目",
    database="trail: append only",
    chain="日志中的一处",
    stored="日志中的一处",
    outside="日志中的一处",
)
def leaf_entry_id(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_leaf SET entry_id = 99999 WHERE entry_id = {BID}")


@attack(
    "改写一个内部节点的哈希",
    database="trail: append only",
    stored="树的节点 8/0",
    outside="project/S-1 第 0 条",
)
def node_hash(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_node SET hash = zeroblob(32) WHERE level = 8")


@attack(
    "改写一个内部节点的层号",
    database="trail: append only",
    stored="树的节点 8/0",
    outside="project/S-1 第 0 条",
)
def node_level(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_node SET level = 12 WHERE level = 8")


@attack(
    "改写一个内部节点的序号",
    database="trail: append only",
    stored="树的节点 8/0",
    outside="project/S-1 第 0 条",
)
def node_index(hand: Hand) -> None:
    hand.sql("UPDATE audit_log_node SET [index] = 999 WHERE level = 8")


@attack(
    "改写最新检查点的树根",
    database="trail: append only",
    checkpoint="检查点 至 project/S-1#7",
    sealer="第二处检查点 至 project/S-1#7",
)
def checkpoint_root(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_checkpoint SET root = zeroblob(32) WHERE {NEWEST}")


@attack(
    "改写最新检查点的签名文本",
    database="trail: append only",
    checkpoint="检查点 至 project/S-1#7",
    outside="checkpoints/…:不属于同一个日志",
)
def checkpoint_note(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_checkpoint SET note = replace(note, 'demo.mingding', 'demo.mingbing')"
        f" WHERE {NEWEST}"
    )


@attack(
    "改写最新检查点的大小",
    database="trail: append only",
    checkpoint="检查点 至 project/S-1#7",
    outside="检查点大小为 283,而证据包中只有 282 条",
    sealer="第二处检查点 至 project/S-1#7",
)
def checkpoint_size(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_checkpoint SET size = size - 1 WHERE {NEWEST}")


@attack(
    "改写最新检查点的树边",
    database="trail: append only",
    checkpoint="检查点 至 project/S-1#7",
    sealer="the checkpoint of 283 entries is not the one that was signed",
)
def checkpoint_frontier(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_checkpoint SET frontier = CAST(substr(frontier, 1,"
        " length(frontier) - 32)"
        f" || zeroblob(32) AS BLOB) WHERE {NEWEST}"
    )


@attack("改写最新检查点的封存时间", database="trail: append only", stored="检查点 至 project/S-1#7")
def checkpoint_sealed_at(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_checkpoint SET sealed_at = '2020-01-01' WHERE {NEWEST}")


@attack(
    "删除最新检查点及其见证签名",
    database="trail: append only",
    checkpoint="树叶 277",
    sealer="第二处检查点 至 project/S-1#7",
)
def checkpoint_deleted(hand: Hand) -> None:
    hand.sql(
        f"DELETE FROM audit_log_cosignature WHERE {NEWEST};"
        f"DELETE FROM audit_log_checkpoint WHERE {NEWEST}"
    )


@attack(
    "改写一行见证签名",
    database="trail: append only",
    checkpoint="检查点 至 project/S-1#7",
    outside="最终检查点:demo.commission/witness 的见证签名无效",
)
def cosignature_line(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_cosignature SET line ="
        f" (SELECT line FROM audit_log_cosignature ORDER BY size LIMIT 1) WHERE {NEWEST}"
    )


@attack(
    "把见证签名移到另一个检查点",
    database="trail: append only",
    checkpoint="检查点 至 project/T-1#1",
    outside="检查点 至 project/T-1#1:demo.commission/witness 的见证签名无效",
)
def cosignature_size(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_cosignature SET size ="
        f" (SELECT MIN(size) FROM audit_log_checkpoint) WHERE {NEWEST}"
    )


@attack(
    "删除全部见证签名",
    database="trail: append only",
    outside="最终检查点的见证签名没有达到政策文件的要求",
)
def cosignatures_deleted(hand: Hand) -> None:
    hand.sql("DELETE FROM audit_log_cosignature")


@attack(
    "改写评标报告附件",
    database="trail: append only",
    stored="附件 …",
    outside="附件内容与其名称(SHA-256)不符:attachments/…",
)
def attachment_body(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_attachment SET body = CAST(body || ' ' AS BLOB) WHERE sha256 ="
        " (SELECT report FROM evaluation_project WHERE code = 'T-1')"
    )


@attack(
    "改写抽取名册附件", database="trail: append only", stored="附件 …", outside="draw/T-D1 第 2 条"
)
def manifest_attachment(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_attachment SET body ="
        " CAST(replace(CAST(body AS TEXT), 'A0', 'B0') AS BLOB)"
        " WHERE sha256 = (SELECT manifest FROM experts_draw WHERE code = 'T-D1')"
    )


@attack(
    "删除抽取名册附件",
    database="trail: append only",
    stored="附件 …",
    outside="project/T-1 第 39 条",
)
def manifest_deleted(hand: Hand) -> None:
    hand.sql(
        "DELETE FROM audit_log_attachment WHERE sha256 ="
        " (SELECT manifest FROM experts_draw WHERE code = 'T-D1')"
    )


@attack(
    "改写附件的摘要列",
    database="trail: append only",
    stored="附件 …",
    outside="project/T-1 第 39 条",
)
def attachment_sha256(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_attachment SET sha256 = lower(hex(zeroblob(32))) WHERE sha256 ="
        " (SELECT manifest FROM experts_draw WHERE code = 'T-D1')"
    )


@attack(
    "改写一份未开启投标的密文", opens=True, database="trail: append only", opening="中断(NotOpened)"
)
def envelope_blob(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_envelope SET blob = zeroblob(1100) WHERE {FIRST_BID}")


@attack(
    "互换两份未开启投标的密文", opens=True, database="trail: append only", opening="中断(NotOpened)"
)
def envelopes_swapped(hand: Hand) -> None:
    hand.sql(
        """
        CREATE TEMP TABLE kept AS SELECT n, blob FROM audit_log_envelope
            WHERE stream = 'project/S-1' AND n IN (4, 5);
        UPDATE audit_log_envelope SET blob =
            (SELECT blob FROM kept WHERE kept.n = 9 - audit_log_envelope.n)
            WHERE stream = 'project/S-1' AND n IN (4, 5);
        """
    )


@attack(
    "改写一份未开启投标的承诺",
    opens=True,
    database="trail: append only",
    stored="信封 …",
    opening="中断(NotOpened)",
    outside="project/S-1 第 8 条",
)
def envelope_commitment(hand: Hand) -> None:
    hand.sql(
        f"UPDATE audit_log_envelope SET commitment = lower(hex(zeroblob(32))) WHERE {FIRST_BID}"
    )


@attack(
    "把一份未开启的投标记到别人名下",
    opens=True,
    database="trail: append only",
    stored="信封 …",
    outside="project/S-1 第 9 条",
)
def envelope_author(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_envelope SET author = '91330499DM0000000X' WHERE {FIRST_BID}")


@attack(
    "改写一份未开启投标的种类",
    opens=True,
    database="trail: append only",
    stored="信封 …",
    outside="project/S-1 第 8 条",
)
def envelope_kind(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_envelope SET kind = 'x' WHERE {FIRST_BID}")


@attack(
    "把一份未开启的投标移到另一个标段",
    opens=True,
    database="trail: append only",
    stored="信封 …",
    outside="project/S-1 第 8 条",
)
def envelope_stream(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_envelope SET stream = 'project/T-1' WHERE {FIRST_BID}")


@attack("改写一份未开启投标的序号", opens=True, database="trail: append only", stored="信封 …")
def envelope_n(hand: Hand) -> None:
    hand.sql(f"UPDATE audit_log_envelope SET n = 99 WHERE {FIRST_BID}")


@attack(
    "删除一份未开启的投标", opens=True, database="trail: append only", outside="project/S-1 第 8 条"
)
def envelope_deleted(hand: Hand) -> None:
    hand.sql(f"DELETE FROM audit_log_envelope WHERE {FIRST_BID}")

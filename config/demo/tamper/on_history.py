"""Attacks on the history as a whole: cut, rolled back, kept from the seal, shown twice."""

from django.conf import settings

from audit_log.domain.checkpoint import Checkpoint as Head
from audit_log.domain.note import sign_note
from audit_log.models import Checkpoint
from audit_log.services import keys, sealer
from config.demo.tamper.hand import Hand
from config.demo.tamper.table import FILES, KEY, STORE, WIRE, attack
from experts.services import pool

UNDO_SUSPENSION = """
DELETE FROM audit_log_entry WHERE stream = 'expert/E000002' AND n = 4;
UPDATE experts_expert SET state = 'active', audit_n = 3, audit_hash = (SELECT hash
    FROM audit_log_entry WHERE stream = 'expert/E000002' AND n = 3), audit_at = (SELECT at
    FROM audit_log_entry WHERE stream = 'expert/E000002' AND n = 3) WHERE code = 'E000002';
"""


@attack(
    "删除评标以后的全部日志及其检查点",
    database="trail: append only",
    stored="信封 …",
    reconcile="experts_draw T-D1 state",
    sealer="第二处检查点 至 project/S-1#7",
)
def log_tail_deleted(hand: Hand) -> None:
    hand.sql(
        """
        CREATE TEMP TABLE cut AS
            SELECT size FROM audit_log_checkpoint ORDER BY size LIMIT 1 OFFSET 5;
        DELETE FROM audit_log_entry WHERE id IN (SELECT entry_id FROM audit_log_leaf
            WHERE [index] >= (SELECT size FROM cut));
        DELETE FROM audit_log_entry WHERE id IN (SELECT entry_id FROM audit_log_pending);
        DELETE FROM audit_log_leaf WHERE [index] >= (SELECT size FROM cut);
        DELETE FROM audit_log_node WHERE ([index] + 1) * (1 << level) > (SELECT size FROM cut);
        DELETE FROM audit_log_checkpoint WHERE size > (SELECT size FROM cut);
        DELETE FROM audit_log_cosignature WHERE size > (SELECT size FROM cut);
        DELETE FROM audit_log_pending;
        """
    )


@attack("恢复较早的数据库备份", FILES, sealer="第二处检查点 至 project/S-1#7")
def backup_restored(hand: Hand) -> None:
    hand.restore_backup()


@attack(
    "恢复较早的数据库备份,连同第二处检查点",
    STORE,
    witness="behind 检查点 至 project/S-1#1(已联署检查点 至 project/S-1#7)",
)
def backup_restored_with_store(hand: Hand) -> None:
    hand.restore_backup(with_store=True)


@attack(
    "清空待封存队列",
    database="trail: only sealed entries leave the queue",
    stored="expert/E000001#4",
)
def queue_emptied(hand: Hand) -> None:
    hand.sql("DELETE FROM audit_log_pending")


@attack(
    "把待封存队列里的一条换成别的编号",
    database="trail: only sealed entries leave the queue",
    stored="expert/E000002#4",
    sealer="a queued entry has vanished",
)
def pending_entry_id(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_pending SET entry_id = 99999"
        " WHERE entry_id = (SELECT MAX(entry_id) FROM audit_log_pending)"
    )


@attack(
    "清空待封存队列,此后照常办理",
    database="trail: only sealed entries leave the queue",
    chain="expert/E000001#5",
    stored="expert/E000001#4",
    outside="expert/E000001 第 5 条",
)
def queue_emptied_before_business(hand: Hand) -> None:
    hand.sql("DELETE FROM audit_log_pending")
    pool.resume(actor=hand.cast["zjj"], expert="E000001")
    sealer.seal()


@attack(
    "删除尚未封存的一条,并把业务行改回去",
    unseen="window",
    database="trail: only sealed entries leave the queue",
)
def unsealed_deleted(hand: Hand) -> None:
    hand.sql(
        "DELETE FROM audit_log_pending WHERE entry_id = (SELECT MAX(id) FROM audit_log_entry);"
        + UNDO_SUSPENSION
    )


@attack(
    "改写尚未封存的一条",
    database="trail: append only",
    stored="expert/E000002#4",
    reconcile="experts_expert E000002 audit_hash",
    sealer="entry expert/E000002#4 does not match its hash",
)
def unsealed_changed(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET body = CAST(replace(CAST(body AS TEXT), 'zjj', 'zjk') AS BLOB)"
        " WHERE stream = 'expert/E000002' AND n = 4"
    )


@attack(
    "删除已封存但未经见证的一段", database="trail: append only", sealer="第二处检查点 (攻击之后)"
)
def unwitnessed_deleted(hand: Hand) -> None:
    _cut_unwitnessed(hand)


@attack(
    "删除已封存但未经见证的一段,连同第二处检查点",
    KEY,
    unseen="window",
    database="trail: append only",
)
def unwitnessed_deleted_with_store(hand: Hand) -> None:
    kept = settings.TRAIL_SECOND_STORE.read_text()
    _cut_unwitnessed(hand)
    settings.TRAIL_SECOND_STORE.write_text(kept)


@attack(
    "向见证工具重放旧检查点",
    WIRE,
    witness="behind 检查点 至 project/T-1#1(已联署检查点 (攻击之后))",
)
def old_checkpoint_replayed(hand: Hand) -> None:
    hand.ask_witness(0, [], Checkpoint.objects.earliest("size").note)


@attack(
    "向见证工具出示同名的另一份日志",
    WIRE,
    witness="inconsistent 检查点 (攻击之后)(已联署检查点 (攻击之后))",
)
def fork_shown(hand: Hand) -> None:
    size = Checkpoint.objects.latest("size").size
    text = Head(settings.TRAIL_ORIGIN, size + 5, bytes(32)).text
    hand.ask_witness(size, [bytes(32)], sign_note(text, [keys.log_signer()]))


@attack("卸掉全部触发器", start="audit_log.E001")
def triggers_dropped(hand: Hand) -> None:
    hand.drop_triggers()


def _cut_unwitnessed(hand: Hand) -> None:
    """Two entries are sealed while the commission's tool is away; then one of them is removed."""
    sealer.seal()
    hand.sql(
        """
        DELETE FROM audit_log_checkpoint WHERE size = (SELECT MAX(size) FROM audit_log_checkpoint);
        DELETE FROM audit_log_node WHERE ([index] + 1) * (1 << level) >
            (SELECT MAX(size) FROM audit_log_checkpoint);
        DELETE FROM audit_log_leaf WHERE [index] = (SELECT MAX([index]) FROM audit_log_leaf);
        INSERT INTO audit_log_pending (entry_id) SELECT entry_id FROM audit_log_leaf
            WHERE [index] = (SELECT MAX([index]) FROM audit_log_leaf);
        DELETE FROM audit_log_leaf WHERE [index] = (SELECT MAX([index]) FROM audit_log_leaf);
        """
        + UNDO_SUSPENSION
    )

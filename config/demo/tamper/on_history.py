"""Attacks on the history as a whole: forged, cut, rolled back, rewritten, shown twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings

from audit_log.domain import entry as entries
from audit_log.domain import note as notes
from audit_log.domain.checkpoint import Checkpoint as Head
from audit_log.domain.entry import Actor, leaf_hash
from audit_log.domain.note import Cosigner, Ed25519Signer, sign_note
from audit_log.models import Checkpoint, Entry
from audit_log.services import keys, sealer
from config.demo.tamper.hand import Change, Hand, Told
from config.demo.tamper.table import FILES, KEY, STORE, WIRE, attack
from experts.services import pool

TENDERER = Actor("zbr1", "tenderer", "")
CONTRACT = {"from": "notified", "to": "contracted"}
STOLEN = bytes(range(32))
"""A key the attacker made himself."""


@attack("以他人名义插入一条衔接正确的流水")
def entry_forged(hand: Hand) -> None:
    _forge(hand, CONTRACT)


@attack("以他人名义插入流水,并同时改写业务行", unseen="forged")
def entry_and_row_forged(hand: Hand) -> None:
    body = _forge(hand, CONTRACT)
    hand.sql(
        "UPDATE evaluation_project SET state = 'contracted', audit_n = 114,"
        f" audit_hash = X'{leaf_hash(body).hex()}' WHERE code = 'T-1'",
        openly=True,
    )


@attack("把时钟拨回,插入一条时间更早的流水")
def clock_moved_back(hand: Hand) -> None:
    _forge(hand, {}, earlier=timedelta(days=30))
    hand.sql("INSERT INTO audit_log_pending (entry_id) SELECT MAX(id) FROM audit_log_entry")
    sealer.seal()


@attack("在一条流的中间插入一条")
def entry_inserted(hand: Hand) -> None:
    hand.sql(
        """
        UPDATE audit_log_entry SET n = -n - 1 WHERE stream = 'project/T-1' AND n >= 60;
        UPDATE audit_log_entry SET n = -n WHERE stream = 'project/T-1' AND n < 0;
        INSERT INTO audit_log_entry (stream, n, type, at, hash, body)
            SELECT stream, 60, type, at, zeroblob(32), body || ' ' FROM audit_log_entry
            WHERE stream = 'project/T-1' AND n = 59;
        INSERT INTO audit_log_pending (entry_id) SELECT MAX(id) FROM audit_log_entry;
        """
    )


@attack("改写一条流水,重算全流的哈希")
def stream_rewritten(hand: Hand) -> None:
    hand.rewrite("project/T-1", _another_title)


@attack("改写一条流水,重算哈希,用日志私钥重新封存全部日志", KEY)
def stream_rewritten_with_key(hand: Hand) -> None:
    hand.rewrite("project/T-1", _another_title)
    hand.seal_anew()


@attack("用自己的密钥冒名签署最新检查点")
def checkpoint_resigned(hand: Hand) -> None:
    last = Checkpoint.objects.latest("size")
    text = Head(settings.TRAIL_ORIGIN, last.size, bytes(last.root)).text
    note = sign_note(text, [Ed25519Signer(settings.TRAIL_ORIGIN, STOLEN)])
    hand.sql(f"UPDATE audit_log_checkpoint SET note = '{note}' WHERE size = {last.size}")  # noqa: S608


@attack("用自己的密钥冒充监督方联署")
def cosignature_forged(hand: Hand) -> None:
    _cosign_in_its_name(hand)


@attack("重建日志,冒充监督方联署,并换掉系统内保存的监督方公钥", KEY)
def witness_key_replaced(hand: Hand) -> None:
    hand.rewrite("project/T-1", _another_title)
    hand.seal_anew()
    own = _cosign_in_its_name(hand)
    public = settings.WITNESS_VKEY_FILE.read_text()
    settings.WITNESS_VKEY_FILE.write_text(public.replace(keys.witness_keys()["vkey"], str(own.key)))


@attack("删除评标以后的全部日志及其检查点")
def log_tail_deleted(hand: Hand) -> None:
    hand.sql(
        """
        CREATE TEMP TABLE cut AS SELECT size FROM audit_log_checkpoint ORDER BY size LIMIT 1 OFFSET 5;
        DELETE FROM audit_log_entry WHERE id IN (SELECT entry_id FROM audit_log_leaf
            WHERE [index] >= (SELECT size FROM cut)) OR id IN (SELECT entry_id FROM audit_log_pending);
        DELETE FROM audit_log_leaf WHERE [index] >= (SELECT size FROM cut);
        DELETE FROM audit_log_node WHERE ([index] + 1) * (1 << level) > (SELECT size FROM cut);
        DELETE FROM audit_log_checkpoint WHERE size > (SELECT size FROM cut);
        DELETE FROM audit_log_cosignature WHERE size > (SELECT size FROM cut);
        DELETE FROM audit_log_pending;
        """
    )


@attack("恢复较早的数据库备份", FILES)
def backup_restored(hand: Hand) -> None:
    hand.restore_backup()


@attack("恢复较早的数据库备份,连同第二处检查点", STORE)
def backup_restored_with_store(hand: Hand) -> None:
    hand.restore_backup(with_store=True)


@attack("清空待封存队列", unseen="queue")
def queue_emptied(hand: Hand) -> None:
    hand.sql("DELETE FROM audit_log_pending")


@attack("清空待封存队列,此后照常办理")
def queue_emptied_before_business(hand: Hand) -> None:
    hand.sql("DELETE FROM audit_log_pending")
    pool.resume(actor=hand.cast["zjj"], expert="E000001")
    sealer.seal()


@attack("删除尚未封存的一条,并把业务行改回去", unseen="window")
def unsealed_deleted(hand: Hand) -> None:
    hand.sql(
        "DELETE FROM audit_log_pending WHERE entry_id = (SELECT MAX(id) FROM audit_log_entry);"
        + UNDO_SUSPENSION
    )


@attack("改写尚未封存的一条")
def unsealed_changed(hand: Hand) -> None:
    hand.sql(
        "UPDATE audit_log_entry SET body = CAST(replace(CAST(body AS TEXT), 'zjj', 'zjk') AS BLOB)"
        " WHERE stream = 'expert/E000002' AND n = 4"
    )


@attack("删除已封存但未经见证的一段")
def unwitnessed_deleted(hand: Hand) -> None:
    _cut_unwitnessed(hand)


@attack("删除已封存但未经见证的一段,连同第二处检查点", KEY, unseen="window")
def unwitnessed_deleted_with_store(hand: Hand) -> None:
    kept = settings.TRAIL_SECOND_STORE.read_text()
    _cut_unwitnessed(hand)
    settings.TRAIL_SECOND_STORE.write_text(kept)


@attack("向见证工具重放旧检查点", WIRE)
def old_checkpoint_replayed(hand: Hand) -> None:
    hand.ask_witness(0, [], Checkpoint.objects.earliest("size").note)


@attack("向见证工具出示同名的另一份日志", WIRE)
def fork_shown(hand: Hand) -> None:
    size = Checkpoint.objects.latest("size").size
    text = Head(settings.TRAIL_ORIGIN, size + 5, bytes(32)).text
    hand.ask_witness(size, [bytes(32)], sign_note(text, [keys.log_signer()]))


@attack("卸掉全部触发器")
def triggers_dropped(hand: Hand) -> None:
    hand.drop_triggers()


@attack("改写一张已开启的选票,重算哈希并重新封存", KEY)
def ballot_changed(hand: Hand) -> None:
    hand.rewrite("project/T-1", _changed(86, lambda data: data["content"]["chosen"].pop()))
    hand.seal_anew()


@attack("改写一次计票结果,重算哈希并重新封存", KEY)
def count_changed(hand: Hand) -> None:
    hand.rewrite("project/T-1", _changed(93, lambda data: data["tally"][0].update(votes=6)))
    hand.seal_anew()


@attack("改写一名专家的应答,重算哈希并重新封存", KEY)
def answer_changed(hand: Hand) -> None:
    hand.rewrite("draw/T-D1", _changed(7, lambda data: data.update(answer="declined")))
    hand.seal_anew()


@attack("抹去一轮抽取,重算哈希并重新封存", KEY)
def round_removed(hand: Hand) -> None:
    hand.rewrite("draw/T-D1", lambda told: told[:5] + told[11:])
    hand.seal_anew()


@attack("调换抽取选中的人选,重算哈希并重新封存", KEY)
def selection_changed(hand: Hand) -> None:
    hand.rewrite("draw/T-D1", _changed(6, lambda data: data["selected"].reverse()))
    hand.seal_anew()


UNDO_SUSPENSION = """
DELETE FROM audit_log_entry WHERE stream = 'expert/E000002' AND n = 4;
UPDATE experts_expert SET state = 'active', audit_n = 3, audit_hash = (SELECT hash
    FROM audit_log_entry WHERE stream = 'expert/E000002' AND n = 3) WHERE code = 'E000002';
"""


def _another_title(told: Told) -> Told:
    told[0]["data"]["title"] = "示例中学教学楼维修工程施工"
    return told


def _changed(n: int, change: Callable[[dict[str, Any]], object]) -> Change:
    """The change of one entry's data."""

    def apply(told: Told) -> Told:
        change(told[n]["data"])
        return told

    return apply


def _forge(hand: Hand, data: dict[str, Any], earlier: timedelta = timedelta()) -> bytes:
    """Insert a next entry of the awarded project in the tenderer's name; return its bytes."""
    last = Entry.objects.filter(stream="project/T-1").latest("n")
    at, prev = last.at - earlier, bytes(last.hash).hex()
    body = entries.build(
        stream=last.stream,
        n=last.n + 1,
        prev=prev,
        type="project.contracted",
        at=at,
        actor=TENDERER,
        data=data,
    )
    hand.sql(
        "INSERT INTO audit_log_entry (stream, n, type, at, hash, body) VALUES"
        f" ('{last.stream}', {last.n + 1}, 'project.contracted', '{at:%Y-%m-%d %H:%M:%S.%f}',"
        f" X'{leaf_hash(body).hex()}', X'{body.hex()}')",
        openly=not earlier,
    )
    return body


def _cosign_in_its_name(hand: Hand) -> Cosigner:
    """Put a cosignature made with the attacker's key under the newest checkpoint."""
    name = notes.parse_vkey(keys.witness_keys()["vkey"]).name
    own, last = Cosigner(name, STOLEN), Checkpoint.objects.latest("size")
    line = own.cosign(notes.parse_note(last.note).text, int(last.sealed_at.timestamp()))
    hand.sql(
        f"DELETE FROM audit_log_cosignature WHERE size = {last.size};"  # noqa: S608
        f"INSERT INTO audit_log_cosignature (size, line) VALUES ({last.size}, '{line}')"
    )
    return own


def _cut_unwitnessed(hand: Hand) -> None:
    """Two entries are sealed while the commission's tool is away; then one of them is removed."""
    sealer.seal()
    hand.sql(
        """
        DELETE FROM audit_log_checkpoint WHERE size = (SELECT MAX(size) FROM audit_log_checkpoint);
        DELETE FROM audit_log_leaf WHERE [index] = (SELECT MAX([index]) FROM audit_log_leaf);
        INSERT INTO audit_log_pending (entry_id) SELECT entry_id FROM audit_log_leaf
            WHERE [index] = (SELECT MAX([index]) FROM audit_log_leaf);
        DELETE FROM audit_log_leaf WHERE [index] = (SELECT MAX([index]) FROM audit_log_leaf);
        """
        + UNDO_SUSPENSION
    )

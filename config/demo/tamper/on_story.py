"""Attacks that tell another story: forged entries, rewritten streams, signatures in other names."""

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
from config.demo.tamper.table import KEY, attack

TENDERER = Actor("zbr1", "tenderer", "")
CONTRACT = {"from": "notified", "to": "contracted"}
STOLEN = bytes(range(32))
"""The seed of a key that the attacker made himself."""


@attack("以他人名义插入一条衔接正确的流水", reconcile="evaluation_project T-1 state")
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


@attack(
    "把时钟拨回,插入一条时间更早的流水",
    database="trail: chain broken",
    chain="project/T-1#114",
    reconcile="evaluation_project T-1 audit_n",
    outside="project/T-1 第 114 条",
)
def clock_moved_back(hand: Hand) -> None:
    _forge(hand, {}, earlier=timedelta(days=30))
    hand.sql("INSERT INTO audit_log_pending (entry_id) SELECT MAX(id) FROM audit_log_entry")
    sealer.seal()


@attack(
    "在一条流的中间插入一条",
    database="trail: append only",
    stored="project/T-1#61",
    reconcile="evaluation_project T-1 audit_n",
    sealer="entry project/T-1#60 does not match its hash",
)
def entry_inserted(hand: Hand) -> None:
    hand.sql(
        """
        UPDATE audit_log_entry SET n = -n - 1 WHERE stream = 'project/T-1' AND n >= 60;
        UPDATE audit_log_entry SET n = -n WHERE stream = 'project/T-1' AND n < 0;
        INSERT INTO audit_log_entry (stream, n, type, at, hash, body)
            SELECT stream, 60, type, at, zeroblob(32), body FROM audit_log_entry
            WHERE stream = 'project/T-1' AND n = 59;
        INSERT INTO audit_log_pending (entry_id) SELECT MAX(id) FROM audit_log_entry;
        """
    )


@attack(
    "改写一条流水,重算全流的哈希",
    database="trail: append only",
    checkpoint="检查点 至 project/T-1#1",
    stored="project/T-1#0",
    reconcile="evaluation_project T-1 title",
    outside="project/T-1 第 0 条",
)
def stream_rewritten(hand: Hand) -> None:
    hand.rewrite("project/T-1", _another_title)


@attack(
    "改写一条流水,重算哈希,用日志私钥重新封存全部日志",
    KEY,
    database="trail: append only",
    reconcile="evaluation_project T-1 title",
    outside="最终检查点的见证签名没有达到政策文件的要求",
    witness="inconsistent 检查点 (攻击之后)(已联署检查点 至 project/S-1#7)",
)
def stream_rewritten_with_key(hand: Hand) -> None:
    hand.rewrite("project/T-1", _another_title)
    hand.seal_anew()


@attack(
    "用自己的密钥冒名签署最新检查点",
    database="trail: append only",
    checkpoint="检查点 至 project/S-1#7",
    outside="最终检查点:没有已知日志密钥的签名",
)
def checkpoint_resigned(hand: Hand) -> None:
    last = Checkpoint.objects.latest("size")
    text = Head(settings.TRAIL_ORIGIN, last.size, bytes(last.root)).text
    note = sign_note(text, [Ed25519Signer(settings.TRAIL_ORIGIN, STOLEN)])
    hand.sql(f"UPDATE audit_log_checkpoint SET note = '{note}' WHERE size = {last.size}")


@attack(
    "用自己的密钥冒充监督方联署",
    database="trail: append only",
    checkpoint="检查点 至 project/S-1#7",
    outside="最终检查点的见证签名没有达到政策文件的要求",
)
def cosignature_forged(hand: Hand) -> None:
    _cosign_in_its_name(hand)


@attack(
    "重建日志,冒充监督方联署,并换掉系统内保存的监督方公钥",
    KEY,
    database="trail: append only",
    reconcile="evaluation_project T-1 title",
    outside="最终检查点的见证签名没有达到政策文件的要求",
    witness="inconsistent 检查点 (攻击之后)(已联署检查点 至 project/S-1#7)",
)
def witness_key_replaced(hand: Hand) -> None:
    hand.rewrite("project/T-1", _another_title)
    hand.seal_anew()
    own = _cosign_in_its_name(hand)
    public = settings.WITNESS_VKEY_FILE.read_text()
    settings.WITNESS_VKEY_FILE.write_text(public.replace(keys.witness_keys()["vkey"], str(own.key)))


@attack(
    "改写一张已开启的选票,重算哈希并重新封存",
    KEY,
    database="trail: append only",
    reconcile="award_ballotround T-1 T-1-B1-1 audit_hash",
    outside="project/T-1 第 86 条",
    witness="inconsistent 检查点 (攻击之后)(已联署检查点 至 project/S-1#7)",
)
def ballot_changed(hand: Hand) -> None:
    hand.rewrite("project/T-1", _changed(86, lambda data: data["content"]["chosen"].pop()))
    hand.seal_anew()


@attack(
    "改写一次计票结果,重算哈希并重新封存",
    KEY,
    database="trail: append only",
    reconcile="award_ballotround T-1 T-1-B1-1 audit_hash",
    outside="project/T-1 第 93 条",
    witness="inconsistent 检查点 (攻击之后)(已联署检查点 至 project/S-1#7)",
)
def count_changed(hand: Hand) -> None:
    hand.rewrite("project/T-1", _changed(93, lambda data: data["tally"][0].update(votes=6)))
    hand.seal_anew()


@attack(
    "改写一名专家的应答,重算哈希并重新封存",
    KEY,
    database="trail: append only",
    reconcile="experts_seat T-D1 … audit_hash",
    outside="project/T-1 第 18 条",
    witness="inconsistent 检查点 (攻击之后)(已联署检查点 至 project/S-1#7)",
)
def answer_changed(hand: Hand) -> None:
    hand.rewrite("draw/T-D1", _changed(7, lambda data: data.update(answer="declined")))
    hand.seal_anew()


@attack(
    "抹去一轮抽取,重算哈希并重新封存",
    KEY,
    database="trail: append only",
    stored="draw/T-D1#5",
    reconcile="experts_draw T-D1 round",
    outside="draw/T-D1 第 5 条",
    witness="behind 检查点 至 project/S-1#7(已联署检查点 至 project/S-1#7)",
)
def round_removed(hand: Hand) -> None:
    hand.rewrite("draw/T-D1", lambda told: told[:5] + told[11:])
    hand.seal_anew()


@attack(
    "调换抽取选中的人选,重算哈希并重新封存",
    KEY,
    database="trail: append only",
    reconcile="experts_seat T-D1 … audit_hash",
    outside="draw/T-D1 第 6 条",
    witness="inconsistent 检查点 (攻击之后)(已联署检查点 至 project/S-1#7)",
)
def selection_changed(hand: Hand) -> None:
    hand.rewrite("draw/T-D1", _changed(6, lambda data: data["selected"].reverse()))
    hand.seal_anew()


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
        f"DELETE FROM audit_log_cosignature WHERE size = {last.size};"
        f"INSERT INTO audit_log_cosignature (size, line) VALUES ({last.size}, '{line}')"
    )
    return own

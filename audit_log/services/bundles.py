"""What every evidence bundle holds of the trail itself (formats.md section 5)."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import audit_log.verifier
from audit_log.domain import canonical
from audit_log.domain.note import encode64
from audit_log.models import Attachment, Checkpoint, Cosignature, Entry, Leaf
from audit_log.selectors import trail, tree
from audit_log.services import cosigning, keys

VERIFIER = Path(audit_log.verifier.__file__).parent / "verify.py"
BATCH = 1000

README = """本压缩包是一份可以离线核验的证据。

核验方法(任何装有 Python 3.8 以上的电脑,不需要联网,不需要安装任何软件):
  1. 使用您自己保存的 verify.py(不要使用来路不明的副本);
  2. 使用您自己保存的监督方公钥策略文件 policy;
  3. 运行:python -I verify.py evidence.zip --policy policy
没有 Python 时,可用浏览器打开您自己保存的 verify.html,选择上述两个文件,同样不需要联网。
只用包内的公钥核验时,结论为“一致,签名人身份未确认”。
entries.jsonl 每行是一条流水的原始字节;leaves 是逐条的树叶哈希,用来指明改动所在;
checkpoint 是日志签名、监督方联署的检查点;
draws/ 是各次抽取的回执,可以重新计算;attachments/ 是条目引用的附件,以摘要命名。
单个项目的证据不能证明其后没有新的记录,只有整份日志可以。
"""


def sealed_entries(streams: Iterable[str] = ()) -> list[tuple[int, bytes]]:
    """Return (log index, bytes) of the sealed entries in log order: all, or of some streams.

    An entry that is gone from the log is b"": the bundle is still made, and shows that it is.
    """
    size = _last().size
    wanted = list(streams)
    if not wanted:
        size = min(size, trail.length())
        starts = range(0, size, BATCH)
        batches = (enumerate(trail.bodies(at, min(at + BATCH, size)), at) for at in starts)
        return [(index, body or b"") for batch in batches for index, body in batch]
    rows = dict(Entry.objects.filter(stream__in=wanted).values_list("pk", "body"))
    leaves = Leaf.objects.filter(index__lt=size, entry_id__in=rows).order_by("index")
    return [(index, bytes(rows[pk])) for index, pk in leaves.values_list("index", "entry_id")]


def members(rows: list[tuple[int, bytes]], *, whole: bool) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of each member; with proofs where the rows are not the whole log."""
    size = _last().size
    yield "checkpoint", cosigning.cosigned_note(size).encode()
    sealed = set(Checkpoint.objects.values_list("size", flat=True)) - {size}
    sizes = sorted(sealed & set(Cosignature.objects.values_list("size", flat=True)))
    for earlier in sizes:
        yield f"checkpoints/{earlier}", cosigning.cosigned_note(earlier).encode()
    logs, witness = keys.log_vkeys(), keys.witness_keys()["vkey"]
    known = [*logs, *keys.other_vkeys(), *([witness] if witness else [])]
    yield "keys", "".join(f"{vkey}\n" for vkey in known).encode()
    yield "policy", policy(logs, witness).encode()
    yield "entries.jsonl", b"".join(body + b"\n" for _, body in rows)
    if whole:
        yield "leaves", b"".join(tree.stored(0, 0, size))
    else:
        yield "proofs.jsonl", _lines(_proof(index, size) for index, _ in rows)
        yield "consistency.jsonl", _lines(_steps([*sizes, size]))
    yield from _attachments(rows)
    yield "README.txt", README.encode()
    yield "verify.py", VERIFIER.read_bytes()


def policy(logs: Iterable[str], witness: str) -> str:
    """The tlog-policy a bundle names, every key of the log in it; who verifies holds his own."""
    lines = "".join(f"log {log}\n" for log in logs)
    if not witness:
        return f"{lines}quorum none\n"
    return f"{lines}witness commission {witness}\nquorum commission\n"


def _last() -> Checkpoint:
    last = Checkpoint.objects.order_by("-size").first()
    if last is None:
        raise ValueError("nothing has been sealed yet")
    return last


def _attachments(rows: Iterable[tuple[int, bytes]]) -> Iterator[tuple[str, bytes]]:
    names = {name for value in parsed(rows) for name in _hashes(value["data"])}
    for start in range(0, len(names), BATCH):
        batch = sorted(names)[start : start + BATCH]
        for row in Attachment.objects.filter(pk__in=batch).order_by("pk"):
            yield f"attachments/{row.pk}", bytes(row.body)


def parsed(rows: Iterable[tuple[int, bytes]]) -> Iterator[dict[str, Any]]:
    """The entries that can be read; one that cannot be names no file of a bundle."""
    for _, body in rows:
        with suppress(canonical.CanonicalError):
            yield canonical.loads(body)


def _hashes(value: Any) -> Iterator[str]:
    """Every text of the length of a hash; most name no attachment, which costs nothing."""
    match value:
        case str() if len(value) == 64:
            yield value
        case dict():
            for item in value.values():
                yield from _hashes(item)
        case list():
            for item in value:
                yield from _hashes(item)


def _proof(index: int, size: int) -> dict[str, Any]:
    return {"index": index, "proof": [encode64(node) for node in tree.inclusion(index, size)]}


def _steps(sizes: list[int]) -> Iterator[dict[str, Any]]:
    for old, new in pairwise(sizes):
        proof = [encode64(node) for node in tree.consistency(old, new)]
        yield {"from": old, "to": new, "proof": proof}


def _lines(values: Iterable[Any]) -> bytes:
    return b"".join(canonical.dumps(value) + b"\n" for value in values)

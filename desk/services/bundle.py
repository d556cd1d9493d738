"""The evidence bundle: a zip that a commission checks offline (formats.md section 5)."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import audit_log.verifier
from audit_log.domain import canonical
from audit_log.domain.note import encode64
from audit_log.models import Attachment, Checkpoint, Cosignature, Entry, Leaf
from audit_log.selectors import trail, tree
from audit_log.services import cosigning, keys
from experts.selectors import draws

VERIFIER = Path(audit_log.verifier.__file__).parent / "verify.py"
STAMP = (2000, 1, 1, 0, 0, 0)
"""Every member carries the same time, so that equal contents make equal bytes."""

README = """本压缩包是一份可以离线核验的证据。

核验方法(任何装有 Python 3.8 以上的电脑,不需要联网,不需要安装任何软件):
  1. 使用您自己保存的 verify.py(不要使用来路不明的副本);
  2. 使用您自己保存的监督方公钥策略文件 policy;
  3. 运行:python -I verify.py evidence.zip --policy policy
只用包内的公钥核验时,结论为“一致,签名人身份未确认”。
entries.jsonl 每行是一条流水的原始字节;checkpoint 是日志签名、监督方联署的检查点;
draws/ 是各次抽取的回执,可以重新计算;attachments/ 是条目引用的附件,以摘要命名。
单个项目的证据不能证明其后没有新的记录,只有整份日志可以。
"""


def write(path: Path, *, project: str = "") -> Path:
    """Write the bundle of the whole sealed log, or of one project's case; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(build(project=project))
    return path


def build(*, project: str = "") -> bytes:
    """Return the bytes of a bundle. Only sealed entries are in it."""
    last = Checkpoint.objects.order_by("-size").first()
    if last is None:
        raise ValueError("nothing has been sealed yet")
    rows = list(_entries(project, last.size))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in _members(rows, last, project):
            archive.writestr(zipfile.ZipInfo(name, STAMP), body, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _members(
    rows: list[tuple[int, bytes]], last: Checkpoint, project: str
) -> Iterator[tuple[str, bytes]]:
    yield "checkpoint", cosigning.cosigned_note(last.size).encode()
    sizes = sorted(set(Cosignature.objects.values_list("size", flat=True)) - {last.size})
    for size in sizes:
        yield f"checkpoints/{size}", cosigning.cosigned_note(size).encode()
    vkeys = [keys.log_vkey(), keys.witness_keys()["vkey"]]
    yield "keys", "".join(f"{vkey}\n" for vkey in vkeys if vkey).encode()
    yield "policy", _policy(*vkeys).encode()
    yield "entries.jsonl", b"".join(body + b"\n" for _, body in rows)
    if project:
        yield "proofs.jsonl", _lines(_proof(index, last.size) for index, _ in rows)
        yield "consistency.jsonl", _lines(_steps([*sizes, last.size]))
    values = [canonical.loads(body) for _, body in rows]
    for code in _draws(values):
        yield f"draws/{code}.json", canonical.dumps(draws.receipt(code))
    yield from _attachments(values)
    yield "report.json", canonical.dumps(_outcome(values))
    yield "README.txt", README.encode()
    yield "verify.py", VERIFIER.read_bytes()


def _entries(project: str, size: int) -> Iterator[tuple[int, bytes]]:
    """(log index, bytes) of the sealed entries: all, or the project's and its draws' streams."""
    leaves = Leaf.objects.filter(index__lt=size)
    if project:
        streams = [f"project/{project}", *(f"draw/{code}" for code in _draws_of(project))]
        wanted = Entry.objects.filter(stream__in=streams)
        leaves = leaves.filter(entry_id__in=wanted.values("pk"))
    places = list(leaves.order_by("index").values_list("index", "entry_id"))
    for start in range(0, len(places), 1000):
        batch = places[start : start + 1000]
        found = Entry.objects.in_bulk([pk for _, pk in batch])
        yield from ((index, bytes(found[pk].body)) for index, pk in batch)


def _draws_of(project: str) -> list[str]:
    events = trail.events(f"project/{project}", "project.draw_started", "project.draw_committed")
    return sorted({event["data"]["draw"] for event in events})


def _draws(values: Iterable[dict[str, Any]]) -> list[str]:
    streams = {value["stream"] for value in values if value["type"] == "draw.committed"}
    return sorted(stream.partition("/")[2] for stream in streams)


def _attachments(values: Iterable[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    names = {text for value in values for text in _hashes(value["data"])}
    for row in Attachment.objects.filter(pk__in=names).order_by("pk"):
        yield f"attachments/{row.pk}", bytes(row.body)


def _hashes(value: Any) -> Iterator[str]:
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


def _outcome(values: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The outcome as the entries tell it: the last state of each project, and its award."""
    projects: dict[str, dict[str, Any]] = {}
    for value in values:
        kind, _, code = value["stream"].partition("/")
        if kind != "project":
            continue
        told = projects.setdefault(code, {"state": "", "candidates": [], "winner": ""})
        told["state"] = value["data"].get("to", told["state"])
        if value["type"] == "project.report_submitted":
            told["candidates"] = value["data"]["candidates"]
        if value["type"] == "project.awarded":
            told["winner"] = value["data"]["bidder"]
    return {
        "v": 1,
        "projects": [{"project": code, **told} for code, told in sorted(projects.items())],
    }


def _policy(log: str, witness: str) -> str:
    if not witness:
        return f"log {log}\nquorum none\n"
    return f"log {log}\nwitness commission {witness}\nquorum commission\n"


def _lines(values: Iterable[Any]) -> bytes:
    return b"".join(canonical.dumps(value) + b"\n" for value in values)

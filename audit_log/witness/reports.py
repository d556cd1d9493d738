"""Reading what was left for the commission alone: offline, with the key of its own machine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from audit_log.domain import entry, report
from audit_log.domain.entry import EntryError
from audit_log.domain.envelope import EnvelopeError
from audit_log.domain.note import NoteError, decode64

ANOTHER_KEY = "不是发给本机公钥的:网站登记的接收公钥可能被换过"
NO_REPORT = "流水条目不是一份密封记录"
UNREADABLE = "密文缺失、损坏或者被换过"
TWICE = "与前面的一份是同一条"


class NotReports(ValueError):
    """A file that is not an export of reports."""


class Read(NamedTuple):
    """One report: its number, when it was left, its leaf hash; what it says, or what is wrong."""

    number: str
    at: str
    leaf: str
    author: str = ""
    content: dict[str, Any] | None = None
    wrong: str = ""


def read(private: bytes, path: Path) -> Iterator[Read]:
    """Open every report of an export (`{"v":1,"reports":[{"entry","envelope"}…]}`).

    Yields one `Read` for each, also for what does not open. Raise NotReports for another file.
    """
    seen: set[str] = set()
    for one in _reports(path):
        found = _one(private, one["entry"].encode(), one["envelope"])
        yield found._replace(content=None, wrong=TWICE) if found.leaf in seen else found
        seen.add(found.leaf)


def _reports(path: Path) -> list[dict[str, str]]:
    try:
        value = json.loads(path.read_bytes())
        found: list[dict[str, str]] = value["reports"]
        good = value["v"] == 1 and all(
            isinstance(one[name], str) for one in found for name in ("entry", "envelope")
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NotReports(path) from error
    if not good:
        raise NotReports(path)
    return found


def _one(private: bytes, body: bytes, envelope: str) -> Read:
    leaf = entry.leaf_hash(body).hex()
    try:
        told = entry.parse(body)
        number, data = told["stream"].partition("/")[2], told["data"]
        found = Read(number, told["at"], leaf)
        to, commitment = data["to"], bytes.fromhex(data["commitment"]).hex()
    except (EntryError, KeyError, TypeError, ValueError):
        return Read("", "", leaf, wrong=NO_REPORT)
    if to != report.public_key(private):
        return found._replace(wrong=ANOTHER_KEY)
    try:
        opening = report.unseal(private, commitment, decode64(envelope))
    except (EnvelopeError, NoteError):
        return found._replace(wrong=UNREADABLE)
    if opening.stream != told["stream"]:
        return found._replace(wrong=UNREADABLE)
    return found._replace(author=opening.author, content=opening.content)

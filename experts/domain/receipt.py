"""Reading the receipt of a draw and re-running it from that alone (formats.md section 4, 收据).

The receipt is read as written by an adversary: every entry, hash, code, mark and result is checked
or computed again, and the first thing that does not hold raises ReceiptError with its entry.
Not established here: that the entries are in the log, and whose key `mark_key` is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from audit_log.domain import canonical, entry
from experts.domain.draw_events import ENTRY
from experts.domain.draw_replay import DrawOutcome, DrawReplay, Link
from experts.domain.manifest import ManifestError, parse_manifest
from experts.domain.receipt_error import ReceiptError
from experts.domain.shapes import exactly, is_object, list_of, record, text

RECEIPT = record({"v": exactly(1), "entries": list_of(text(1), least=1), "manifest": is_object})


def verify_receipt(receipt: Mapping[str, Any] | bytes) -> DrawOutcome:
    """Return the outcome of a receipt, given as parsed JSON or as its canonical bytes.

    Raises ReceiptError at the first thing that does not hold.
    """
    value = _parse(receipt)
    try:
        manifest = parse_manifest(canonical.dumps(value["manifest"]))
    except ManifestError as error:
        raise ReceiptError("manifest_malformed") from error
    replay = DrawReplay(manifest)
    for link in _links(value["entries"], f"draw/{manifest['draw']}"):
        replay.take(link)
    return replay.outcome()


def _parse(receipt: Mapping[str, Any] | bytes) -> dict[str, Any]:
    try:
        body = receipt if isinstance(receipt, bytes) else canonical.dumps(receipt)
        value = canonical.loads(body)
    except canonical.CanonicalError as error:
        raise ReceiptError("receipt_malformed") from error
    if not RECEIPT(value):
        raise ReceiptError("receipt_malformed")
    return cast(dict[str, Any], value)


def _links(bodies: Sequence[str], stream: str) -> Iterator[Link]:
    """Yield the entries with their leaf hashes, each checked against the one before it."""
    prev, at = entry.GENESIS, ""
    for n, written in enumerate(bodies):
        body = written.encode()
        parsed = _parse_entry(body, n)
        if parsed["stream"] != stream:
            raise ReceiptError("stream_foreign", n)
        if (parsed["n"], parsed["prev"]) != (n, prev):
            raise ReceiptError("chain_broken", n)
        if parsed["at"] < at:
            raise ReceiptError("time_reversed", n)
        prev, at = entry.leaf_hash(body).hex(), parsed["at"]
        yield Link(n, parsed["type"], parsed["actor"], parsed["data"], prev)


def _parse_entry(body: bytes, n: int) -> dict[str, Any]:
    try:
        value = entry.parse(body)
        if len(body) > entry.MAX_BYTES or not ENTRY(value):
            raise ReceiptError("entry_malformed", n)
        entry.parse_time(value["at"])
    except entry.EntryError as error:
        raise ReceiptError("entry_malformed", n) from error
    return value

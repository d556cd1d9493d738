"""The manifest of a draw: who can be drawn, fixed before anyone can know the seed.

It names nobody: a candidate is a handle, an employer a group number. This module is the format and
its strict reader (formats.md section 4); `freeze` makes one from a list of experts.
"""

import hashlib
from typing import Final, TypedDict, cast

from audit_log.domain import canonical
from experts.domain.shapes import (
    HASH,
    NAME,
    either,
    exactly,
    integer,
    list_of,
    matching,
    record,
    text,
)

MESSAGES: Final = {
    "manifest_malformed": "抽取清单的字段或写法不符合格式",
    "slots_out_of_order": "抽取清单中各组别未按抽取先后排列，或有重复",
    "handles_out_of_order": "同一组别内候选代号未按升序排列，或有重复",
    "candidate_ambiguous": "同一候选代号在不同组别中的单位分组或身份承诺不一致",
    "identity_shared": "不同候选代号使用了同一身份承诺，或只有部分候选人有身份承诺",
    "secret_malformed": "抽取密值应为 32 字节",
    "expert_twice": "同一专家在候选名单中出现两次",
    "slot_unknown": "候选专家未对应任何已申请的组别，或对应了未申请的组别",
}


class ManifestError(ValueError):
    """A manifest that breaks formats.md section 4: stable `code`, Chinese `message`."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message = MESSAGES[code]
        super().__init__(f"{code}: {self.message}")


class Candidate(TypedDict):
    """One line of a slot: handle, employer group, commitment to the identity (hex, or "")."""

    candidate: str
    group: str
    id: str


class Slot(TypedDict):
    """One specialty to be filled with `count` persons out of `candidates`."""

    slot: str
    specialty: str
    region: str
    count: int
    candidates: list[Candidate]


class Manifest(TypedDict):
    """The attachment whose SHA-256 `draw.committed` fixes."""

    v: int
    draw: str
    project: str
    attempt: int
    one_per_group: bool
    slots: list[Slot]


CANDIDATE = record(
    {
        "candidate": NAME,
        "group": matching("g(0|[1-9][0-9]*)"),
        "id": either(HASH, exactly("")),
    }
)
SLOT = record(
    {
        "slot": NAME,
        "specialty": text(),
        "region": text(),
        "count": integer(1),
        "candidates": list_of(CANDIDATE),
    }
)
MANIFEST = record(
    {
        "v": exactly(1),
        "draw": NAME,
        "project": text(1),
        "attempt": integer(1),
        "one_per_group": exactly(True, False),
        "slots": list_of(SLOT, least=1),
    }
)


def parse_manifest(body: bytes) -> Manifest:
    """Return the manifest of canonical bytes; raise ManifestError for anything but a valid one."""
    try:
        value = canonical.loads(body)
    except canonical.CanonicalError as error:
        raise ManifestError("manifest_malformed") from error
    if not MANIFEST(value):
        raise ManifestError("manifest_malformed")
    manifest = cast(Manifest, value)
    _check_order(manifest)
    _check_candidates(manifest)
    return manifest


def manifest_hash(manifest: Manifest) -> str:
    """Return the hex SHA-256 of the manifest's canonical bytes."""
    return hashlib.sha256(canonical.dumps(manifest)).hexdigest()


def candidates_of(manifest: Manifest) -> dict[str, Candidate]:
    """Return the distinct candidates of all slots by handle."""
    return {row["candidate"]: row for slot in manifest["slots"] for row in slot["candidates"]}


def filling_order(slot: Slot, one_per_group: bool) -> tuple[int, str]:
    """Return the sort key of a slot: the scarcest first (choices − count), then by name.

    Where only one person per employer may sit, the choices are employers, not persons.
    """
    choices = {row["group"] if one_per_group else row["candidate"] for row in slot["candidates"]}
    return len(choices) - slot["count"], slot["slot"]


def _check_order(manifest: Manifest) -> None:
    order = [filling_order(slot, manifest["one_per_group"]) for slot in manifest["slots"]]
    if order != sorted(order) or len({name for _, name in order}) != len(order):
        raise ManifestError("slots_out_of_order")
    for slot in manifest["slots"]:
        handles = [row["candidate"] for row in slot["candidates"]]
        if handles != sorted(set(handles)):
            raise ManifestError("handles_out_of_order")


def _check_candidates(manifest: Manifest) -> None:
    known = candidates_of(manifest)
    for slot in manifest["slots"]:
        if any(row != known[row["candidate"]] for row in slot["candidates"]):
            raise ManifestError("candidate_ambiguous")
    ids = {row["id"] for row in known.values()}
    if ids != {""} and ("" in ids or len(ids) != len(known)):
        raise ManifestError("identity_shared")

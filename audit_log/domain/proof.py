"""The receipt of one entry: a `.tlog-proof` that is checked offline (C2SP `tlog-proof`)."""

from dataclasses import dataclass

from audit_log.domain.checkpoint import parse_decimal
from audit_log.domain.merkle import HASH_BYTES, verify_inclusion
from audit_log.domain.note import NoteError, decode64, encode64
from audit_log.domain.policy import Policy, Verdict

HEADER = "c2sp.org/tlog-proof@v1"


class ProofError(ValueError):
    """A proof that is malformed or does not prove the entry; `str()` says why."""


@dataclass(frozen=True)
class TlogProof:
    """Index of the entry (from 0), hashes from leaf to root, the signed checkpoint verbatim.

    `extra` is opaque, and nothing vouches for it.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    @property
    def text(self) -> str:
        """The file's text."""
        extra = [] if self.extra is None else [f"extra {encode64(self.extra)}"]
        lines = [HEADER, *extra, f"index {self.index}", *map(encode64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    def verify(self, leaf: bytes, policy: Policy) -> Verdict:
        """Return the policy's verdict on the checkpoint that holds leaf hash `leaf`.

        The caller looks at `met`: without the quorum the entry is sealed, not witnessed. Raise
        Untrusted where no log of the policy signed, ProofError where the leaf is not in the tree.
        """
        verdict = policy.judge(self.checkpoint)
        head = verdict.checkpoint
        if not verify_inclusion(leaf, self.index, head.size, self.hashes, head.root):
            raise ProofError("the entry is not in the checkpoint's tree")
        return verdict


def parse(text: str) -> TlogProof:
    """Return the proof in a file's text, unverified; raise ProofError where malformed."""
    head, empty, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != HEADER or not empty:
        raise ProofError("not a c2sp.org/tlog-proof@v1")
    try:
        extra = decode64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
        word, _, index = lines.pop(0).partition(" ") if lines else ("", "", "")
        if word != "index":
            raise ProofError("no index line")
        return TlogProof(parse_decimal(index), parse_hashes(lines), checkpoint, extra)
    except NoteError as error:
        raise ProofError(str(error)) from error


def parse_hashes(lines: list[str]) -> tuple[bytes, ...]:
    """Return the hashes of base64 lines; raise ProofError unless each is a SHA-256 hash."""
    try:
        hashes = tuple(decode64(line) for line in lines)
    except NoteError as error:
        raise ProofError(str(error)) from error
    if len(hashes) > 63 or any(len(value) != HASH_BYTES for value in hashes):
        raise ProofError("a proof is at most 63 hashes of 32 bytes")
    return hashes

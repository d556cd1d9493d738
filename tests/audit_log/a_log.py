"""A small log in memory, as a witness meets it: entries, checkpoints, requests."""

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit_log.domain import entry
from audit_log.domain.checkpoint import Checkpoint
from audit_log.domain.entry import SYSTEM
from audit_log.domain.merkle import consistency_proof, inclusion_proof, root_of
from audit_log.domain.note import Cosigner, Ed25519Signer, sign_note
from audit_log.witness.wire import ADD_CHECKPOINT, AddCheckpoint, MarkRequest

COSIGNER = Cosigner("nanhu.example/discipline", bytes(range(0x20, 0x40)))
DRAW_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(0x40, 0x60)))
NOW = 1_746_666_060
ROUND = {"round": 1, "needs": {"1": 2}, "excluded": []}
AT = datetime(2025, 5, 8, 1, 0, 0, tzinfo=UTC)


class ALog:
    """Entries in log order; `prefix` makes the contents of one log differ from another's."""

    def __init__(self, origin="a.example/trail", seed=b"l" * 32, prefix="a"):
        self.signer = Ed25519Signer(origin, seed)
        self.prefix = prefix
        self.bodies = []

    def grow(self, count):
        """Append entries that no witness cares about."""
        for number in range(len(self.bodies), len(self.bodies) + count):
            self.append(
                f"project/{self.prefix}-{number}", "project.registered", {"to": "registered"}
            )
        return self

    def append(self, stream, type, data):
        """Append one entry; return its index."""
        body = entry.build(
            stream=stream, n=0, prev=entry.GENESIS, type=type, at=AT, actor=SYSTEM, data=data
        )
        self.bodies.append(body)
        return len(self.bodies) - 1

    def leaves(self, size=None):
        return [entry.leaf_hash(body) for body in self.bodies[:size]]

    def text(self, size=None):
        leaves = self.leaves(size)
        return Checkpoint(self.signer.name, len(leaves), root_of(leaves)).text

    def note(self, size=None):
        return sign_note(self.text(size), [self.signer])

    def ask(self, old, size=None):
        """The request for a cosignature of the first `size` entries after `old` of them."""
        proof = consistency_proof(self.leaves(size), old)
        return AddCheckpoint(old, tuple(proof), self.note(size))

    def ask_mark(self, index, cosignature):
        """The request for the mark of the entry at `index` in the whole log."""
        proof = inclusion_proof(self.leaves(), index)
        return MarkRequest(self.bodies[index], index, tuple(proof), self.note() + cosignature)


def cosigned(witness, log, old):
    """The witness's line under the whole log."""
    status, line = witness.handle(ADD_CHECKPOINT, log.ask(old).body, NOW)
    assert status == 200
    return line

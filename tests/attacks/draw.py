"""What may be tried on a draw with database, program and every key but the commission's.

`python -m tests.attacks.draw` makes each attempt on a small draw and prints what he gains and
what notices it. The commission's tool is the real one and answers by its rules; receipts are judged
by the stand-alone verifier under the commission's policy. The attempts on the freeze need a
database: `test_draw` makes them on the product itself.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit_log.domain.note import parse_vkey
from audit_log.witness import state
from audit_log.witness.core import Witness
from audit_log.witness.wire import ADD_CHECKPOINT, MARK
from experts.domain.draw import Standing, mark_message, round_code, run_round, seed
from tests.attacks import forgeries as forged
from tests.attacks.forgeries import (
    CHANCE,
    NOBODY,
    NOTHING,
    OUT,
    POOL,
    RECEIPT,
    SHOWN,
    STEERS,
    TOOL,
    Come,
)
from tests.audit_log.a_log import COSIGNER, NOW, ROUND, ALog, cosigned
from tests.experts.ceremony import DRAW_KEY, one_slot


class Attempt(NamedTuple):
    """One way to try; `cells` are what is stated of it, `made` what comes of making it."""

    title: str
    gain: str
    noticed: str
    make: Callable[[], Come]

    @property
    def cells(self) -> list[str]:
        return [self.title, self.gain, self.noticed]


# ------------------------------------------------------------------- what the tool refuses


@contextmanager
def commission() -> Iterator[Witness]:
    """The commission's tool as it is, with an empty memory."""
    with tempfile.TemporaryDirectory() as home:
        state.create(Path(home) / "home", "nanhu.example/discipline", "draw")
        with state.open_store(Path(home) / "home") as store:
            store.trust(parse_vkey(ALog().signer.vkey))
            yield Witness(store, COSIGNER, DRAW_KEY)


def rewritten(change: Callable[[ALog], None]) -> Come:
    """Have a log with an open round co-signed and marked; change it; ask for both again."""
    log = ALog().grow(3)
    log.append("draw/D-1", "draw.round_opened", ROUND)
    with commission() as tool:
        line = cosigned(tool, log, 0)
        assert tool.handle(MARK, log.ask_mark(3, line).body, NOW)[0] == 200
        change(log)
        answers = [tool.handle(ADD_CHECKPOINT, log.ask(4).body, NOW)[0]]
        index = len(log.bodies) - 1
        own = COSIGNER.cosign(log.text(), NOW) if answers == [200] else line
        answers.append(tool.handle(MARK, log.ask_mark(index, own).body, NOW)[0])
    return (STEERS, NOBODY) if answers == [200, 200] else (NOTHING, TOOL)


def another_opening(log: ALog) -> None:
    log.bodies.pop()
    log.append("draw/D-1", "draw.round_opened", ROUND | {"excluded": []} | {"needs": {"1": 1}})


def opening_once_more(log: ALog) -> None:
    log.append("draw/D-1", "draw.round_opened", ROUND | {"needs": {"1": 1}})


def another_commitment(log: ALog) -> None:
    opening = log.bodies.pop()
    log.bodies.pop()
    log.append("draw/D-1", "draw.committed", {"code": "ab" * 32})
    log.bodies.append(opening)


def earlier_conflict(log: ALog) -> None:
    log.append("expert/E0001", "expert.conflict_declared", {"to": "confirmed"})
    log.bodies.insert(1, log.bodies.pop())


# ------------------------------------------------------------------- what cannot be foreseen

TRIALS, VARIANTS = 60, 12
NAMES = [f"c{place:04d}" for place in range(1, 11)]
WANTED = NAMES[6]
"""One of ten, of whom three are drawn: 18 of 60 by chance."""
Guess = Callable[[str], bytes]
"""Leaf of an opening → the mark that one expects on it."""


def marked(leaf: str) -> bytes:
    """The commission's mark."""
    return DRAW_KEY.sign(mark_message(leaf))


def none(leaf: str) -> bytes:
    """No mark: a round without the commission."""
    return b""


def drawn(secret: bytes, leaf: str, mark: bytes) -> list[str]:
    code = round_code(secret, 32, 1)
    selected, _ = run_round(one_slot(NAMES, 3), Standing(), {"1": 3}, seed(code, leaf, mark))
    return [one["candidate"] for one in selected]


def digest(*words: object) -> bytes:
    return hashlib.sha256("/".join(map(str, words)).encode()).digest()


def tried(variants: Callable[[int, int], tuple[bytes, str]], guess: Guess, real: Guess) -> int:
    """How often the wanted one is drawn when of many secrets or openings the best is taken."""
    hits = 0
    for trial in range(TRIALS):
        ways = [variants(trial, number) for number in range(VARIANTS)]
        good = [way for way in ways if WANTED in drawn(*way, guess(way[1]))]
        secret, leaf = (good or ways)[0]
        hits += WANTED in drawn(secret, leaf, real(leaf))
    return hits


def openings(trial: int, number: int) -> tuple[bytes, str]:
    """One secret, and openings that differ in their moment or in what an absent party typed."""
    return digest("secret", trial), digest("leaf", trial, number).hex()


def secrets(trial: int, number: int) -> tuple[bytes, str]:
    """Many secrets before the commitment, for one opening."""
    return digest("secret", trial, number), digest("leaf", trial).hex()


def foreseen(variants: Callable[[int, int], tuple[bytes, str]], guess: Guess, real: Guess) -> str:
    """`STEERS` where trying gives the wanted one nearly always, else whether it is chance."""
    hits, blind = tried(variants, guess, real), tried(variants, lambda leaf: b"?", real)
    if hits > TRIALS * 0.9:
        return STEERS
    assert abs(hits - blind) < TRIALS * 0.2
    return CHANCE


def own_guess(leaf: str) -> bytes:
    """A mark made with a key of his own, since he has not the commission's."""
    return Ed25519PrivateKey.from_private_bytes(b"o" * 32).sign(mark_message(leaf))


ATTEMPTS = (
    Attempt("many secrets tried before the commitment", CHANCE, NOBODY,
            lambda: (foreseen(secrets, own_guess, marked), NOBODY)),
    Attempt("many openings tried: the moment, what an absent witness “typed”", CHANCE, NOBODY,
            lambda: (foreseen(openings, own_guess, marked), NOBODY)),
    Attempt("… in a round without the commission's key", STEERS, SHOWN,
            lambda: (foreseen(openings, none, none), SHOWN)),
    Attempt("… together with the commission", STEERS, NOBODY,
            lambda: (foreseen(openings, marked, marked), NOBODY)),
    Attempt("another commitment in the place of the sealed one", NOTHING, TOOL,
            lambda: rewritten(another_commitment)),
    Attempt("the round run with the code of another secret", NOTHING, RECEIPT, forged.other_secret),
    Attempt("a candidate taken out of the manifest", NOTHING, RECEIPT, forged.smaller_manifest),
    Attempt("the round opened otherwise once its mark is known", NOTHING, TOOL,
            lambda: rewritten(another_opening)),
    Attempt("the same round opened a second time", NOTHING, TOOL,
            lambda: rewritten(opening_once_more)),
    Attempt("the next round opened, the first not run", NOTHING, RECEIPT, forged.second_opening),
    Attempt("a mark made with a key of one's own", NOTHING, RECEIPT, forged.own_mark),
    Attempt("somebody else written down as drawn", NOTHING, RECEIPT, forged.other_selection),
    Attempt("a candidate excluded as the round opens", OUT, SHOWN, forged.excluded),
    Attempt("… everybody but those whom he wants", STEERS, SHOWN, forged.all_but_the_wanted),
    Attempt("an answer in the name of one who was drawn", OUT, SHOWN, forged.false_answer),
    Attempt("… taken back once his place is filled", NOTHING, RECEIPT, forged.taken_back_answer),
    Attempt("cancelled before the first round and begun again", CHANCE, SHOWN, forged.cancelled),
    Attempt("abandoned by the operator and begun again", NOTHING, RECEIPT, forged.own_abandoning),
    Attempt("… in the name of supervision", CHANCE, SHOWN, forged.foreign_abandoning),
    Attempt("a second draw as if there were no first", CHANCE, SHOWN, forged.hidden_first),
    Attempt("a conflict put into the sealed log before the freeze", NOTHING, TOOL,
            lambda: rewritten(earlier_conflict)),
)  # fmt: skip


ON_THE_FREEZE = [
    ["a candidate left out at the freeze, in silence", OUT, POOL],
    ["… for a state that no entry tells", OUT, POOL],
]
"""What needs a pool to be tried on; the tests do."""


if __name__ == "__main__":
    for one in ATTEMPTS:
        print(f"{one.title:64} {' | '.join(one.make())}")

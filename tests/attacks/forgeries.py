"""Draws forged entry by entry, and what the stand-alone verifier says of their receipts."""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit_log.domain import canonical, entry
from audit_log.verifier.verify import Report, verify
from experts.domain.draw import round_code
from experts.domain.manifest import candidates_of
from tests.experts.ceremony import CENTRE, Ceremony, rechain
from tests.verifier.drawing import SmallDraw
from tests.verifier.writer import OFFICE, POLICY, SUPERVISION, Book, vector_book, write_zip
from tests.verifier.writer import canonical as json_of

NOTHING, OUT, CHANCE, STEERS = "nothing", "one is out", "no better than chance", "who is drawn"
"""What he gains. `OUT`: he names somebody who is out; who comes in is left to chance."""
TOOL, RECEIPT, POOL, SHOWN, NOBODY = (
    "commission's tool", "receipt", "comparison with the pool", "stands in the stream", "nobody"
)  # fmt: skip
"""What notices it: the commission's tool refuses, the receipt does not hold, the commission's
comparison of the roster finds it, or it stands in the draw's stream for everyone to see."""

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
Come = tuple[str, str]
"""What he gains, and what notices it."""


def book_of(draw: Ceremony) -> Book:
    """The log of one ceremony, sealed and co-signed as it grew."""
    book = vector_book()
    for line in rechain(draw.entries):
        book.add_line(line.encode())
    book.files["draws/D-1.json"] = json_of(draw.receipt())
    return book


def report_of(book: Book) -> Report:
    """What the verifier says under the commission's own policy."""
    with tempfile.TemporaryDirectory() as home:
        return verify(write_zip(Path(home) / "bundle.zip", book.whole()), POLICY, False)


def holds(book: Book) -> bool:
    return report_of(book).ok


def judged(draw: Ceremony, gain: str) -> Come:
    """What a forged ceremony gains, where its receipt holds; then everyone reads it there."""
    return (gain, SHOWN) if holds(book_of(draw)) else (NOTHING, RECEIPT)


def opened() -> Ceremony:
    """A draw whose first round is open, with a contribution of supervision."""
    return Ceremony().commit().contribute().open_round()


def other_secret() -> Come:
    code = round_code(hashlib.sha256(b"another secret").digest(), opened().chain, 1)
    return judged(opened().run(code=code.hex()), STEERS)


def smaller_manifest() -> Come:
    draw = opened().run()
    slot = draw.manifest["slots"][0]
    kept = {**slot, "candidates": slot["candidates"][1:]}
    draw.manifest = {**draw.manifest, "slots": [kept, *draw.manifest["slots"][1:]]}
    return judged(draw, OUT)


def other_selection() -> Come:
    draw = opened().run()
    told = draw.entries.pop()["data"]
    draw.prev = entry.leaf_hash(canonical.dumps(draw.entries[-1])).hex()
    first, *rest = told["selected"]
    return judged(draw.run(selected=[{**first, "candidate": draw.spare()}, *rest]), STEERS)


def own_mark() -> Come:
    return judged(opened().run(key=OTHER_KEY), STEERS)


def second_opening() -> Come:
    return judged(opened().open_round().run(), STEERS)


def excluded() -> Come:
    draw = Ceremony().commit().contribute()
    return judged(draw.open_round(draw.spare()).run(), OUT)


def all_but_the_wanted() -> Come:
    wanted = opened().run(key=OTHER_KEY).selected()
    draw = Ceremony().commit().contribute()
    draw.open_round(*sorted(candidates_of(draw.manifest).keys() - set(wanted))).run()
    assert sorted(draw.selected()) == sorted(wanted) != sorted(opened().run().selected())
    return judged(draw, STEERS)


def false_answer() -> Come:
    draw = opened().run()
    first = draw.selected()[0]
    told = {"reason": "busy", "evidence": "ab" * 32}
    return judged(draw.answer(first, "declined", CENTRE, **told).open_round().run(), OUT)


def taken_back_answer() -> Come:
    draw = opened().run()
    seated = draw.selected()
    draw.answer(seated[0], "declined").open_round().run()
    return judged(draw.answer(seated[0], "accepted"), STEERS)


def own_abandoning() -> Come:
    return begun_again(lambda first: first.abandon(OFFICE))


def foreign_abandoning() -> Come:
    return begun_again(lambda first: first.abandon(SUPERVISION))


def begun_again(end: Callable[[SmallDraw], object]) -> Come:
    """End a draw whose result does not please, and have another that names it."""
    people = {"c0001": ("E0001", "org1"), "c0002": ("E0002", "org2")}
    book = Book()
    first = SmallDraw(book, "S-1", people).hold("G-1")
    end(first)
    SmallDraw(book, "S-2", people).hold("G-1", 2, first.leaf)
    return (CHANCE, SHOWN) if holds(book) else (NOTHING, RECEIPT)


def hidden_first() -> Come:
    """Begin a second draw as if there had been no first."""
    people = {"c0001": ("E0001", "org1"), "c0002": ("E0002", "org2")}
    book = Book()
    SmallDraw(book, "S-1", people).hold("G-1")
    SmallDraw(book, "S-2", people).hold("G-1", 1)
    report = report_of(book)
    said = [one for one in report.findings if "又不是作废后的重抽" in one.text]
    assert report.ok
    return CHANCE, SHOWN if said else NOBODY


def cancelled() -> Come:
    draw = Ceremony().commit()
    told = {"reason": "重新组织", "from": "committed", "to": "cancelled"}
    return judged(draw.write("draw.cancelled", told), CHANCE)

"""What is sealed is unique, what is closed counts, and exactly that is opened."""

import json
from typing import Any

import pytest

from audit_log.verifier.verify import open_envelope
from tests.verifier.writer import OFFICE, VECTORS, Book, canonical, commitment, sha256

STREAM = "project/P"
KIND = "ballot/1/1"


class Ballots(Book):
    """Sealed ballots of named members."""

    def cast(self, author: str, choice: str, /, **change: Any) -> dict[str, Any]:
        opening = self.seal(STREAM, "project.ballot_sealed", KIND, author, {"choice": choice})
        entry = json.loads(self.lines.pop())
        self.heads[STREAM] = (entry["n"] - 1, entry["prev"])
        actor = {**OFFICE, "id": author}
        self.add(STREAM, "project.ballot_sealed", entry["data"] | change, actor)
        return opening

    def close(self, *listed: str) -> None:
        data = {"kind": KIND, "commitments": sorted(listed)}
        self.add(STREAM, "project.ballots_closed", data)

    def open(self, opening: dict[str, Any], **change: Any) -> None:
        self.add(STREAM, "project.vote_opened", opening | change)


def faults(check, book: Book) -> list[tuple[str, int]]:
    report = check(book.whole())
    return [(f.area, f.where.n) for f in report.faults if f.where]


def two() -> tuple[Ballots, dict[str, Any], dict[str, Any]]:
    book = Ballots()
    return book, book.cast("m1", "A"), book.cast("m2", "B")


def test_the_known_commitment_is_recomputed():
    known = VECTORS["seal"]
    named = [known[key] for key in ("kind", "stream", "author", "content")]
    assert commitment(bytes.fromhex(known["salt"]), *named) == known["commitment"]
    open_envelope(known, known["stream"], known["content"])


def test_sealed_closed_and_opened_together(check):
    book, first, second = two()
    book.close(first["commitment"], second["commitment"])
    assert faults(check, book) == []
    book.open(first)
    book.open(second)
    assert faults(check, book) == []


def test_the_last_before_the_close_counts(check):
    book, first, second = two()
    again = book.cast("m1", "C", replaces=first["commitment"])
    book.close(again["commitment"], second["commitment"])
    book.open(again)
    book.open(second)
    assert faults(check, book) == []


def test_what_was_replaced_is_not_opened(check):
    book, first, second = two()
    again = book.cast("m1", "C", replaces=first["commitment"])
    book.close(again["commitment"], second["commitment"])
    for opening in (first, again, second):
        book.open(opening)
    assert faults(check, book) == [("envelopes", 4)]


@pytest.mark.parametrize("replaces", [None, "0" * 64, "other"])
def test_replaces_names_the_authors_own_last(check, replaces):
    book, _, second = two()
    book.cast("m1", "C", replaces=second["commitment"] if replaces == "other" else replaces)
    assert faults(check, book) == [("envelopes", 2)]


NOBODY = {"id": "system", "role": "system", "org": ""}
LEFT = {"commitment": sha256(b"x").hex(), "to": "0" * 64}


def left(*streams: str, actor: Any = NOBODY, **change: Any) -> Book:
    book = Book()
    for stream in streams:
        book.add(f"sealed/{stream}", "sealed.report_left", LEFT | change, actor)
    return book


def test_a_report_to_the_commission_names_nobody_and_is_one_entry(check):
    assert faults(check, left("a")) == []
    assert faults(check, left("a", actor={**OFFICE, "id": "m1"})) == [("envelopes", 0)]
    assert faults(check, left("a", project="P")) == [("envelopes", 0)]
    assert faults(check, left("a", to="m1")) == [("envelopes", 0)]
    assert faults(check, left("a", "a")) == [("envelopes", 1)]


def test_a_commitment_stands_once_in_the_log(check):
    assert faults(check, left("a", "b")) == [("envelopes", 0)]
    book, first, _ = two()
    book.cast("m3", "A", commitment=first["commitment"])
    assert faults(check, book) == [("envelopes", 2)]


def test_an_author_seals_for_himself(check):
    book = Ballots()
    book.cast("m1", "A", author="m2")
    assert faults(check, book) == [("envelopes", 0)]


@pytest.mark.parametrize("kind", ["less", "more", "twice"])
def test_the_close_lists_exactly_what_counts(check, kind):
    book, first, second = two()
    one, other = first["commitment"], second["commitment"]
    book.close(*{"less": [one], "more": [one, other, "0" * 64], "twice": [one, one, other]}[kind])
    assert faults(check, book) == [("envelopes", 2)]


def test_nothing_is_sealed_or_closed_after_the_close(check):
    book, first, second = two()
    book.close(first["commitment"], second["commitment"])
    book.cast("m3", "A")
    book.close(first["commitment"], second["commitment"])
    assert faults(check, book) == [("envelopes", 3), ("envelopes", 4)]


@pytest.mark.parametrize(
    "change",
    [
        {"salt": "0" * 64},
        {"salt": "0" * 62},
        {"content": {"choice": "B"}},
        {"content": []},
        {"author": "m2"},
        {"kind": "ballot/1/2"},
        {"commitment": "0" * 64},
        {"attachment": "0" * 64},
    ],
)
def test_a_forged_opening_is_named(check, change):
    book, first, second = two()
    book.close(first["commitment"], second["commitment"])
    book.open(first, **change)
    book.open(second)
    assert ("envelopes", 3) in faults(check, book)


def test_nothing_is_opened_before_the_close_or_twice_or_elsewhere(check):
    book, first, second = two()
    book.open(first)
    book.close(first["commitment"], second["commitment"])
    book.open(first)
    book.open(first)
    book.open(second)
    assert faults(check, book) == [("envelopes", 2), ("envelopes", 5)]
    book.add("project/Q", "project.vote_opened", second)
    assert faults(check, book)[2:] == [("envelopes", 0)]


def test_all_are_opened_together_or_marked_with_a_reason(check):
    book, first, second = two()
    book.close(first["commitment"], second["commitment"])
    book.open(first)
    assert faults(check, book) == [("envelopes", 3)]
    mark = {key: second[key] for key in ("commitment", "kind", "author")}
    book.add(STREAM, "project.ballot_not_opened", {**mark, "not_opened": "密钥损坏"})
    assert faults(check, book) == []


@pytest.mark.parametrize(
    ("content", "kept", "good"),
    [
        ({"choice": "A"}, {"choice": "A"}, True),
        ({"choice": "A"}, {"choice": "B"}, False),
        ({"choice": "A"}, None, False),
    ],
)
def test_large_content_is_an_attachment(check, content, kept, good):
    book = Ballots()
    opening = book.cast("m1", content["choice"])
    book.close(opening["commitment"])
    name = book.attach(kept) if kept else sha256(canonical(content)).hex()
    del opening["content"]
    book.add(STREAM, "project.vote_opened", {**opening, "attachment": name})
    report = check(book.whole())
    assert report.ok is good
    assert report.missing == ([] if kept else [f"attachments/{name}"])


def test_what_is_handed_in_by_commitment_stands_once_too(check):
    book = Book()
    data = {"objection": {"code": "O-1", "from": "", "to": "submitted"}, "commitment": "a" * 64}
    book.add(STREAM, "project.objection_submitted", data)
    assert faults(check, book) == []
    book.add(STREAM, "project.objection_submitted", data)
    assert faults(check, book) == [("envelopes", 1)]
    reading = {"commitment": "a" * 64, "reason": "双人启封"}
    book.add("system/envelopes", "system.envelope_decrypted", reading)
    assert faults(check, book) == [("envelopes", 1)]

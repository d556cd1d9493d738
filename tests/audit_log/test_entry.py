"""One entry of the trail: the known answers of formats.md, and what is no entry."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from audit_log.domain import canonical, entry
from audit_log.domain.entry import Actor, EntryError

VECTORS = json.loads((Path(__file__).parents[1] / "data/format_vectors.json").read_text())
KNOWN = list(zip(VECTORS["entries"], VECTORS["leaves"], strict=True))
ACTOR = Actor("user/1", "tenderer", "91330402MA0000000Q")
AT = datetime(2025, 5, 8, 1, 0, 1, tzinfo=UTC)


def build(**changes):
    values = {"stream": "project/A-1", "n": 0, "prev": entry.GENESIS, "type": "project.registered"}
    return entry.build(
        **(values | {"at": AT, "actor": ACTOR, "data": {"to": "registered"}} | changes)
    )


@pytest.mark.parametrize(("body", "leaf"), KNOWN)
def test_the_known_entry_is_built_and_hashed_to_the_byte(body, leaf):
    value = entry.parse(body.encode())
    built = entry.build(
        stream=value["stream"],
        n=value["n"],
        prev=value["prev"],
        type=value["type"],
        at=entry.parse_time(value["at"]),
        actor=Actor(**value["actor"]),
        data=value["data"],
    )
    assert built == body.encode()
    assert entry.leaf_hash(built).hex() == leaf


def test_the_leaf_hash_of_an_entry_is_prev_of_the_next():
    first, second = (entry.parse(body.encode()) for body in VECTORS["entries"][:2])
    assert first["prev"] == entry.GENESIS
    assert second["prev"] == VECTORS["leaves"][0]


def test_every_time_is_written_in_utc_with_six_digits():
    beijing = datetime(2025, 5, 8, 9, 0, 1, 20, tzinfo=timezone(timedelta(hours=8)))
    assert entry.format_time(beijing) == "2025-05-08T01:00:01.000020Z"
    assert entry.parse_time("2025-05-08T01:00:01.000020Z") == beijing


@pytest.mark.parametrize(
    "text",
    ["2025-05-08T01:00:01Z", "2025-05-08T01:00:01.5Z", "2025-05-08 01:00:01.000000Z", "", "今天"],
)
def test_another_spelling_of_a_time_is_refused(text):
    with pytest.raises(EntryError):
        entry.parse_time(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": "bidder/1"},
        {"stream": "project/"},
        {"stream": "project/甲"},
        {"stream": "project/" + "a" * 65},
        {"type": "registered"},
        {"type": "project.Registered"},
        {"data": {"x": "a" * 65_536}},
    ],
)
def test_what_breaks_the_shape_is_not_built(changes):
    with pytest.raises(EntryError):
        build(**changes)


def test_an_entry_may_be_exactly_as_long_as_a_tile_entry_can_hold():
    spare = entry.MAX_BYTES - len(build(data={"x": ""}))
    assert len(build(data={"x": "a" * spare})) == 65_535
    with pytest.raises(EntryError):
        build(data={"x": "a" * (spare + 1)})


@pytest.mark.parametrize("missing", sorted(entry.KEYS))
def test_an_entry_with_a_key_too_few_is_refused(missing):
    value = entry.parse(build())
    with pytest.raises(EntryError):
        entry.parse(canonical.dumps({key: value[key] for key in value if key != missing}))


@pytest.mark.parametrize("change", [{"v": 2}, {"extra": 1}])
def test_an_entry_of_another_version_or_with_a_key_too_many_is_refused(change):
    with pytest.raises(EntryError):
        entry.parse(canonical.dumps(entry.parse(build()) | change))


def test_one_space_more_is_another_text_and_no_entry():
    with pytest.raises(EntryError):
        entry.parse(build() + b" ")

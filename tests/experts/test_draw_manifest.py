"""The manifest: strict to read, and made from a frozen list and a secret."""

import copy
import hashlib

import pytest

from audit_log.domain import canonical
from audit_log.domain.envelope import commit
from experts.domain.freeze import (
    Eligible,
    SlotRequest,
    build_manifest,
    identities,
    omissions_content,
)
from experts.domain.manifest import (
    MESSAGES,
    ManifestError,
    candidates_of,
    filling_order,
    manifest_hash,
    parse_manifest,
)
from tests.experts.ceremony import SECRET, SLOTS, experts, frozen, one_slot


def build(**changed):
    request = {
        "draw": "D-1",
        "project": "NH-2025-001",
        "attempt": 1,
        "one_per_group": True,
        "slots": SLOTS,
        "eligible": experts(),
        "secret": SECRET,
    }
    return build_manifest(**{**request, **changed})


def test_what_is_built_can_be_read_and_hashed():
    manifest, _ = frozen()
    body = canonical.dumps(manifest)
    assert parse_manifest(body) == manifest
    assert manifest_hash(manifest) == hashlib.sha256(body).hexdigest()


def test_everyone_eligible_is_a_candidate_of_exactly_his_slots():
    manifest, known = frozen()
    handle = {one.expert: one.candidate for one in known}
    for slot in manifest["slots"]:
        fitting = {handle[one.expert] for one in experts() if slot["slot"] in one.slots}
        assert [row["candidate"] for row in slot["candidates"]] == sorted(fitting)


def test_handles_count_up_and_tell_nothing_of_the_order_of_the_list():
    _, known = frozen()
    assert [one.candidate for one in known] == [f"c{number:04d}" for number in range(1, 13)]
    assert [one.expert for one in known] != sorted(one.expert for one in known)
    assert {one.expert for one in known} == {one.expert for one in experts()}


def test_the_same_secret_gives_the_same_manifest_whatever_the_order_of_the_list():
    assert build(eligible=experts()[::-1]) == build()


def test_another_secret_gives_other_handles_groups_and_commitments():
    one, other = frozen()[0], build(secret=bytes(32))[0]
    assert candidates_of(one).keys() == candidates_of(other).keys()
    ids = [{row["id"] for row in candidates_of(each).values()} for each in (one, other)]
    assert ids[0].isdisjoint(ids[1])


def test_the_names_can_be_found_again_from_secret_and_list():
    assert identities(draw="D-1", eligible=experts(), secret=SECRET) == frozen()[1]


def test_each_commitment_opens_to_the_identity():
    manifest, known = frozen()
    for one in known:
        opening = one.opening()
        recomputed = commit(
            salt=bytes.fromhex(opening["salt"]),
            kind=opening["kind"],
            stream="draw/D-1",
            author=opening["author"],
            content={"candidate": one.candidate, "expert": one.expert, "org": one.org},
        )
        assert opening["content"]["expert"] == one.expert
        assert recomputed == opening["commitment"] == candidates_of(manifest)[one.candidate]["id"]
    assert len({one.salt for one in known}) == len(known)


def test_groups_are_equal_for_equal_employers_and_numbered_from_one():
    manifest, known = frozen()
    pairs = {(one.org, candidates_of(manifest)[one.candidate]["group"]) for one in known}
    assert len(pairs) == 4
    assert {group for _, group in pairs} == {"g1", "g2", "g3", "g4"}


def test_experts_without_an_employer_are_nobodys_colleagues():
    eligible = [Eligible(name, "", frozenset({"1"})) for name in ("E1", "E2")]
    manifest, _ = build(slots=SLOTS[:1], eligible=eligible)
    assert {row["group"] for row in manifest["slots"][0]["candidates"]} == {"g1", "g2"}


def test_handles_of_a_large_pool_stay_in_order():
    eligible = [Eligible(f"E{number}", "A", frozenset({"1"})) for number in range(10_000)]
    known = identities(draw="D-1", eligible=eligible, secret=SECRET)
    assert [known[0].candidate, known[-1].candidate] == ["c00001", "c10000"]
    assert [one.candidate for one in known] == sorted(one.candidate for one in known)


@pytest.mark.parametrize(("one_per_group", "order"), [(True, ["b", "a"]), (False, ["a", "b"])])
def test_the_scarcest_slot_is_filled_first(one_per_group, order):
    # a: three persons of two employers for one seat; b: four persons of one employer for one seat.
    eligible = [
        *(Eligible(f"E{n}", f"A{n % 2}", frozenset({"a"})) for n in range(3)),
        *(Eligible(f"F{n}", "B", frozenset({"b"})) for n in range(4)),
    ]
    slots = [SlotRequest(name, "A08", "3304", 1) for name in "ab"]
    manifest, _ = build(slots=slots, eligible=eligible, one_per_group=one_per_group)
    assert [slot["slot"] for slot in manifest["slots"]] == order


def test_equally_scarce_slots_stand_by_name():
    manifest = one_slot(["a", "b", "c"], 2)
    assert filling_order(manifest["slots"][0], True) == (1, "1")
    eligible = [Eligible("E1", "A", frozenset({"x", "y"}))]
    slots = [SlotRequest(name, "A08", "3304", 1) for name in "yx"]
    assert [slot["slot"] for slot in build(slots=slots, eligible=eligible)[0]["slots"]] == [
        "x",
        "y",
    ]


def test_omissions_are_listed_by_expert():
    assert omissions_content([("E2", "H3"), ("E1", "H1")]) == {
        "omitted": [{"expert": "E1", "reason": "H1"}, {"expert": "E2", "reason": "H3"}]
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"secret": bytes(31)}, "secret_malformed"),
        ({"eligible": [*experts(), experts()[0]]}, "expert_twice"),
        ({"eligible": [Eligible("E1", "A", frozenset({"3"}))]}, "slot_unknown"),
        ({"eligible": [Eligible("E1", "A", frozenset())]}, "slot_unknown"),
        ({"slots": [*SLOTS, SLOTS[0]]}, "slots_out_of_order"),
        ({"slots": [], "eligible": []}, "manifest_malformed"),
        ({"slots": [SlotRequest("一", "A08", "3304", 1)], "eligible": []}, "manifest_malformed"),
        ({"attempt": 0}, "manifest_malformed"),
    ],
)
def test_a_request_without_a_valid_manifest_is_refused(changed, code):
    with pytest.raises(ManifestError) as refusal:
        build(**changed)
    assert (refusal.value.code, refusal.value.message) == (code, MESSAGES[code])


def falsify(path, value):
    """Return a change of the manifest that sets the value at this path."""

    def change(manifest):
        *parents, last = path
        for step in parents:
            manifest = manifest[step]
        manifest[last] = value

    return change


def swap(*path):
    """Return a change of the manifest that exchanges the first two items of a list."""

    def change(manifest):
        for step in path:
            manifest = manifest[step]
        manifest[0], manifest[1] = manifest[1], manifest[0]

    return change


FIRST = ("slots", 0, "candidates", 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (falsify(("v",), True), "manifest_malformed"),
        (falsify(("draw",), "D 1"), "manifest_malformed"),
        (falsify(("attempt",), True), "manifest_malformed"),
        (falsify(("extra",), 1), "manifest_malformed"),
        (falsify(("slots", 0, "count"), 0), "manifest_malformed"),
        (falsify((*FIRST, "candidate"), "c/1"), "manifest_malformed"),
        (falsify((*FIRST, "group"), "g01"), "manifest_malformed"),
        (falsify((*FIRST, "id"), "AB" * 32), "manifest_malformed"),
        (falsify((*FIRST, "name"), "张三"), "manifest_malformed"),
        (swap("slots"), "slots_out_of_order"),
        (swap("slots", 0, "candidates"), "handles_out_of_order"),
        (falsify((*FIRST, "id"), ""), "identity_shared"),
        (falsify((*FIRST, "id"), frozen()[1][-1].commitment), "identity_shared"),
    ],
)
def test_a_falsified_manifest_is_refused(change, code):
    manifest = copy.deepcopy(frozen()[0])
    change(manifest)
    with pytest.raises(ManifestError) as refusal:
        parse_manifest(canonical.dumps(manifest))
    assert refusal.value.code == code


def test_a_handle_means_one_person_in_every_slot():
    manifest = copy.deepcopy(frozen()[0])
    lists = [{row["candidate"]: row for row in slot["candidates"]} for slot in manifest["slots"]]
    shared = min(lists[0].keys() & lists[1].keys())
    lists[0][shared]["id"] = "0" * 64
    with pytest.raises(ManifestError) as refusal:
        parse_manifest(canonical.dumps(manifest))
    assert refusal.value.code == "candidate_ambiguous"


@pytest.mark.parametrize("body", [b"{", b'{"v": 1}', b'{"v":1,"v":1}', b"[]"])
def test_bytes_that_are_not_a_canonical_manifest_are_refused(body):
    with pytest.raises(ManifestError) as refusal:
        parse_manifest(body)
    assert refusal.value.code == "manifest_malformed"


def test_public_candidates_need_no_commitment():
    manifest = one_slot(["1", "2"], 1)
    assert parse_manifest(canonical.dumps(manifest)) == manifest

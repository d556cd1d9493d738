"""One round: who is passed over, what is needed, what stays short."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experts.domain.draw import Standing, closing, needs, run_round, seats_are_sound
from experts.domain.freeze import Eligible, SlotRequest, build_manifest
from experts.domain.manifest import candidates_of
from tests.experts.ceremony import frozen, one_slot

SEED = bytes(32)
seeds = st.binary(min_size=32, max_size=32)


@st.composite
def manifests(draw):
    """Up to three overlapping slots and up to twelve experts of up to four employers."""
    names = draw(st.lists(st.sampled_from("123"), min_size=1, max_size=3, unique=True))
    requests = [SlotRequest(name, "A08", "3304", draw(st.integers(1, 4))) for name in names]
    eligible = [
        Eligible(f"E{number}", draw(st.sampled_from(["A", "B", "C", ""])), frozenset(slots))
        for number, slots in enumerate(
            draw(st.lists(st.sets(st.sampled_from(names), min_size=1), max_size=12))
        )
    ]
    manifest, _ = build_manifest(
        draw="D",
        project="P",
        attempt=1,
        one_per_group=draw(st.booleans()),
        slots=requests,
        eligible=eligible,
        secret=draw(seeds),
    )
    return manifest


def subset(names):
    return st.sets(st.sampled_from(sorted(names))) if names else st.just(set())


def handles(selected):
    return [row["candidate"] for row in selected]


@given(manifest=manifests(), seed=seeds, data=st.data())
@settings(deadline=None, max_examples=80)
def test_d2_nobody_is_both_excluded_and_selected(manifest, seed, data):
    excluded = data.draw(subset(candidates_of(manifest)))
    standing = Standing(excluded=frozenset(excluded))
    selected, _ = run_round(manifest, standing, needs(manifest, standing), seed)
    assert excluded.isdisjoint(handles(selected))


@given(manifest=manifests(), seed=seeds)
@settings(deadline=None, max_examples=80)
def test_a_round_seats_candidates_of_the_slot_once_and_accounts_for_every_seat(manifest, seed):
    wanted = needs(manifest, Standing())
    selected, short = run_round(manifest, Standing(), wanted, seed)
    assert len(set(handles(selected))) == len(selected)
    for slot in manifest["slots"]:
        inside = {row["candidate"] for row in slot["candidates"]}
        seated = [row["candidate"] for row in selected if row["slot"] == slot["slot"]]
        assert inside.issuperset(seated)
        assert len(seated) + short.get(slot["slot"], 0) == slot["count"]
    after = Standing().after("draw.round_run", {"selected": selected})
    assert seats_are_sound(manifest, after)
    assert needs(manifest, after) == short


@given(manifest=manifests(), first=seeds, second=seeds)
@settings(deadline=None, max_examples=60)
def test_who_was_selected_once_is_never_selected_again(manifest, first, second):
    selected, _ = run_round(manifest, Standing(), needs(manifest, Standing()), first)
    refused = dict.fromkeys(handles(selected), "declined")
    standing = Standing({row["candidate"]: row["slot"] for row in selected}, refused)
    again, _ = run_round(manifest, standing, needs(manifest, standing), second)
    assert set(handles(selected)).isdisjoint(handles(again))


@given(number=st.integers(2, 12), removed=st.integers(0, 11), seed=seeds)
@settings(deadline=None, max_examples=80)
def test_removing_one_candidate_never_reorders_the_others(number, removed, seed):
    names = [f"c{place:04d}" for place in range(number)]
    gone = names[removed % number]
    rest = [name for name in names if name != gone]

    def order(listed):
        return run_round(one_slot(listed, number), Standing(), {"1": number}, seed)[0]

    assert order(rest) == [row for row in order(names) if row["candidate"] != gone]


def test_colleagues_of_anyone_seated_in_any_slot_are_passed_over():
    manifest, _ = frozen(one_per_group=True)
    groups = {name: row["group"] for name, row in candidates_of(manifest).items()}
    selected, _ = run_round(manifest, Standing(), {"1": 2, "2": 1}, SEED)
    assert len({groups[name] for name in handles(selected)}) == 3


def test_the_group_of_one_who_declined_is_free_again():
    manifest = one_slot(["a", "b"], 1)
    manifest["one_per_group"] = True
    for row in manifest["slots"][0]["candidates"]:
        row["group"] = "g1"
    [first], _ = run_round(manifest, Standing(), {"1": 1}, SEED)
    other = {"a": "b", "b": "a"}[first["candidate"]]
    seated = Standing({first["candidate"]: "1"})
    assert run_round(manifest, seated, {"1": 1}, SEED) == ([], {"1": 1})
    declined = Standing({first["candidate"]: "1"}, {first["candidate"]: "declined"})
    assert handles(run_round(manifest, declined, {"1": 1}, SEED)[0]) == [other]


def test_a_slot_without_need_is_left_alone():
    manifest, _ = frozen()
    selected, short = run_round(manifest, Standing(), {"2": 1}, SEED)
    assert ([row["slot"] for row in selected], short) == (["2"], {})


@pytest.mark.parametrize(
    ("answers", "seated"),
    [
        ([], True),
        (["accepted"], True),
        (["declined"], False),
        (["no_answer"], False),
        (["accepted", "struck"], False),
        (["no_answer", "accepted"], True),
    ],
)
def test_seated_is_who_was_selected_and_did_not_leave_with_his_latest_answer(answers, seated):
    run = {"type": "draw.round_run", "data": {"selected": [{"candidate": "a", "slot": "1"}]}}
    entries = [
        {"type": "draw.requested", "data": {}},
        run,
        *(
            {"type": "draw.answered", "data": {"candidate": "a", "answer": answer}}
            for answer in answers
        ),
    ]
    standing = Standing.of(entries)
    assert standing.is_seated("a") is seated
    assert not standing.is_seated("b")
    manifest = one_slot(["a", "b"], 1)
    assert needs(manifest, standing) == ({} if seated else {"1": 1})
    assert closing(manifest, standing) == {
        "seated": {"1": ["a"] if seated else []},
        "short": {} if seated else {"1": 1},
    }


def test_exclusions_add_up_over_the_rounds():
    entries = [
        {"type": "draw.round_opened", "data": {"excluded": [{"candidate": name}]}}
        for name in ("a", "b")
    ]
    assert Standing.of(entries).excluded == {"a", "b"}


@pytest.mark.parametrize(
    ("selected", "one_per_group", "sound"),
    [
        ({"a": "1"}, True, True),
        ({"a": "1", "b": "1"}, False, True),
        ({"a": "1", "b": "1"}, True, False),
        ({"a": "1", "b": "1", "c": "1"}, False, False),
    ],
)
def test_seats_are_sound_up_to_the_count_and_without_colleagues(selected, one_per_group, sound):
    manifest = one_slot(["a", "b", "c"], 2)
    manifest["one_per_group"] = one_per_group
    for row in manifest["slots"][0]["candidates"][:2]:
        row["group"] = "g1"
    assert seats_are_sound(manifest, Standing(selected)) is sound

"""A receipt is believed only as far as it can be computed again."""

import copy

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_log.domain import entry
from experts.domain.draw import ANSWERS
from experts.domain.draw_replay import Opened
from experts.domain.receipt import verify_receipt
from experts.domain.receipt_error import MESSAGES, ReceiptError
from tests.experts.ceremony import CENTRE, SUPERVISION, Ceremony, frozen, one_slot

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PROOF = "e" * 64


def refused(receipt, code, n):
    with pytest.raises(ReceiptError) as refusal:
        verify_receipt(receipt)
    assert (refusal.value.code, refusal.value.n) == (code, n)
    return refusal.value


def committed(**false):
    return Ceremony().commit(**false)


def drawn():
    """A draw after its first round: positions 0 to 2 are written."""
    return committed().open_round().run()


def whole_draw():
    """A draw from request to close, with two rounds, an exclusion and an opening."""
    draw = Ceremony().write("draw.requested", {"to": "requested"})
    draw.write("draw.approved", {"from": "requested", "to": "approved"}, SUPERVISION)
    draw.commit().contribute("supervision").contribute("tenderer").open_round("c0001").run()
    leaver, stayer, _ = draw.selected()
    draw.answer(leaver, "declined", reason="busy").answer(stayer, "accepted")
    return draw.contribute("supervision").open_round("c0002").run().reveal(stayer).close()


def test_a_whole_draw_holds():
    draw = whole_draw()
    outcome = verify_receipt(draw.receipt())
    stayer = draw.identities[draw.selected()[1]]
    assert [(one.parties, one.witnessed) for one in outcome.rounds] == [
        (("supervision", "tenderer"), True),
        (("supervision",), True),
    ]
    assert {slot: len(names) for slot, names in outcome.seated.items()} == {"1": 2, "2": 1}
    assert outcome.short == {}
    assert outcome.opened == (Opened(stayer.candidate, stayer.expert, stayer.org),)
    assert (outcome.pending, outcome.closed, outcome.abandoned) == (None, True, False)


def test_a_draw_can_be_checked_at_any_moment():
    entries = whole_draw().receipt()["entries"]
    manifest = frozen()[0]
    moments = [
        verify_receipt({"v": 1, "entries": entries[:number], "manifest": manifest})
        for number in range(3, len(entries) + 1)
    ]
    assert [one.pending for one in moments if one.pending] == [1, 2]
    assert [one.closed for one in moments] == [False] * (len(moments) - 1) + [True]


@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_any_honest_draw_holds_whatever_is_answered(data):
    draw = Ceremony(frozen(one_per_group=data.draw(st.booleans()))[0]).commit()
    for _ in range(data.draw(st.integers(1, 4))):
        spare = {draw.spare()} - draw.standing.excluded
        draw.open_round(*(spare if data.draw(st.booleans()) else ())).run()
        for name in filter(draw.standing.is_seated, draw.selected()):
            draw.answer(name, data.draw(st.sampled_from(ANSWERS)), reason="H5")
    outcome = verify_receipt(draw.close().receipt())
    assert outcome.seated == {slot: draw.standing.seated(slot) for slot in ("1", "2")}


def test_an_abandoned_draw_holds_and_says_so():
    outcome = verify_receipt(committed().abandon().receipt())
    assert (outcome.abandoned, outcome.closed) == (True, False)


def test_a_second_attempt_names_the_first():
    manifest = {**frozen()[0], "attempt": 2}
    outcome = verify_receipt(Ceremony(manifest).commit(replaces="a" * 64).receipt())
    assert outcome.attempt == 2


def test_public_candidates_are_drawn_the_same_way():
    draw = Ceremony(one_slot(["1", "2", "3"], 1), key=None).commit().open_round().run().close()
    outcome = verify_receipt(draw.receipt())
    assert outcome.seated == {"1": draw.selected()}


def test_an_absent_expert_answered_for_with_evidence_is_believed():
    draw = drawn()
    draw.answer(draw.selected()[0], "no_answer", CENTRE, evidence=PROOF)
    assert sum(verify_receipt(draw.receipt()).short.values()) == 1


def test_a_fact_of_another_stream_may_be_named_where_it_can_decide():
    refs = [{"stream": "project/NH-2025-001", "n": 3, "hash": "a" * 64}]
    assert verify_receipt(committed(refs=refs).receipt()).rounds == ()
    refused(committed().open_round().run(refs=refs).receipt(), "data_malformed", 2)


# What was written cannot be changed without rewriting everything after it.


@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_a_lost_or_moved_entry_breaks_the_chain(data):
    receipt = whole_draw().receipt()
    places = st.integers(0, len(receipt["entries"]) - 1)
    taken, put = data.draw(places), data.draw(places)
    moved = receipt["entries"].pop(taken)
    if put != taken:
        receipt["entries"].insert(put, moved)
    elif taken == len(receipt["entries"]):
        return  # the end can be cut off: only the log shows that
    refused(receipt, "chain_broken", min(taken, put))


def test_a_changed_answer_breaks_the_chain():
    receipt = whole_draw().receipt()
    [place] = [n for n, body in enumerate(receipt["entries"]) if '"declined"' in body]
    receipt["entries"][place] = receipt["entries"][place].replace('"declined"', '"accepted"')
    # The altered answer alone is a possible one; its hash gives it away.
    refused(receipt, "chain_broken", place + 1)


def test_a_changed_answer_with_everything_chained_anew_invalidates_the_next_mark():
    draw = whole_draw()
    answer = next(one for one in draw.entries if one["type"] == "draw.answered")
    answer["data"]["reason"] = "ill"
    later = [n for n, one in enumerate(draw.entries) if one["type"] == "draw.round_run"][1]
    refused(draw.receipt(), "mark_invalid", later)


# Who can rewrite everything, keys included, still cannot make it add up.


def one_candidate_less():
    manifest = copy.deepcopy(frozen()[0])
    manifest["slots"][0]["candidates"].pop()
    return manifest


def swapped(draw):
    draw.open_round().run()
    rows = draw.entries[-1]["data"]["selected"]
    rows[0], rows[1] = rows[1], rows[0]
    return draw


def replaced(draw):
    draw.open_round().run()
    draw.entries[-1]["data"]["selected"][0]["candidate"] = draw.spare()
    return draw


def answered(answer, **false):
    draw = drawn()
    return draw.answer(draw.selected()[0], answer, **false)


def taken_back():
    """Someone declines, is replaced, and accepts after all."""
    draw = drawn()
    leaver = draw.selected()[0]
    draw.answer(leaver, "declined").open_round().run()
    return draw.answer(leaver, "accepted")


def revealed(**false):
    draw = drawn()
    return draw.reveal(draw.selected()[0], **false)


def revealed_twice():
    draw = revealed()
    return draw.reveal(draw.selected()[0])


def revealed_after_leaving():
    draw = answered("declined")
    return draw.reveal(draw.selected()[0])


def revealed_as(other):
    draw = drawn()
    name, impostor = draw.selected()[0], draw.identities[draw.spare()]
    false = draw.identities[name]._replace(expert=impostor.expert).opening()
    return draw.reveal(name, content=false["content"], **other)


@pytest.mark.parametrize(
    ("draw", "code", "n"),
    [
        (lambda: committed(manifest="0" * 64), "manifest_changed", 0),
        (lambda: committed(project="OTHER"), "manifest_foreign", 0),
        (lambda: committed(attempt=2, replaces="a" * 64), "manifest_foreign", 0),
        (lambda: committed(replaces="a" * 64), "attempt_mismatch", 0),
        (lambda: Ceremony({**frozen()[0], "attempt": 2}).commit(), "attempt_mismatch", 0),
        (lambda: committed(chain=31), "chain_short", 0),
        (lambda: committed(seed="0" * 64), "data_malformed", 0),
        (lambda: committed(mark_key="AB" * 32), "data_malformed", 0),
        (lambda: committed().commit(), "committed_twice", 1),
        (lambda: Ceremony().contribute(), "not_committed", 0),
        (lambda: Ceremony().write("draw.requested", {}), "not_committed", None),
        (lambda: committed().write("draw.approved", {}), "type_unknown", 1),
        (lambda: committed().contribute("agency"), "party_unknown", 1),
        (lambda: committed().contribute().contribute(), "party_twice", 2),
        (lambda: committed().contribute(value="12345"), "data_malformed", 1),
        (lambda: committed().contribute(value="雨" * 257), "data_malformed", 1),
        (lambda: committed().open_round().contribute(), "round_pending", 2),
        (lambda: committed().open_round().open_round(), "round_pending", 2),
        (lambda: committed().open_round().abandon(), "round_pending", 2),
        (lambda: committed().open_round(round=2), "round_gap", 1),
        (lambda: committed().open_round(round=0), "data_malformed", 1),
        (lambda: drawn().open_round(round=3), "round_gap", 3),
        (lambda: committed().open_round(needs={"1": 2}), "needs_differ", 1),
        (lambda: committed().open_round(needs={"1": 3, "2": 1}), "needs_differ", 1),
        (lambda: committed().open_round("c0099"), "excluded_unknown", 1),
        (lambda: committed().open_round("c0001", "c0001"), "excluded_twice", 1),
        (
            lambda: committed().open_round("c0001").run().open_round("c0001"),
            "excluded_twice",
            3,
        ),
        (
            lambda: drawn().write("draw.round_run", drawn().entries[-1]["data"]),
            "round_not_opened",
            3,
        ),
        (lambda: committed().open_round().run(round=2), "round_gap", 2),
        (lambda: committed().open_round().run(code="0" * 64), "code_invalid", 2),
        (lambda: committed().open_round().run(mark=""), "mark_missing", 2),
        (lambda: committed().open_round().run(key=OTHER_KEY), "mark_invalid", 2),
        (lambda: committed(mark_key="").open_round().run(), "mark_unexpected", 2),
        (lambda: swapped(committed()), "result_differs", 2),
        (lambda: replaced(committed()), "result_differs", 2),
        (lambda: committed().open_round().run(short={"1": 1}), "result_differs", 2),
        (lambda: committed().open_round().run(selected=[]), "result_differs", 2),
        (lambda: drawn().answer("c0099", "accepted"), "not_selected", 3),
        (lambda: drawn().answer(drawn().spare(), "accepted"), "not_selected", 3),
        (lambda: answered("perhaps"), "data_malformed", 3),
        (
            lambda: answered("accepted", actor=entry.Actor("D-1/c0099", "expert", "")),
            "answerer_foreign",
            3,
        ),
        (lambda: answered("declined", actor=CENTRE), "evidence_missing", 3),
        (lambda: answered("struck", actor=CENTRE), "reason_missing", 3),
        (taken_back, "seats_exceeded", 6),
        (lambda: revealed(kind="draw_omissions"), "data_malformed", 3),
        (lambda: revealed(salt="0" * 64), "identity_differs", 3),
        (lambda: revealed(commitment="0" * 64), "identity_differs", 3),
        (lambda: revealed_as({}), "identity_differs", 3),
        (revealed_twice, "opened_twice", 4),
        (revealed_after_leaving, "not_seated", 4),
        (lambda: drawn().reveal(drawn().spare()), "not_seated", 3),
        (lambda: drawn().close(seated={"1": [], "2": []}), "closing_differs", 3),
        (lambda: drawn().close(short={"1": 1}), "closing_differs", 3),
        (lambda: committed().abandon(CENTRE), "not_supervision", 1),
        (lambda: committed().abandon().contribute(), "after_end", 2),
        (lambda: drawn().close().open_round(), "after_end", 4),
    ],
)
def test_a_falsified_entry_is_named(draw, code, n):
    refused(draw().receipt(), code, n)


def test_a_removed_candidate_shows_in_the_manifests_hash():
    refused({**whole_draw().receipt(), "manifest": one_candidate_less()}, "manifest_changed", 2)


def test_no_round_lies_beyond_the_committed_chain():
    draw = Ceremony()
    draw.chain = 40  # the codes go on; what was promised ends at 32
    draw.commit(chain=32)
    for _ in range(32):
        draw.open_round().run()
    refused(draw.open_round().receipt(), "round_beyond_chain", 65)


def test_the_refusal_speaks_chinese_and_names_the_entry():
    refusal = refused(committed(chain=31).receipt(), "chain_short", 0)
    assert refusal.message == f"第 0 号记录：{MESSAGES['chain_short']}"
    assert refused(Ceremony().write("draw.requested", {}).receipt(), "not_committed", None).message

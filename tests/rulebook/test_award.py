"""The award: R20–R22, R24, R27, R30 and the award committee, on both sides of each boundary."""

import pytest

from rulebook.domain.award import (
    award_committee_size,
    ballot_reason,
    decision_recorded,
    first_ranked,
    losers_notified,
    quorum,
    replay_equal,
    winner_in_candidates,
)
from tests.rulebook.facts import COMPULSORY, SEPARATED, VOLUNTARY, ZJ, reasons, with_value


@pytest.mark.parametrize(
    ("winner", "expected"), [("b02", []), ("b04", [("R20", "winner_not_candidate", "block")])]
)
def test_r20_the_winner_is_a_candidate(winner, expected):
    found = winner_in_candidates(ZJ, SEPARATED, winner=winner, candidates=["b01", "b02", "b03"])
    assert reasons(found) == expected


@pytest.mark.parametrize(
    ("rank", "skipped", "lacking"),
    [
        (1, [], 0),
        (2, [], 1),
        (2, ["gave_up"], 0),
        (2, ["cheaper_elsewhere"], 1),
        (2, ["won_other_lot"], 0),
        (3, ["gave_up"], 1),
        (3, ["gave_up", "proven_illegal"], 0),
        (3, [], 2),
    ],
)
def test_r21_the_first_wins_unless_each_before_has_a_lawful_reason(rank, skipped, lacking):
    found = first_ranked(ZJ, COMPULSORY, rank=rank, skipped=skipped)
    assert reasons(found) == ([("R21", "first_not_awarded", "block")] if lacking else [])
    assert [item.message.split("有 ")[1][0] for item in found] == (
        [str(lacking)] if lacking else []
    )


@pytest.mark.parametrize(
    ("changes", "binds"),
    [
        ({"funds": "state"}, True),
        ({"funds": "state_controlled"}, True),
        ({"funds": "private"}, False),
        ({"compulsory": False}, False),
        ({"regime": "authorised"}, True),
        ({"regime": "separated"}, False),
    ],
)
def test_r21_binds_compulsory_tenders_with_state_money_that_are_not_separated(changes, binds):
    found = first_ranked(ZJ, {**COMPULSORY, **changes}, rank=2, skipped=[])
    assert len(found) == int(binds)


@pytest.mark.parametrize(
    ("members", "fits"), [(3, False), (4, False), (5, True), (6, False), (7, True)]
)
def test_an_award_committee_is_odd_and_of_five_or_warned_about(members, fits):
    found = award_committee_size(ZJ, SEPARATED, members=members)
    wrong = [("award_committee_size", "award_committee_size_wrong", "warn")]
    assert reasons(found) == ([] if fits else wrong)


@pytest.mark.parametrize(
    ("facts", "recorded", "expected"),
    [
        (SEPARATED, True, []),
        (SEPARATED, False, [("R22", "decision_unrecorded", "block")]),
        (COMPULSORY, False, []),
    ],
)
def test_r22_a_separated_award_has_the_record_of_a_collective_decision(facts, recorded, expected):
    assert reasons(decision_recorded(ZJ, facts, recorded=recorded)) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("方案可行" * 5, []),
        ("方案可行" * 4 + "方案可", ["投票理由不得少于 20 字，现为 19 字"]),
        ("方 案\n" * 9 + " " * 40, ["投票理由不得少于 20 字，现为 18 字"]),
        ("", ["投票理由不得少于 20 字，现为 0 字"]),
    ],
)
def test_r22_a_ballot_has_a_reason_and_blanks_are_none(reason, expected):
    found = ballot_reason(ZJ, SEPARATED, reason=reason)
    assert [item.message for item in found] == expected
    assert {(item.rule, item.code, item.level) for item in found} <= {
        ("R22", "ballot_reason_short", "block")
    }


@pytest.mark.parametrize(
    ("ballots", "abstentions", "expected"),
    [
        (5, 0, []),
        (4, 0, [("R27", "ballots_missing", "block")]),
        (5, 1, [("R27", "abstention", "block")]),
        (4, 1, [("R27", "ballots_missing", "block"), ("R27", "abstention", "block")]),
    ],
)
def test_r27_everyone_votes_and_nobody_abstains(ballots, abstentions, expected):
    found = quorum(ZJ, SEPARATED, members=5, ballots=ballots, abstentions=abstentions)
    assert reasons(found) == expected


@pytest.mark.parametrize(("ballots", "missing"), [(4, 0), (3, 1)])
def test_r27_a_profile_may_ask_for_less_than_all(ballots, missing):
    two_thirds = with_value(ZJ, "R27", value="2/3")
    found = quorum(two_thirds, SEPARATED, members=5, ballots=ballots)
    expected = f"还差 {missing} 位定标委员未投票"
    assert [item.message for item in found] == ([expected] if missing else [])


def test_r27_a_profile_may_allow_abstention():
    allowing = with_value(ZJ, "abstention_allowed", value=True)
    assert quorum(allowing, SEPARATED, members=5, ballots=5, abstentions=2) == []


@pytest.mark.parametrize(
    ("notified", "expected"),
    [(6, []), (4, ["还有 2 家未中标的投标人未收到中标结果通知"])],
)
def test_r24_every_loser_is_told(notified, expected):
    found = losers_notified(ZJ, VOLUNTARY, losers=6, notified=notified)
    assert [item.message for item in found] == expected


@pytest.mark.parametrize(
    ("replayed", "expected"), [(b"{}", []), (b"{ }", [("R30", "replay_differs", "block")])]
)
def test_r30_the_replay_gives_the_stored_bytes(replayed, expected):
    assert reasons(replay_equal(ZJ, SEPARATED, stored=b"{}", replayed=replayed)) == expected

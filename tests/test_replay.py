"""What a project, an expert or the pool was at a moment, from entries alone."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from audit_log.domain.entry import parse_time
from audit_log.selectors import trail
from audit_log.services import clock, replaying
from evaluation.domain.lifecycle import MAIN_LINE
from experts.services import pool
from tests.scenarios import later

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)


def transitions(stream):
    """(moment, state from then on) of each change of a stream's own state."""
    told = [entry for entry in trail.events(stream) if "to" in entry["data"]]
    return [(parse_time(entry["at"]), entry["data"]["to"]) for entry in told]


def test_a_project_stands_where_its_last_transition_before_the_moment_led(ladder):
    stream, row = f"project/{ladder['archived']}", f"evaluation_project {ladder['archived']}"
    moments = transitions(stream)
    assert [state for _, state in moments] == list(MAIN_LINE)
    for (since, state), (until, _) in pairwise(moments):
        assert replaying.at(stream, since)[row]["state"] == state
        assert replaying.at(stream, until - TICK)[row]["state"] == state
    assert replaying.at(stream, clock.now())[row]["state"] == "archived"


def test_before_its_first_entry_there_is_nothing(ladder):
    stream = f"project/{ladder['opened']}"
    (begun, _), *_ = transitions(stream)
    assert replaying.at(stream, begun - TICK) == {}
    assert replaying.at("project/no-such", clock.now()) == {}


def test_the_rows_of_a_project_appear_with_the_entries_that_tell_them(ladder):
    code = ladder["archived"]
    stream = f"project/{code}"
    moments = {state: since for since, state in transitions(stream)}

    def tables(moment):
        return dict(Counter(name.partition(" ")[0] for name in replaying.at(stream, moment)))

    assert tables(moments["registered"]) == {"evaluation_project": 1}
    assert tables(moments["opened"]) == {
        "evaluation_project": 1, "evaluation_bid": 4, "evaluation_part": 1,
    }  # fmt: skip
    assert tables(moments["reported"]) == {
        "evaluation_project": 1, "evaluation_bid": 4, "evaluation_part": 5,
        "evaluation_candidate": 3,
    }  # fmt: skip
    assert tables(clock.now()) == {
        "evaluation_project": 1, "evaluation_bid": 4, "evaluation_part": 13,
        "evaluation_candidate": 3, "award_ballotround": 2, "award_award": 1, "award_notice": 6,
    }  # fmt: skip


def test_the_difference_of_two_moments_names_each_column_with_both_values(ladder):
    code = ladder["notified"]
    stream, row = f"project/{code}", f"evaluation_project {code}"
    moments = {state: since for since, state in transitions(stream)}
    published = trail.last_event(stream, "project.tender_published")["data"]
    started = trail.last_event(stream, "project.draw_started")["data"]
    told = replaying.difference(stream, moments["registered"], moments["drawing"])
    plan = trail.last_event(stream, "project.award_plan_fixed")["data"]["plan"]
    assert {one for one in told if one[0] == row} == {
        (row, "state", "registered", "drawing"),
        (row, "deadline", None, published["deadline"]),
        (row, "award_plan", "", plan),
        (row, "annex", "", published["annex"]),
        (row, "draw", "", started["draw"]),
    }
    assert replaying.difference(stream, moments["drawing"], moments["drawing"]) == []


def test_an_expert_at_a_moment_and_the_pool_counted_at_it(ladder, cast):
    entered = clock.now()
    experts = [stream for stream, _ in replaying.everything("expert", entered)]
    later(hours=1)
    leaver = experts[0].partition("/")[2]
    pool.exit(actor=cast["zjk"], expert=leaver, ground="voluntary")

    def states(moment):
        rows = (
            columns["state"]
            for _, told in replaying.everything("expert", moment)
            for name, columns in told.items()
            if name.startswith("experts_expert ")
        )
        return Counter(rows)

    assert states(entered) == {"active": len(experts)}
    assert states(clock.now()) == {"active": len(experts) - 1, "exited": 1}
    name = f"experts_expert {leaver}"
    assert replaying.at(experts[0], entered)[name]["state"] == "active"
    assert replaying.difference(experts[0], entered, clock.now()) == [
        (name, "state", "active", "exited")
    ]

"""Every race, in the order in which time allows them."""

from tests.processes import (
    conflict_races,
    draw_races,
    entered_races,
    expert_races,
    part_races,
    project_races,
    rating_races,
    room_races,
    rule_races,
)
from tests.processes.racing import Race

ORDERED: tuple[Race, ...] = (
    *room_races.races(),
    *project_races.halts(),
    *part_races.objections_raced(),
    *part_races.complaints_raced(),
    *draw_races.to_the_first_round(),
    *draw_races.seats(),
    *draw_races.ends(),
    *expert_races.races(),
    *rating_races.races(),
    *rule_races.races(),
    *conflict_races.races(),
    *project_races.opening_and_evaluation(),
    *project_races.setbacks(),
    *project_races.publicity_and_award(),
    *part_races.ballots_raced(),
    *project_races.decision_and_end(),
    *project_races.twice_registered(),
    *project_races.before_the_opening(),
    *project_races.setbacks_by_other_plans(),
    *entered_races.races(),
)
RACES: dict[str, Race] = {race.name: race for race in ORDERED}
UNRACED: dict[tuple[str, str, str, str], str] = entered_races.UNRACED
"""Edge → why no two processes can take it."""

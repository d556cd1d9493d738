"""What is sealed lies nowhere in the clear until it is opened, and what is private never does.

Searched is every byte the program leaves outside its key folder: database with its write-ahead
log, evidence, tiles, messages, sessions, the screen, and logs at DEBUG with the values of all SQL.
"""

import base64
import json

import pytest

from config.demo import synthetic
from tests.secrets import planted
from tests.secrets.planted import ENTRIES, naming, stream
from tests.secrets.play import STAGES

pytestmark = pytest.mark.processes

OPENED = {
    "PRICE_FEN": "scored",
    "SCORE": "voting",
    "MEMBERS": "voting",
    "REASON": "counted",
}
"""Secret → the first stage after its opening. The member list opens when the award begins."""
NEVER = ("NAME", "ID_NUMBER", "PRICE_YUAN", "WRONG_SCORE")


def stages(secret):
    """The stages before and from the opening of a secret."""
    place = STAGES.index(OPENED[secret]) if secret in OPENED else len(STAGES)
    return STAGES[:place], STAGES[place:]


@pytest.mark.parametrize(
    ("secret", "stage"),
    [(name, stage) for name in (*OPENED, *NEVER) for stage in stages(name)[0]],
)
def test_before_its_opening_a_secret_is_nowhere(played, secret, stage):
    assert planted.places(played / stage, getattr(planted, secret)) == set()


@pytest.mark.parametrize(
    ("secret", "stage"), [(name, stage) for name in OPENED for stage in stages(name)[1]]
)
def test_from_its_opening_it_is_where_it_belongs_and_nowhere_else(played, secret, stage):
    assert planted.places(played / stage, getattr(planted, secret)) == planted.PUBLIC


BIDDER = synthetic.credit_code("bidder/乙方建设")
MEMBER = "dbwy3"
REGISTER = "system/organisations"
"""Where every body stands, whether it bids or not."""


def streams(found):
    """The streams of the entries among rows."""
    return {stream(row) for row in found[ENTRIES]}


@pytest.mark.parametrize("stage", ["tendering", "drawn"])
def test_before_the_opening_no_row_tells_who_bids(played, stage):
    found = naming(played / stage, BIDDER)
    assert (set(found), streams(found)) == ({"accounts_organisation", ENTRIES}, {REGISTER})


def test_after_the_opening_bid_and_entries_tell_who_bids(played):
    found = naming(played / "scored", BIDDER)
    everywhere = {"accounts_organisation", "evaluation_bid", "experts_draw", ENTRIES}
    project = f"project/{planted.TENDER}-1"
    assert set(found) == everywhere
    assert {REGISTER, project} <= streams(found)


@pytest.mark.parametrize("stage", STAGES[:3])
def test_before_the_award_begins_no_row_tells_who_will_vote(played, stage):
    found = naming(played / stage, MEMBER)
    assert (set(found), streams(found)) == ({"accounts_user", ENTRIES}, {f"account/{MEMBER}"})


def test_when_the_award_begins_everyone_knows_who_votes(played):
    found = naming(played / "voting", MEMBER)
    assert "evaluation_part" in found
    assert streams(found) == {f"account/{MEMBER}", f"project/{planted.TENDER}-1"}


def test_the_search_looks_into_every_place(played):
    found = {name for name, _ in planted.contents(played / "voting")}
    kept = {"outbox", "sessions.json", "other.log", "screen"}
    assert found == planted.PUBLIC | kept


def test_the_sessions_are_those_of_the_two_who_came_by_the_page(played):
    sessions = json.loads((played / "voting" / "sessions.json").read_text())
    assert sorted(one["_auth_user_id"] for one in sessions) == ["dbwy1", "zbdb"]


@pytest.mark.parametrize("secret", [planted.NAME, planted.SCORE, planted.MEMBERS, 7654321098765])
@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text.encode(),
        lambda text: json.dumps({"told": text}).encode(),
        lambda text: repr(text.encode()).encode(),
        lambda text: text.encode().hex().encode(),
        *(
            (lambda text, lead=lead: base64.b64encode(b"x" * lead + text.encode() + b"!"))
            for lead in range(4)
        ),
    ],
    ids=["plain", "json", "repr", "hex", *(f"base64+{lead}" for lead in range(4))],
)
def test_the_search_knows_a_secret_in_any_dress(secret, dress):
    assert planted.holds(b"before" + dress(str(secret)) + b"after", secret)
    assert not planted.holds(dress("nothing of the kind"), secret)

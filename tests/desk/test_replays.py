"""Replay on a page: any step or moment of a stream, two of them side by side, the whole pool."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from accounts.domain.policy import covers
from audit_log.domain.entry import parse_time
from audit_log.folds import FOLDS
from audit_log.selectors import trail
from audit_log.services import clock, replaying
from desk.domain import audience, labels
from desk.selectors import replays
from evaluation.domain.lifecycle import MAIN_LINE
from experts.models import Expert
from experts.services import pool
from tests.desk.commission import elsewhere, entries
from tests.desk.doors import sign_in, text_of
from tests.scenarios import later

pytestmark = pytest.mark.django_db
REPLAYED = [fold for fold in FOLDS.values() if fold.kind in replays.KINDS]


def shown(found: replays.Replay, when: str) -> dict[str, dict]:
    """Row → column → value, at one of the two moments."""
    return {
        f"{row.table} {row.key}": {cell.column: getattr(cell, when) for cell in row.cells}
        for row in found.rows
    }


def told(rows: replaying.Rows, id: str) -> dict[str, dict]:
    """The same of what the entries tell, without the places of parts."""
    return {
        f"{name.partition(' ')[0]} {name.partition(' ')[2].removeprefix(id).strip()}": {
            column: value for column, value in columns.items() if column not in replays.PLACES
        }
        for name, columns in rows.items()
    }


def test_each_step_shows_what_the_entries_up_to_it_tell(cast, ladder):
    code = ladder["archived"]
    values = trail.events(f"project/{code}")
    for step in range(1, len(values) + 1, 7):
        found = replays.replay(cast["jw"], "project", code, None, step)
        expected = told(replaying.folded(values[:step]), code)
        assert {name: shown(found, "later")[name] for name in expected} == expected
        assert (found.then, found.later) == (step - 1, step)
        assert not found.withheld


def test_the_difference_between_two_steps_is_that_of_their_states(cast, ladder):
    code = ladder["archived"]
    values = trail.events(f"project/{code}")
    first, last = 30, len(values)
    found = replays.replay(cast["jw"], "project", code, first, last)
    before, after = (
        told(replaying.folded(values[:first]), code),
        told(replaying.folded(values), code),
    )
    expected = [
        (row, column)
        for row, column, then, now in replaying.changes(before, after)
        if (then or None) != (now or None)
    ]
    changed = [
        (f"{row.table} {row.key}", cell.column)
        for row in found.rows
        for cell in row.cells
        if cell.changed
    ]
    assert sorted(changed) == expected
    assert len(expected) > 50


def test_the_page_walks_through_every_state(cast, ladder):
    code, client = ladder["archived"], sign_in(cast["jw"])
    states = [
        step
        for step, value in enumerate(trail.events(f"project/{code}"), start=1)
        if "to" in value["data"]
    ]
    found = []
    for step in states:
        response = client.get(f"/replay/project/{code}/?at={step}")
        found += [
            row for row in response.context["replay"].rows if row.table == "evaluation_project"
        ]
    cells = [{cell.column: cell.later for cell in row.cells} for row in found]
    assert [cell["state"] for cell in cells] == list(MAIN_LINE)


def test_the_slider_and_the_links_lead_to_the_steps(cast, ladder):
    code = ladder["archived"]
    last = len(trail.events(f"project/{code}"))
    page = text_of(sign_in(cast["jw"]).get(f"/replay/project/{code}/?then=10&at=12"))
    sliders = re.findall(
        r'<input type="range"[^>]*name="(\w+)" min="0" max="(\d+)" value="(\d+)"', page
    )
    assert sliders == [("then", str(last), "10"), ("at", str(last), "12")]
    links = {
        words: href
        for href, words in re.findall(r'<a(?: rel="\w+")? href="(\?[^"]*)">(\S+?)</a>', page)
    }
    assert (links["上一步"], links["下一步"]) == ("?at=11", "?at=13")


@pytest.mark.parametrize(
    ("typed", "steps"),
    [
        ("then=5&at=3", (3, 3)),
        ("at=0", (0, 0)),
        ("at=99999", (None, None)),
        ("at=-1", (None, None)),
        ("at=x&then=y", (None, None)),
    ],
)
def test_a_step_that_is_none_gives_the_nearest(cast, ladder, typed, steps):
    code = ladder["archived"]
    last = len(trail.events(f"project/{code}"))
    found = sign_in(cast["jw"]).get(f"/replay/project/{code}/?{typed}").context["replay"]
    assert (found.then, found.later) == ((last - 1, last) if steps[0] is None else steps)


def test_a_moment_is_the_last_step_before_it(cast, ladder):
    code = ladder["archived"]
    values = trail.events(f"project/{code}")
    moments = [parse_time(values[place]["at"]).isoformat().replace("+", "%2B") for place in (9, 40)]
    page = sign_in(cast["jw"]).get(
        f"/replay/project/{code}/?since={moments[0]}&moment={moments[1]}"
    )
    found = page.context["replay"]
    assert (found.then, found.later) == tuple(
        sum(one["at"] <= values[place]["at"] for one in values) for place in (9, 40)
    )


@pytest.mark.parametrize("page", ["/replay/pool/", "/replay/project/{code}/"])
def test_a_moment_that_is_none_is_said(cast, ladder, page):
    address = page.format(code=ladder["archived"])
    response = sign_in(cast["jw"]).get(f"{address}?moment=tomorrow")
    assert response.status_code == 422
    assert "后一时刻的写法不对" in text_of(response)


@pytest.mark.parametrize("account", ["jw", "sjgl"])
def test_before_the_opening_no_step_tells_of_a_bid(cast, ladder, account):
    code = ladder["tendering"]
    values = trail.events(f"project/{code}")
    bids = sum(one["type"] == "project.bid_sealed" for one in values)
    found = replays.replay(cast[account], "project", code, 0, None)
    assert bids > 0
    assert len(found.steps) == len(values) - bids
    assert {row.table for row in found.rows} - {"evaluation_part"} == {"evaluation_project"}
    columns = {cell.column for row in found.rows for cell in row.cells}
    assert columns & set(replays.PLACES) == set()


def test_the_audit_administrator_is_shown_no_committee_no_scores_no_ballots(cast, ladder):
    code, draw = ladder["awarded"], ladder.project("awarded").draw
    found = replays.replay(cast["sjgl"], "project", code, 0, None)
    tables = {row.table for row in found.rows}
    assert tables == {"evaluation_project", "evaluation_candidate", "award_notice"}
    assert found.withheld
    project = shown(found, "later")["evaluation_project "]
    assert (project["state"], "winner" in project) == ("awarded", False)
    seats = replays.replay(cast["sjgl"], "draw", draw, 0, None).rows
    assert {cell.column for row in seats if row.table == "experts_seat" for cell in row.cells} == {
        "slot",
        "round",
        "state",
    }
    people = {part.person for part in ladder.project("awarded").parts.all()}
    client = sign_in(cast["sjgl"])
    pages = [
        text_of(client.get(f"/replay/{kind}/?then=0&at=9999"))
        for kind in (f"project/{code}", f"draw/{draw}")
    ]
    assert [person for person in people for page in pages if person in page] == []


def test_the_commission_is_shown_who_was_drawn_after_the_sign_in_only(cast, ladder):
    draw = ladder.project("drawing").draw
    seats = [
        {cell.column: cell.later for cell in row.cells}
        for row in replays.replay(cast["jw"], "draw", draw, 0, None).rows
        if row.table == "experts_seat"
    ]
    assert {seat["expert"] for seat in seats} <= {""}
    opened = ladder.project("evaluating").draw
    names = {
        cell.later
        for row in replays.replay(cast["jw"], "draw", opened, 0, None).rows
        for cell in row.cells
        if cell.column == "expert"
    }
    members = ladder.project("evaluating").parts.filter(kind="expert")
    assert names - {""} == set(members.values_list("person", flat=True))


@pytest.mark.parametrize("kind", ["account", "rules", "system", "person"])
def test_other_streams_are_not_replayed(cast, ladder, kind):
    assert sign_in(cast["jw"]).get(f"/replay/{kind}/jw/").status_code == 404


def test_the_chooser_leads_to_the_stream(cast, ladder):
    client = sign_in(cast["jw"])
    code = ladder["archived"]
    assert client.get(f"/replay/?kind=project&id={code}").url == f"/replay/project/{code}/"
    assert "请选择种类" in text_of(client.get("/replay/?kind=person&id=1"))


@pytest.mark.parametrize("fold", REPLAYED, ids=lambda fold: fold.table)
def test_every_replayed_table_has_words_and_a_circle(fold):
    """Without a circle a table is shown to nobody."""
    assert fold.table in labels.TABLES
    known = {name.partition(".")[0].partition(" ")[0] for name in audience.ROWS}
    assert fold.table in known


def test_the_words_of_every_replayed_column_are_chinese(ladder, cast):
    codes = [("project", ladder["archived"]), ("draw", ladder.project("archived").draw)]
    codes.append(("expert", Expert.objects.filter(region="330402").first().pk))
    words = {
        cell.words
        for kind, id in codes
        for row in replays.replay(cast["jw"], kind, id, 0, None).rows
        for cell in row.cells
    }
    assert [one for one in words if not re.search("[\u4e00-\u9fff]", one)] == []


def test_the_audience_of_rows_names_tables_and_columns_that_are():
    tables = {fold.table: fold for fold in REPLAYED}
    for name in audience.ROWS:
        table, _, column = name.partition(" ")[0].partition(".")
        names = {one.attname for one in tables[table].model._meta.concrete_fields}
        assert not column or column in names, name


def test_the_pool_counts_what_is_in_it_now(cast, ladder):
    found = replays.pool(cast["jw"], clock.now(), clock.now())
    here = [row for row in Expert.objects.all() if covers("330402", row.region)]
    counts = Counter(row.state for row in here)
    assert {state: last for state, _, last in found.states} == dict(counts)
    assert [one.code for one in found.experts] == sorted(row.code for row in here)
    held = {row.code: {one.code for one in row.specialties.all()} for row in here}
    assert {one.code: set(one.specialties) for one in found.experts} == held


def test_the_pool_is_compared_with_itself(cast, ladder):
    before = clock.now()
    later(days=1)
    code = Expert.objects.filter(region="330402", state="active").first().pk
    pool.suspend(actor=cast["zjj"], expert=code, ground="inquiry", decision="0" * 64)
    found = replays.pool(cast["jw"], before, clock.now())
    states = {state: (first, last) for state, first, last in found.states}
    active = states["active"][0]
    assert states == {"active": (active, active - 1), "suspended": (0, 1)}
    assert [(one.code, one.then, one.row["state"]) for one in found.experts if one.changed] == [
        (code, "active", "suspended")
    ]
    page = sign_in(cast["jw"]).get(
        "/replay/pool/?only=changed&since=" + before.isoformat().replace("+", "%2B")
    )
    assert [one.code for one in page.context["page"]] == [code]


def test_before_the_first_entry_the_pool_is_empty(cast, ladder):
    first = min(parse_time(one["at"]) for one in entries(stream__startswith="expert/"))
    found = replays.pool(cast["jw"], first - timedelta(1), first - timedelta(microseconds=1))
    assert (found.states, found.experts) == ([], [])


def test_another_district_has_another_pool(ladder):
    found = replays.pool(elsewhere(), clock.now(), clock.now())
    assert (found.states, found.experts) == ([], [])

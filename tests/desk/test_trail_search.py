"""The trail searched by commission and audit administrator: what is listed, what is not told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.domain import roles as r
from audit_log.domain.entry import parse_time
from audit_log.services import sealer
from award.services import halting
from desk.web import doors
from evaluation.services import projects
from tests.desk.commission import elsewhere, entries, listed, place
from tests.desk.doors import sign_in, text_of

PAGES = (
    "/trail/",
    "/trail/export/csv/",
    "/trail/verify/",
    "/trail/witness/",
    "/trail/evidence/",
    "/replay/",
    "/replay/pool/",
)
OTHERS = ("jyzx1", "zbr1", "zbdb", "zjj", "zjk", "xtgl", "aqgl", "dbwy1", "jdz", "tbr")


@pytest.fixture
def client(cast):
    """The commission, with every entry on one page."""
    return sign_in(cast["jw"])


@pytest.fixture(autouse=True)
def one_page(monkeypatch):
    monkeypatch.setattr(doors, "PER_PAGE", 10_000)


def found(client, query: str) -> list[tuple[str, int]]:
    response = client.get(f"/trail/?{query}")
    assert response.status_code == 200
    return listed(text_of(response))


@pytest.mark.parametrize("account", OTHERS)
def test_nobody_else_comes_in(cast, account):
    client = sign_in(cast[account])
    codes = {page: client.get(page).status_code for page in PAGES}
    assert codes == dict.fromkeys(PAGES, 403)


@pytest.mark.parametrize("account", ["jw", "sjgl"])
def test_commission_and_audit_administrator_come_in(cast, account):
    pages = [page for page in PAGES if page != "/trail/evidence/"]
    client = sign_in(cast[account])
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


def test_a_visitor_is_sent_to_the_sign_in(client, cast):
    client.logout()
    assert {client.get(page).status_code for page in PAGES} == {302}


def test_one_stream_is_listed_whole_newest_first(client, ladder):
    stream = f"project/{ladder['archived']}"
    whole = [place(one) for one in entries(stream=stream)]
    assert found(client, f"kind=project&stream={ladder['archived']}") == whole
    assert found(client, f"stream={stream}") == whole


def test_a_number_alone_finds_it_in_every_kind(client, ladder):
    draw = ladder.project("archived").draw
    assert {stream for stream, _ in found(client, f"stream={draw}")} == {f"draw/{draw}"}


@pytest.mark.parametrize("kind", ["draw", "expert", "account", "rules", "system"])
def test_a_kind_is_listed_whole(client, kind):
    whole = [place(one) for one in entries(stream__startswith=f"{kind}/")]
    assert len(whole) > 0
    assert found(client, f"kind={kind}") == whole


@pytest.mark.parametrize("kind", ["project.awarded", "draw.round_run", "expert.entered"])
def test_a_type_is_listed_whole(client, kind):
    whole = [place(one) for one in entries(type=kind)]
    assert len(whole) > 0
    assert found(client, f"type={kind}") == whole


@pytest.mark.parametrize("role", [r.REGULATOR, r.AWARD_MEMBER, r.TENDERER_REP, r.OBSERVER])
def test_a_role_is_that_of_the_actor(client, role):
    whole = [place(one) for one in entries() if one["actor"]["role"] == role]
    assert len(whole) > 0
    assert found(client, f"role={role}") == whole


def test_what_an_entry_says_of_a_role_is_not_its_actors(client):
    """Accounts are made by the system; their entries name the role of the account."""
    said = {place(one) for one in entries(type="account.created")}
    assert said & set(found(client, f"role={r.OBSERVER}")) == set()


def test_a_span_of_time_holds_both_its_ends(client, ladder):
    stream = f"project/{ladder['archived']}"
    told = entries(stream=stream)
    first, last = (parse_time(told[-place]["at"]) for place in (5, 20))
    span = f"since={first.isoformat()}&until={last.isoformat()}".replace("+", "%2B")
    within = [place(one) for one in told if first <= parse_time(one["at"]) <= last]
    assert 0 < len(within) < len(told)
    assert found(client, f"stream={stream}&{span}") == within


def test_a_moment_without_a_zone_is_local(client, ladder):
    told = entries(stream=f"project/{ladder['archived']}")
    moment = timezone.localtime(parse_time(told[0]["at"])).replace(tzinfo=None)
    after = (moment + timedelta(microseconds=1)).isoformat()
    query = f"stream={ladder['archived']}&since="
    assert found(client, query + moment.isoformat())[:1] == [place(told[0])]
    assert found(client, query + after) == []


def test_unsealed_and_unwitnessed_are_told_apart(client, ladder, cast):
    assert found(client, "seal=unsealed") == []
    every = [place(one) for one in entries(stream__startswith="project/")]
    shown = found(client, "seal=unwitnessed&kind=project")
    assert set(shown) < set(every)  # there is no witness; sealed bids are not told
    projects.terminate(actor=cast["zbr1"], project=ladder["registered"], reason="建设内容调整")
    new = place(entries(stream=f"project/{ladder['registered']}")[0])
    assert found(client, "seal=unsealed") == [new]
    sealer.seal()
    assert found(client, "seal=unsealed") == []


@pytest.mark.parametrize("typed", ["%00", "a%2Fb", "project%2F", "x" * 200, "%E6%A0%87%E6%AE%B5"])
def test_what_no_stream_can_be_called_finds_nothing(client, typed):
    assert found(client, f"stream={typed}") == []


def test_filters_hold_together(client, ladder):
    query = f"stream={ladder['archived']}&role=tenderer&type=project.awarded"
    assert found(client, query) == [
        place(one)
        for one in entries(stream=f"project/{ladder['archived']}", type="project.awarded")
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("kind=person", "流水种类不在可选范围内"),
        ("type=project.won", "事项不在可选范围内"),
        ("role=king", "岗位不在可选范围内"),
        ("seal=half", "封存情况不在可选范围内"),
        ("since=yesterday", "起始时间的写法不对"),
        ("until=2025-13-01T00:00", "截止时间的写法不对"),
    ],
)
def test_a_filter_that_is_none_is_said_and_nothing_is_listed(client, query, words):
    response = client.get(f"/trail/?{query}")
    assert response.status_code == 422
    assert words in text_of(response)
    assert listed(text_of(response)) == []
    assert client.get(f"/trail/export/csv/?{query}").status_code == 404


def test_the_filters_stay_in_the_address_of_the_next_page(client, monkeypatch):
    monkeypatch.setattr(doors, "PER_PAGE", 3)
    page = text_of(client.get("/trail/?kind=expert&role=regulator&page=2"))
    assert 'rel="next" href="?page=3&amp;kind=expert&amp;role=regulator"' in page
    assert "page=2&amp;kind=expert&amp;role=regulator" not in page


@pytest.mark.parametrize("state", ["tendering", "drawing"])
@pytest.mark.parametrize("account", ["jw", "sjgl"])
def test_before_the_opening_neither_bids_nor_their_number_are_told(cast, ladder, account, state):
    stream, client = f"project/{ladder[state]}", sign_in(cast[account])
    told = entries(stream=stream)
    bids = [one for one in told if one["type"] == "project.bid_sealed"]
    assert len(bids) > 0
    assert found(client, f"stream={stream}&type=project.bid_sealed") == []
    page = text_of(client.get(f"/trail/?stream={stream}"))
    published = entries(stream=stream, type="project.tender_published")[0]["n"]
    assert listed(page) == [place(one) for one in told if one["n"] <= published]
    assert f"共 {len(told) - len(bids)} 项" in page


def test_of_a_tender_that_was_broken_off_the_bids_are_never_told(client, cast, ladder):
    projects.terminate(actor=cast["zbr1"], project=ladder["tendering"], reason="建设内容调整")
    assert found(client, f"stream={ladder['tendering']}&type=project.bid_sealed") == []


def test_while_a_tender_is_suspended_before_its_opening_its_bids_are_not_told(client, cast, ladder):
    code = ladder["tendering"]
    halting.order_suspension(actor=cast["zjj"], project=code, document="南建监〔2025〕9号")
    assert found(client, f"stream={code}&type=project.bid_sealed") == []


def test_after_the_opening_every_bid_is_listed(client, ladder):
    stream = f"project/{ladder['opened']}"
    bids = [place(one) for one in entries(stream=stream, type="project.bid_sealed")]
    assert found(client, f"stream={stream}&type=project.bid_sealed") == bids


@pytest.mark.parametrize("role", [r.COMMISSION, r.AUDIT_ADMIN])
def test_another_district_sees_none_of_this_ones_streams(ladder, role):
    client = sign_in(elsewhere(role))
    kinds = {stream.partition("/")[0] for stream, _ in found(client, "")}
    assert kinds == {"account", "rules", "system"}
    expert = entries(stream__startswith="expert/")[0]["stream"]
    streams = [f"project/{ladder['opened']}", f"draw/{ladder.project('opened').draw}", expert]
    assert [client.get(f"/entry/{stream}/0/").status_code for stream in streams] == [404] * 3
    assert [client.get(f"/replay/{stream}/").status_code for stream in streams] == [404] * 3
    assert [found(client, f"stream={stream}") for stream in streams] == [[], [], []]


def test_an_unknown_body_sees_no_stream_of_any_district(ladder, cast):
    from audit_log.domain.entry import Actor
    from audit_log.selectors.searching import Wanted
    from desk.selectors import trails

    nobody = Actor("jw", r.COMMISSION, "")
    streams = {row.stream.partition("/")[0] for row in trails.entries(nobody, Wanted())}
    assert streams == {"account", "rules", "system"}


def test_the_audit_administrator_sees_draws_and_experts_but_not_who_evaluates(cast, ladder):
    client, draw = sign_in(cast["sjgl"]), ladder.project("archived").draw
    opened = entries(stream=f"draw/{draw}", type="draw.candidate_opened")
    assert len(opened) > 0
    for one in opened:
        page = text_of(client.get(f"/entry/draw/{draw}/{one['n']}/"))
        assert "内容未向您的岗位开放" in page
        assert one["data"]["content"]["expert"] not in page
    assert client.get(f"/entry/draw/{draw}/0/").status_code == 200


def test_the_tenderer_does_not_read_who_was_drawn_before_there_is_a_winner(cast, ladder):
    for state, reads in (("reported", False), ("awarded", True)):
        draw = ladder.project(state).draw
        one = entries(stream=f"draw/{draw}", type="draw.candidate_opened")[0]
        page = text_of(sign_in(cast["zbr1"]).get(f"/entry/draw/{draw}/{one['n']}/"))
        assert (one["data"]["content"]["expert"] in page) == reads


def test_a_list_asks_as_often_for_one_row_as_for_thirty(client, monkeypatch):
    def asked(query: str, rows: int) -> int:
        monkeypatch.setattr(doors, "PER_PAGE", rows)
        client.get(f"/trail/?{query}")
        with CaptureQueriesContext(connection) as found:
            client.get(f"/trail/?{query}")
        return len(found)

    for query in ("kind=project", "type=draw.candidate_opened", "kind=expert", "seal=unwitnessed"):
        assert asked(query, 1) == asked(query, 30), query

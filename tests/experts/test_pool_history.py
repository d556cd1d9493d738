"""Who was eligible at any moment: from the entries alone, and equal to what a draw then froze."""

import hashlib
import io
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.services.gate import NotAllowed
from audit_log import guards
from audit_log.domain import canonical
from audit_log.domain.entry import Actor, parse_time
from audit_log.selectors import trail
from audit_log.services import clock, envelopes
from experts.domain import history as folding
from experts.domain.eligibility import Asked, omission
from experts.domain.freeze import SlotRequest
from experts.domain.recusal import Check
from experts.models import Draw, Expert
from experts.selectors import career, history
from experts.selectors.course import course
from experts.services import changes, comparing, pool, records, rosters
from tests.experts import world
from tests.experts.world import (
    BUILDING,
    EVIDENCE,
    POOL_OWNER,
    REGULATOR,
    application,
    enter,
    refused,
)

pytestmark = pytest.mark.django_db
CODE = "T00001"
HIMSELF = Actor(CODE, "expert", "")
COMMISSION = Actor("t-commission", "commission", world.CENTRE.org)
RECUSED = {"same_unit_as_tenderer", "supervising_department", "employer_recused", "group_recused"}


def frozen(draw):
    """Expert → reason ("" for a candidate), as the draw itself froze it."""
    commitment = course(draw).data["omissions"]
    omitted = envelopes.content_of(draw.stream, commitment)["omitted"]
    candidates = {one.expert: "" for one in rosters.identities_of(draw).values()}
    return candidates | {one["expert"]: one["reason"] for one in omitted}


def own(reasons):
    """The same without reasons that rest on the parties or on other draws."""
    return {code: "" if why in (*RECUSED, "busy") else why for code, why in reasons.items()}


def live_through(actor, regulator, codes):
    """Let much happen to some experts after the draws."""
    left, held, moved, resting = codes
    pool.exit(actor=actor, expert=left, ground="health")
    pool.suspend(actor=regulator, expert=held, ground="inquiry", decision=EVIDENCE)
    since = career.today() - timedelta(days=400)
    changes.report_change(
        actor=actor, expert=moved, valid_from=since, region="110101", specialties=["B010101"]
    )
    changes.confirm_change(actor=regulator, expert=moved, change=f"{moved}-c1", approve=True)
    him = Actor(resting, "expert", "")
    today = career.today()
    records.declare_leave(actor=him, expert=resting, first=today, last=today + timedelta(days=300))


def test_every_draw_of_the_ladder_froze_the_pool_as_the_trail_tells_it(ladder, cast):
    drawn = list(Draw.objects.exclude(manifest=""))
    assert len(drawn) > 8
    before = {draw.pk: history.frozen_for(draw) for draw in drawn}
    assert before == {draw.pk: own(frozen(draw)) for draw in drawn}
    assert min(len(one) for one in before.values()) >= 60
    codes = list(Expert.objects.filter(state="active").order_by("pk").values_list("pk", flat=True))
    live_through(cast["zjk"], cast["zjj"], codes[:4])
    assert {draw.pk: history.frozen_for(draw) for draw in drawn} == before


def test_a_draw_that_left_people_out_is_told_with_the_same_reasons(dozen):
    today = career.today()
    pool.suspend(actor=REGULATOR, expert="T00003", ground="inquiry", decision=EVIDENCE)
    him = Actor("T00005", "expert", "")
    records.declare_leave(actor=him, expert="T00005", first=today, last=today + timedelta(days=2))
    held = clock.now() + timedelta(hours=40)
    gone = {"kind": "education", "sha256": EVIDENCE, "expires": today - timedelta(days=1)}
    for code, facts in (("T00007", {"documents": [gone]}), ("T00002", {"region": world.ELSEWHERE})):
        changes.report_change(actor=POOL_OWNER, expert=code, valid_from=today, **facts)
        changes.confirm_change(actor=REGULATOR, expert=code, change=f"{code}-c1", approve=True)
    changes.report_change(
        actor=POOL_OWNER,
        expert="T00004",
        valid_from=today + timedelta(days=1),
        employer=world.TENDERER.org,
    )
    changes.confirm_change(actor=REGULATOR, expert="T00004", change="T00004-c1", approve=True)
    world.sealer.seal_now()
    draw = world.commit(held_at=held)
    wanted = {
        "T00003": "not_active",
        "T00005": "on_leave",
        "T00007": "certificate_expired",
        "T00002": "region",
    }
    own_wanted = {code: wanted.get(code, "") for code in dozen}
    assert history.frozen_for(draw) == own_wanted
    assert frozen(draw) == own_wanted | {"T00004": "same_unit_as_tenderer"}


def at(name):
    """The moment of the newest entry of a type in his stream."""
    return parse_time(trail.last_event(f"expert/{CODE}", f"expert.{name}")["at"])


@pytest.fixture
def lived(district):
    """He changes his employer, is suspended for a while, and leaves; returns days and moments."""
    enter(application(1))
    first, old, new = career.today(), world.employer(1), world.employer(50)
    changes.report_change(actor=HIMSELF, expert=CODE, valid_from=first, employer=new)
    world.jump(timedelta(days=5))
    changes.confirm_change(actor=REGULATOR, expert=CODE, change=f"{CODE}-c1", approve=True)
    until = career.today() + timedelta(days=3)
    world.jump(timedelta(days=1))
    pool.suspend(actor=REGULATOR, expert=CODE, ground="hint", decision=EVIDENCE, until=until)
    world.jump(timedelta(days=10))
    call_command("run_due", stdout=io.StringIO())
    world.jump(timedelta(days=1))
    pool.exit(actor=POOL_OWNER, expert=CODE, ground="voluntary")
    return first, old, new


def test_state_and_facts_are_those_of_the_moment(lived):
    _, old, new = lived
    second = timedelta(seconds=1)
    moments = {
        at("applied") - second: None,
        at("entered"): ("active", old),
        at("change_confirmed") - second: ("active", old),
        at("changed"): ("active", new),
        at("suspended") - second: ("active", new),
        at("suspended"): ("suspended", new),
        at("resumed") - second: ("suspended", new),
        at("resumed"): ("active", new),
        at("exited"): ("exited", new),
    }
    found = {moment: history.of_expert(CODE, moment) for moment in moments}
    told = {m: one and (one.state, one.facts["employer"]) for m, one in found.items()}
    assert told == moments


def test_a_day_is_known_differently_before_and_after_it_was_recorded(lived):
    first, old, new = lived
    day = first + timedelta(days=2)
    late = at("change_confirmed")
    known = [history.of_expert(CODE, m, day) for m in (late - timedelta(seconds=1), late)]
    assert [one.facts["employer"] for one in known] == [old, new]
    before = history.of_expert(CODE, late, first - timedelta(days=1))
    assert before.facts["employer"] == old


def test_facts_are_listed_with_both_their_times(lived):
    first, _, new = lived
    [fact] = [one for one in history.facts(CODE) if one.kind == "employer" and one.n]
    assert (fact.value, fact.valid_from, fact.change) == (new, first, f"{CODE}-c1")
    assert parse_time(fact.at) == at("change_confirmed")


def test_a_suspension_ends_by_itself_after_its_last_day(lived):
    entry = trail.last_event(f"expert/{CODE}", "expert.resumed")
    assert entry["actor"] == {"id": "system", "role": "system", "org": ""}
    assert entry["data"] == {
        "ground": "term_over",
        "basis": "POOL",
        "from": "suspended",
        "to": "active",
    }


def test_a_snapshot_counts_by_reason_and_its_root_is_over_the_eligible(dozen):
    pool.suspend(actor=REGULATOR, expert="T00003", ground="inquiry", decision=EVIDENCE)
    shot = history.snapshot(clock.now(), specialty="C1301")
    odd = [code for code in dozen if int(code[1:]) % 2 and code != "T00003"]
    assert (shot.members, shot.counts, shot.eligible) == (6, {"fits": 5, "not_active": 1}, odd)
    leaves = [leaf(code) for code in odd]
    assert shot.root == hand_made_root(leaves).hex()
    assert history.snapshot(clock.now(), specialty="C1301", within="32").members == 0


def leaf(code):
    row = Expert.objects.get(pk=code)
    told = {
        "expert": code,
        "employer": row.employer,
        "region": row.region,
        "specialties": [BUILDING],
        "term_to": row.term_to.isoformat(),
    }
    return hashlib.sha256(b"\x00" + canonical.dumps(told)).digest()


def hand_made_root(leaves):
    """RFC 6962 section 2.1, written out for five leaves."""
    a, b, c, d, e = leaves

    def both(left, right):
        return hashlib.sha256(b"\x01" + left + right).digest()

    return both(both(both(a, b), both(c, d)), e)


def test_the_command_tells_the_same(dozen):
    out = io.StringIO()
    moment = clock.now()
    call_command("pool_at", moment.isoformat(), "--specialty", "C1302", "--codes", stdout=out)
    lines = out.getvalue().splitlines()
    even = [code for code in dozen if int(code[1:]) % 2 == 0]
    assert lines[0].startswith("所涉专家 6 人")
    assert lines[1] == "可以参加抽取 6 人"
    assert lines[3:] == even


def test_the_commission_compares_a_draw_with_the_trail_and_that_is_an_entry(dozen):
    pool.suspend(actor=REGULATOR, expert="T00003", ground="inquiry", decision=EVIDENCE)
    world.sealer.seal_now()
    draw = world.commit()
    ref, found = comparing.compare(actor=COMMISSION, draw="T-D1")
    assert (found.agrees, found.candidates, found.reasons) == (True, 11, {"not_active": 1})
    assert (ref.stream, world.last("system/envelopes")) == (
        "system/envelopes",
        {"commitment": course(draw).data["omissions"], "reason": "draw_compared"},
    )
    with pytest.raises(NotAllowed):
        comparing.compare(actor=world.CENTRE, draw="T-D1")


def test_nothing_is_compared_before_the_commitment(dozen):
    world.ask()
    assert refused(comparing.compare, actor=COMMISSION, draw="T-D1") == ["not_frozen"]


def test_one_left_out_without_a_reason_in_the_trail_is_found(dozen):
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE experts_expert SET state = 'suspended' WHERE code = 'T00003'")
        cursor.execute("DELETE FROM experts_expertspecialty WHERE expert_id = 'T00005'")
    world.commit()
    _, found = comparing.compare(actor=COMMISSION, draw="T-D1")
    assert (found.agrees, found.missing, found.extra, found.astray) == (False, 1, 0, 1)


def test_the_row_of_today_is_what_the_fold_tells_of_today(ladder, cast):
    codes = list(Expert.objects.filter(state="active").order_by("pk").values_list("pk", flat=True))
    live_through(cast["zjk"], cast["zjj"], codes[:4])
    today = career.today()
    told = {one.expert: one for one in history.as_of(clock.now())}
    rows = {row.pk: row for row in Expert.objects.all()}
    assert told.keys() == rows.keys()
    for code, row in rows.items():
        standing = told[code]
        plain = {key: standing.facts[key] for key in ("employer", "region", "title", "years")}
        assert plain == {key: getattr(row, key) for key in plain}
        assert standing.facts["specialties"] == list(
            row.specialties.order_by("-main", "pk").values_list("code", flat=True)
        )
        assert (standing.state, standing.term_from, standing.term_to, standing.briefed_on) == (
            row.state, row.term_from, row.term_to, row.briefed_on,
        )  # fmt: skip
        papers = {(one.kind, one.specialty): one.expires for one in row.documents.all()}
        assert standing.documents == papers
    slot = SlotRequest("1", "A0801", "3304", 1)
    asked = Asked((slot,), today, Check.of_nobody(today))
    reasons = [omission(told[code].member(today), asked) for code in codes[:5]]
    assert reasons == ["not_active", "not_active", "region", "on_leave", ""]


def test_a_stream_without_entries_is_nobody():
    assert folding.stand([], date(2025, 1, 1)) is None

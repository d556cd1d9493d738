"""A project whose experts were drawn in the province's system, from its registration to the report.

Two persons enter who was drawn; until the sign-in nothing tells it; the bundle verifies and says
that the draw itself cannot be checked.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from accounts.models import Outgoing, Person
from accounts.services import vault
from accounts.services.gate import BadInput, NotFound
from audit_log.models import Entry
from audit_log.selectors import trail
from audit_log.services import bundles, clock, keys, reconciling, sealer
from config.demo import job as steps
from config.demo import synthetic
from config.demo.job import Job
from desk.services import bundle
from evaluation.models import Project
from evaluation.services import drawing
from experts.models import Draw, Expert, Seat
from experts.selectors import draws as reading
from experts.services import answers, drawn_lists, draws, modes, rounds
from experts.services import pool as pools
from tests.evaluation import tender
from tests.evaluation.entered import SHEET, confirm, drawn, enter, everybody
from tests.experts import sheets, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def external(ladder):
    modes.propose(actor=ladder.cast["xtgl"], mode="external")
    modes.confirm(actor=ladder.cast["aqgl"], mode="external")
    return ladder


@pytest.fixture
def asked(external) -> Job:
    """A tender whose draw is asked for and approved."""
    job = tender.tender(external, steps.request_draw)
    draws.review(actor=job.cast["jyzx1"], draw=job.draw, approve=True)
    return job


def row(job: Job) -> Draw:
    return Draw.objects.get(pk=job.draw)


def test_a_project_goes_from_its_registration_to_the_report(asked, tmp_path):
    job = asked
    assert (row(job).origin, row(job).state) == ("external", "approved")
    enter(job)
    confirm(job)
    assert (row(job).state, row(job).seats.filter(state="accepted").count()) == ("filled", 4)
    tender.play(job, steps.report, after=steps.draw_experts)
    project = tender.lot(job)
    assert (project.state, row(job).state) == ("reported", "closed")
    assert trail.document(project.report)["draw"] == {
        "code": job.draw,
        "origin": "external",
        "note": "抽取不可复核",
    }
    told = tender.last(job, "draw_entered")
    assert {key: told[key] for key in ("draw", "sheet", "origin")} == {
        "draw": job.draw,
        "sheet": SHEET,
        "origin": "external",
    }
    assert told["refs"][0]["stream"] == f"draw/{job.draw}"
    assert reconciling.reconcile().faults == []
    sealer.seal()
    for scope in ("", project.pk):
        found = verified(bundle.write(tmp_path / "evidence.zip", project=scope))
        assert [one["text"] for one in found if one["level"] == "fail"] == []
        notes = [one["text"] for one in found if one["level"] == "note"]
        assert [one for one in notes if one.startswith(f"抽取 {job.draw} 抽取不可复核")] != []
        assert f"抽取 {job.draw} 所据记录表的 SHA-256 为 {SHEET}" in notes


def verified(path) -> list[dict[str, Any]]:
    """What the stand-alone verifier finds, in a process of its own."""
    command = [sys.executable, "-I", str(bundles.VERIFIER), str(path), "--json"]
    done = subprocess.run(command, capture_output=True, check=False)
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return findings


def test_until_the_sign_in_nothing_tells_who_was_drawn(asked):
    before = (Expert.objects.count(), Person.objects.count())
    enter(asked)
    confirm(asked)
    assert (Expert.objects.count(), Person.objects.count()) == before
    bodies = b"".join(
        bytes(body) for body in Entry.objects.order_by("-pk").values_list("body", flat=True)[:40]
    )
    for one in everybody():
        for key in ("name", "id_number", "phone", "employer"):
            assert one[key].encode() not in bodies
    assert set(Seat.objects.filter(draw=asked.draw).values_list("expert", flat=True)) == {""}
    waiting = Outgoing.objects.filter(recipient__startswith=f"{asked.draw}/", sent_at=None)
    assert waiting.filter(template="confirmation").count() == 4


def test_with_his_sign_in_an_expert_becomes_a_row_and_the_vault_knows_him(asked):
    enter(asked)
    confirm(asked)
    tender.play(asked, steps.sign_in, after=steps.draw_experts)
    seats = Seat.objects.filter(draw=asked.draw, state="signed_in")
    experts = [Expert.objects.get(pk=seat.expert) for seat in seats]
    names = {vault.reveal(one.pk)["name"] for one in experts}
    assert names == {one["name"] for one in everybody()}
    assert {one.employer for one in experts} == {one["employer"] for one in everybody()}
    assert {(one.state, one.term_from) for one in experts} == {("active", None)}
    told = trail.events(f"expert/{experts[0].pk}")
    assert [one["type"] for one in told] == ["expert.recorded"]


def test_the_list_is_destroyed_with_the_report(asked, django_capture_on_commit_callbacks):
    enter(asked)
    confirm(asked)
    tender.play(asked, steps.score, after=steps.draw_experts)
    with django_capture_on_commit_callbacks(execute=True):
        steps.report(asked)
    assert set(row(asked).lists.values_list("blob", flat=True)) == {None}
    with pytest.raises(keys.KeyMissing):
        keys.read(f"secrets/list.{asked.draw}")


def test_the_second_person_is_another_and_types_the_same(asked):
    enter(asked)
    other = everybody()
    other[1] |= {"id_number": sheets.id_number(99)}
    assert world.refused(confirm, job=asked, who="jyzx1") == ["same_person"]
    assert world.refused(confirm, job=asked, rows=other) == ["list_differs"]
    with pytest.raises(BadInput) as bad:
        confirm(asked, sheet="6f" * 32)
    assert bad.value.code == "sheet_differs"
    assert (row(asked).state, row(asked).seats.count()) == ("approved", 0)


def test_a_list_sent_back_is_entered_anew(asked):
    enter(asked)
    assert world.refused(enter, job=asked) == ["list_waiting"]
    drawn_lists.send_back(actor=asked.cast["jyzx2"], draw=asked.draw, ground="differs")
    assert world.refused(confirm, job=asked) == ["no_list"]
    enter(asked)
    confirm(asked)
    states = row(asked).lists.order_by("number").values_list("number", "state")
    assert list(states) == [(1, "returned"), (2, "confirmed")]
    assert reconciling.reconcile().faults == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"employer": "tenderer"}, "list_recused"),
        ({"employer": synthetic.credit_code("unit/1")}, "list_colleagues"),
        ({"specialty": "A080104"}, "list_misfits"),
    ],
)
def test_who_must_not_sit_is_refused_at_once(asked, changed, code):
    rows = everybody()
    if changed.get("employer") == "tenderer":
        changed = {"employer": row(asked).tenderer}
    rows[2] |= changed
    assert world.refused(enter, job=asked, rows=rows) == [code]
    assert row(asked).lists.count() == 0


def test_seats_and_persons_are_as_many(asked):
    assert world.refused(enter, job=asked, rows=everybody()[:3]) == ["list_miscounted"]


@pytest.mark.parametrize(
    "changed",
    [
        {"id_number": "330402198001010019"},
        {"employer": "91330499DM0000001A"},
        {"phone": "1"},
        {"name": ""},
        {"id_number": sheets.id_number(1)},
    ],
)
def test_what_is_written_wrongly_is_told_by_line_and_without_content(asked, changed):
    rows = everybody()
    rows[3] |= changed
    with pytest.raises(BadInput) as bad:
        enter(asked, rows)
    assert bad.value.code == "drawn_malformed"
    assert bad.value.fields["drawn"].startswith("第 4 行")
    assert "330402198001010019" not in bad.value.fields["drawn"]


def test_a_recusal_after_the_opening_is_filled_by_a_second_list(asked):
    bidder = Project.objects.get(pk=asked.lots[0][0])
    rows = everybody()
    orgs = [one.org for one in asked.case.lots[0].bidders]
    rows[0] |= {"employer": orgs[0]}
    enter(asked, rows)
    confirm(asked, rows)
    steps.wait_until(asked.deadline)
    from evaluation.services import bidding

    bidding.open_bids(actor=asked.cast["jyzx1"], project=bidder.pk)
    assert row(asked).state == "running"
    assert [seat.state for seat in row(asked).seats.filter(slot="1").order_by("state")] == [
        "accepted",
        "struck",
    ]
    more = [drawn(21, "1", "A080113")]
    enter(asked, more, who="jyzx2")
    confirm(asked, more, who="jyzx1")
    assert row(asked).state == "filled"
    tender.play(asked, steps.report, after=steps.open_bids)
    assert tender.lot(asked).state == "reported"
    assert reconciling.reconcile().faults == []


def test_nothing_of_a_draw_here_is_done_to_it(asked):
    act = {"actor": asked.cast["jyzx1"], "draw": asked.draw}
    assert world.refused(drawing.commit_draw, **act) == ["drawn_elsewhere"]
    enter(asked)
    confirm(asked)
    assert world.refused(rounds.open_round, **act) == ["drawn_elsewhere"]
    with pytest.raises(NotFound):
        reading.receipt(asked.draw)


def test_a_draw_here_takes_no_list(ladder):
    code = ladder.project("drawing").draw
    given = {"actor": ladder.cast["jyzx1"], "draw": code, "sheet": SHEET}
    assert world.refused(drawn_lists.enter, **given, drawn_at=clock.now(), drawn=everybody()) == [
        "drawn_here"
    ]


def test_the_pool_is_not_kept_here(external):
    act = {"actor": external.cast["zjk"], **world.application(1)}
    assert world.refused(pools.apply, **act) == ["pool_elsewhere"]


def test_someone_who_comes_again_keeps_his_code(asked, external):
    enter(asked)
    confirm(asked)
    tender.play(asked, steps.sign_in, after=steps.draw_experts)
    codes = set(Seat.objects.filter(draw=asked.draw).values_list("expert", flat=True))
    job = tender.tender(external, steps.request_draw, code="T-2")
    draws.review(actor=job.cast["jyzx1"], draw=job.draw, approve=True)
    rows = everybody()
    rows[0] |= {"employer": synthetic.credit_code("unit/77")}
    enter(job, rows)
    confirm(job, rows)
    seat = Seat.objects.filter(draw=job.draw).first()
    steps.wait_until(job.deadline)
    known = answers.rosters.identities_of(row(job))
    assert {one.expert for one in known.values()} == codes
    assert seat is not None

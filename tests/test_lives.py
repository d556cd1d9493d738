"""Acts in any order: a project goes where the published life cycle says, or the act is refused.

The model is the published table of states, and what the law adds to it: an accepted objection stops
the project until none is open. Whatever the acts, the trail replays to the row.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.conf import settings as conf
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.services.gate import BadInput, NotFound
from audit_log.services import clock, replaying
from award.models import Award, Objection
from award.selectors import award
from award.services import deciding, halting, meeting, objections, publicity
from evaluation.models import Project
from evaluation.services import bidding, drawing, projects, reporting, scoring
from rulebook.domain.blockers import Refused
from tests.award.acting import CHANNEL, REASON, REASONS, members
from tests.scenarios import later

pytestmark = pytest.mark.django_db

ONWARD = {
    "registered": {"publish_tender": "tendering", "terminate": "terminated"},
    "tendering": {"start_draw": "drawing", "open_bids": "opened", "terminate": "terminated"},
    "drawing": {"open_bids": "opened", "terminate": "terminated"},
    "opened": {"start_evaluation": "evaluating", "fail": "failed", "terminate": "terminated"},
    "evaluating": {"submit_report": "reported", "fail": "failed"},
    "reported": {"request_recheck": "evaluating", "publish_candidates": "candidates_public"},
    "candidates_public": {
        "begin_award": "awarding",
        "confirm_first": "awarded",
        "reconfirm": "evaluating",
        "fail": "failed",
    },
    "awarding": {"decide": "awarded", "reconfirm": "evaluating", "fail": "failed"},
    "awarded": {"publish_result": "result_public"},
    "result_public": {"notify": "notified", "lose_winner": "…", "reconfirm": "evaluating"},
    "notified": {"contract": "contracted", "lose_winner": "…"},
    "contracted": {"archive": "archived"},
    "failed": {"archive": "archived"},
    "terminated": {"archive": "archived"},
    "archived": {},
}
"""The published table (projects), without what stops one; "…" is the plan's rule."""
OBJECTED = {"tendering", "candidates_public", "result_public"}
ORDERED = {*list(ONWARD)[1:11]}
"""From 招标中 to 已发中标通知书."""
AFTER_LOSS = {"awarding", "awarded", "failed"}
ACTS = sorted({act for acts in ONWARD.values() for act in acts})
REFUSALS = (Refused, BadInput, NotFound)


def act(*, cast, project, name):
    """Do an act as whoever may do it, with plausible input."""
    owner, centre, case = cast["zbr1"], cast["jyzx1"], {"project": project}
    match name:
        case "publish_tender":
            projects.publish_tender(actor=owner, deadline=clock.now() + timedelta(days=21), **case)
        case "start_draw":
            row = Project.objects.get(pk=project)
            slots = [{"slot": "1", "specialty": "A08", "region": "33", "count": 5}]
            held_at = clock.now() + timedelta(days=22)
            drawing.start_draw(
                actor=owner, group=row.group, held_at=held_at, place="评标一室", slots=slots
            )
        case "open_bids":
            bidding.open_bids(actor=centre, **case)
        case "terminate":
            projects.terminate(actor=owner, reason="项目建设内容调整", **case)
        case "fail":
            service = (
                deciding if Project.objects.get(pk=project).state in AFTER_REPORT else projects
            )
            service.fail(actor=owner, reason="候选人均已放弃", **case)
        case "archive":
            projects.archive(actor=centre, **case)
        case "submit_report":
            reporting.submit_report(actor=centre, **case)
        case "start_evaluation":
            scoring.start_evaluation(actor=centre, **case)
        case "request_recheck":
            reporting.request_recheck(actor=owner, reason="评标报告的汇总有误", **case)
        case "publish_candidates":
            publicity.draft_candidates(actor=owner, objection_channel=CHANNEL, **case)
            publicity.publish_candidates(actor=centre, **case)
        case "begin_award":
            meeting.begin_award(actor=owner, **case)
        case "decide":
            deciding.decide(actor=owner, reasons=REASONS, **case)
        case "confirm_first":
            deciding.confirm_first(actor=owner, reasons=REASONS, **case)
        case "reconfirm":
            deciding.reconfirm(actor=owner, reason="候选人不再符合中标条件", **case)
        case "publish_result":
            publicity.publish_result(actor=centre, **case)
        case "notify":
            publicity.notify(actor=owner, **case)
        case "lose_winner":
            deciding.lose_winner(actor=owner, reason="gave_up", **case)
        case "contract":
            won = Award.objects.filter(project=project, active=True).first()
            price = won.bid.price_fen if won else 1
            deciding.contract(actor=owner, signed_on=clock.now().date(), price_fen=price, **case)


def hold_a_round(*, cast, project):
    """Everyone attends who has not; a round is opened, voted in and counted."""
    for member in [*members(cast), cast["jdz"]]:
        with suppress(Refused):
            meeting.attend_award(actor=member, project=project)
    meeting.open_ballot(actor=cast["zbr1"], project=project)
    one = award.running_round(Project.objects.get(pk=project))
    for member in members(cast):
        choices = one.eligible[: one.seats]
        meeting.cast_ballot(actor=member, project=project, choices=choices, reason=REASON)
    meeting.close_ballot(actor=cast["zbr1"], project=project)


AFTER_REPORT = {"candidates_public", "awarding"}


class Lives(RuleBasedStateMachine):
    """One project of the ladder, taken through acts, objections, orders and time."""

    ladder = None

    def __init__(self):
        super().__init__()
        self.kept = conf.TRAIL_SECOND_STORE.read_bytes()
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        conf.TRAIL_SECOND_STORE.write_bytes(self.kept)

    @initialize(state=st.sampled_from([*ONWARD, "suspended"]))
    def begin(self, state):
        self.cast, self.code = self.ladder.cast, self.ladder[state]
        self.state = state
        self.before = self.row.suspended_from
        self.ordered, self.archived = state == "suspended", "contracted"
        self.told, self.open, self.upheld = [], set(), False

    @property
    def row(self):
        return Project.objects.get(pk=self.code)

    def done(self, service, **given):
        """Whether the service did it; where it refused, it left no trace."""
        length = self.row.audit_n
        try:
            with transaction.atomic():
                service(project=self.code, **given)
        except REFUSALS:
            assert self.row.audit_n == length
            return False
        return True

    @precondition(lambda self: ONWARD.get(self.state))
    @rule(which=st.integers(0, 4))
    def go(self, which):
        """An act that the published table lists here."""
        names = sorted(ONWARD[self.state])
        name = names[which % len(names)]
        if self.done(act, cast=self.cast, name=name):
            target, found = ONWARD[self.state][name], self.row.state
            assert found in (AFTER_LOSS if target == "…" else {target})
            self.archived, self.state = self.state, found

    @rule(name=st.sampled_from(ACTS))
    def go_astray(self, name):
        if name not in ONWARD.get(self.state, {}):
            assert not self.done(act, cast=self.cast, name=name)

    @rule(days=st.sampled_from([1, 4, 25]))
    def wait(self, days):
        later(days=days)

    @rule()
    def object(self):
        if self.done(objections.object, actor=self.cast["tbr"], text="业绩认定有误,请复核"):
            assert self.standing in OBJECTED  # what stops a project does not stop the window
            self.told.append(self.row.objections.latest("received_at").pk)

    @precondition(lambda self: self.told)
    @rule(accept=st.booleans(), which=st.integers(0, 3))
    def review(self, accept, which):
        one = self.told[which % len(self.told)]
        given = {"accept": accept, "reason": "" if accept else "超出异议的期限"}
        if self.done(objections.review_objection, actor=self.owner, objection=one, **given):
            assert one not in self.open
            if accept:
                self.open.add(one)
                self.stop()

    @precondition(lambda self: self.told)
    @rule(upheld=st.booleans(), which=st.integers(0, 3))
    def answer(self, upheld, which):
        one = self.told[which % len(self.told)]
        given = {"upheld": upheld, "answer": "经复核,答复如下"}
        if self.done(objections.answer_objection, actor=self.owner, objection=one, **given):
            self.open.remove(one)
            self.upheld |= upheld

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 3))
    def withdraw(self, which):
        one = self.told[which % len(self.told)]
        if self.done(objections.withdraw_objection, actor=self.cast["tbr"], objection=one):
            self.open.remove(one)

    @rule()
    def order(self):
        given = {"document": "南建监〔2025〕9号"}
        if self.done(halting.order_suspension, actor=self.cast["zjj"], **given):
            assert self.state in ORDERED
            self.ordered = True
            self.stop()

    @rule(by=st.sampled_from(["zbr1", "zjj"]))
    def resume(self, by):
        if self.done(halting.resume, actor=self.cast[by]):
            assert (self.state, self.open, self.upheld) == ("suspended", set(), False)
            assert by == "zjj" or not self.ordered
            self.state, self.ordered = self.before, False

    @precondition(lambda self: self.told)
    @rule(outcome=st.sampled_from(["reevaluate", "fail"]), which=st.integers(0, 3))
    def uphold(self, outcome, which):
        one = self.told[which % len(self.told)]
        given = {"because": one, "outcome": outcome}
        if self.done(halting.uphold, actor=self.owner, **given):
            assert (self.state, self.open, self.upheld) == ("suspended", set(), True)
            self.state = {"reevaluate": "evaluating", "fail": "failed"}[outcome]
            self.upheld = self.ordered = False

    @precondition(lambda self: self.state == "awarding")
    @rule()
    def vote(self):
        """The whole committee attends, and one round is held as the plan asks for it."""
        self.done(hold_a_round, cast=self.cast)

    def stop(self):
        if self.state != "suspended":
            self.before, self.state = self.state, "suspended"

    @property
    def standing(self):
        """The state but for what merely stops or files it."""
        return {"suspended": self.before, "archived": self.archived}.get(self.state, self.state)

    @property
    def owner(self):
        return self.cast["zbr1"]

    @invariant()
    def the_row_stands_where_the_model_does(self):
        assert self.row.state == self.state

    @invariant()
    def nothing_runs_over_an_accepted_objection(self):
        accepted = Objection.objects.filter(project=self.code, state="accepted")
        assert {one.pk for one in accepted} == self.open
        assert not self.open or self.state == "suspended"

    @invariant()
    def one_award_is_active_exactly_while_there_is_a_winner(self):
        active = Award.objects.filter(project=self.code, active=True).count()
        assert active == (self.standing in AWARDED)

    @invariant()
    def the_trail_replays_to_the_row(self):
        told = replaying.at(f"project/{self.code}", clock.now())
        assert told[f"evaluation_project {self.code}"]["state"] == self.state


AWARDED = {"awarded", "result_public", "notified", "contracted"}


def test_projects_live_as_published(ladder):
    Lives.ladder = ladder
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

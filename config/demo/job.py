"""The main job, step by step, through the same services that pages and API use.

Each step is a function of a `Job`; `STEPS` is their order with the state a lot has after it, so
that a test or a page can stop anywhere.
"""

from collections.abc import Callable

from config.demo.awarding import (
    award,
    ballot,
    begin_award,
    notify,
    object_and_answer,
    publish_candidates,
    publish_result,
)
from config.demo.evaluating import open_bids, reject, report, score, sign_in, start_evaluation
from config.demo.played import LOCAL, Job, end_failed, local, today, wait_until
from config.demo.tendering import (
    FACTOR,
    LEADER,
    PLACE,
    POLICY,
    award_members,
    award_plan,
    commit_draw,
    draw_experts,
    hand_in_bids,
    plan_award,
    publish_tender,
    register,
    request_draw,
    run_round,
    slots,
)

__all__ = [
    "FACTOR",
    "LEADER",
    "LOCAL",
    "PLACE",
    "POLICY",
    "STEPS",
    "Job",
    "Step",
    "award",
    "award_members",
    "award_plan",
    "ballot",
    "begin_award",
    "commit_draw",
    "draw_experts",
    "end_failed",
    "hand_in_bids",
    "local",
    "notify",
    "object_and_answer",
    "open_bids",
    "plan_award",
    "play",
    "publish_candidates",
    "publish_result",
    "publish_tender",
    "register",
    "reject",
    "report",
    "request_draw",
    "run_round",
    "score",
    "sign_in",
    "slots",
    "start_evaluation",
    "today",
    "wait_until",
]

Step = Callable[[Job], None]
STEPS: tuple[tuple[Step, str], ...] = (
    (register, "registered"),
    (plan_award, "registered"),
    (publish_tender, "tendering"),
    (hand_in_bids, "tendering"),
    (request_draw, "drawing"),
    (commit_draw, "drawing"),
    (draw_experts, "drawing"),
    (open_bids, "opened"),
    (sign_in, "opened"),
    (start_evaluation, "evaluating"),
    (score, "evaluating"),
    (report, "reported"),
    (publish_candidates, "candidates_public"),
    (object_and_answer, "candidates_public"),
    (begin_award, "awarding"),
    (award, "awarded"),
    (publish_result, "result_public"),
    (notify, "notified"),
)
"""Every step with the state of the (first) lot after it."""


def play(job: Job, until: Step = notify) -> None:
    """Play up to a step; a lot that cannot succeed is declared failed, and without lots it ends."""
    for step, _ in STEPS:
        step(job)
        end_failed(job)
        if step is until or not job.going:
            return

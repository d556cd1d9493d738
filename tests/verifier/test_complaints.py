"""Complaints: their steps are followed, and what a decision demands comes before all else."""

import pytest

from tests.verifier.case import STREAM, Case, first_fault
from tests.verifier.writer import canonical

FILED = ("filed", "", "filed", {})
HEARD = (FILED, ("accepted", "filed", "accepted", {}))
STOPPED = (
    ("clock_stopped", "accepted", "examining", {}),
    ("clock_resumed", "examining", "accepted", {}),
)


def decided(outcome, state="upheld"):
    return ("decided", "accepted", state, {"outcome": outcome})


def complained(*steps, then=()):
    """The day of the case, a complaint about it, and what the office made of that."""
    case = Case().write()
    for event, before, after, more in steps:
        told = {"complaint": {"code": "C1", "from": before, "to": after}, **more}
        case.add(STREAM, f"project.complaint_{event}", told)
    for event, before, after, more in then:
        case.step(event, before, after, because="C1", **more)
    return case


HALT = ("suspended", "awarded", "suspended", {})


@pytest.mark.parametrize(
    ("steps", "then"),
    [
        ((FILED, ("refused", "filed", "refused", {})), ()),
        ((*HEARD, *STOPPED, decided("", "not_upheld")), ()),
        ((*HEARD, decided("correct")), ()),
        ((*HEARD, ("withdrawn", "accepted", "withdrawn", {})), ()),
        (
            (*HEARD, decided("fail")),
            (HALT, ("upheld", "suspended", "failed", {"outcome": "fail"})),
        ),
    ],
    ids=["refused", "dismissed", "put right", "withdrawn", "void"],
)
def test_a_project_with_a_complaint_is_accepted(check, steps, then):
    report = check(complained(*steps, then=then).whole())
    assert (report.ok, report.first_bad) == (True, None)


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ((("accepted", "filed", "accepted", {}),), "complaint_accepted"),
        ((FILED, FILED), "complaint_filed"),
        ((FILED, decided("fail")), "complaint_decided"),
        ((*HEARD, STOPPED[1]), "complaint_clock_resumed"),
        ((*HEARD, decided("", "not_upheld"), decided("fail")), "complaint_decided"),
    ],
    ids=["out of nothing", "twice", "unheard", "never stopped", "decided twice"],
)
def test_a_step_that_the_law_does_not_know_is_named(check, steps, kind):
    found, text = first_fault(check, complained(*steps))
    assert (found, "不符合规定的办理程序" in text) == (kind, True)


@pytest.mark.parametrize(
    ("then", "found"),
    [
        (("resumed", "suspended", "awarded", {}), "投诉 C1 成立,尚未按决定办理即恢复"),
        (
            ("upheld", "suspended", "evaluating", {"outcome": "reevaluate"}),
            "投诉 C1 决定的处理为 fail,与办理的不同",
        ),
    ],
    ids=["resumed", "another effect"],
)
def test_what_was_decided_is_done(check, then, found):
    case = complained(*HEARD, decided("fail"), then=(HALT, then))
    assert first_fault(check, case) == (then[0], found)


def test_a_void_award_has_no_winner_in_the_report(check):
    steps = (*HEARD, decided("fail"))
    then = (HALT, ("upheld", "suspended", "failed", {"outcome": "fail"}))
    files = complained(*steps, then=then).whole()
    outcome = {"project": "NH-2025-002", "state": "failed", "candidates": [], "winner": ""}
    told = {**files, "report.json": canonical({"v": 1, "projects": [outcome]})}
    assert check(told).ok
    false = {**files, "report.json": canonical({"v": 1, "projects": [outcome | {"winner": "B2"}]})}
    assert not check(false).ok

"""The desk tells everyone which term is his, how long it runs, and since when it has passed."""

from datetime import timedelta

import pytest

from accounts.models import User
from award.models import Objection
from award.selectors.rules import today
from award.services import complaints, objections
from desk.selectors import terms
from rulebook.selectors import profiles
from tests.scenarios import later

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(ladder):
    return ladder["candidates_public"]


def due(actor, code):
    """(act, days left) of the terms of one project on somebody's desk."""
    return [
        (one.clock.act.partition(".")[2], one.days)
        for one in terms.of(actor)
        if one.project.pk == code
    ]


def acts(actor, code):
    return [act for act, _ in due(actor, code)]


def file(cast, code):
    complaints.complain(
        actor=cast["tbr"], project=code, matter="procedure", known_on=today(), text="请求查处"
    )
    return {"actor": cast["zjj"], "project": code, "complaint": f"{code}-C1"}


def test_an_objection_is_the_tenderers_and_three_days(cast, code):
    assert "review_objection" not in acts(cast["zbr1"], code)
    objections.object(actor=cast["tbr"], project=code, text="对业绩认定有异议,请复核合同金额")
    days = (Objection.objects.get(project=code).answer_due - today()).days
    assert ("review_objection", days) in due(cast["zbr1"], code)
    for account in ("zjj", "jyzx1", "jw", "tbr"):
        assert "review_objection" not in acts(cast[account], code)
    later(days=30)
    assert ("review_objection", days - 30) in due(cast["zbr1"], code)


def test_a_complaint_is_the_regulators_and_stands_still_when_stopped(cast, code):
    one = file(cast, code)
    accept = (profiles.calendar().add_working_days(today(), 3) - today()).days
    assert due(cast["zjj"], code) == [("review_complaint", accept)]
    complaints.review_complaint(**one, accept=True)
    decide = (profiles.calendar().add_working_days(today(), 30) - today()).days
    assert due(cast["zjj"], code) == [("decide_complaint", decide)]
    complaints.stop_complaint_clock(**one, reason="appraisal")
    assert due(cast["zjj"], code) == [("resume_complaint_clock", None)]
    assert "decide_complaint" not in acts(cast["zbr1"], code)


@pytest.mark.parametrize(
    ("rung", "account", "act"),
    [
        ("reported", "zbr1", "draft_candidates"),
        ("awarding", "zbr1", "decide"),
        ("awarded", "jyzx1", "publish_result"),
        ("result_public", "zbr1", "notify"),
        ("notified", "zbr1", "contract"),
    ],
)
def test_each_state_has_its_term_on_the_desk_of_who_must_act(ladder, cast, rung, account, act):
    assert acts(cast[account], ladder[rung]) == [act]
    assert acts(cast["jw"], ladder[rung]) == []


def test_overdue_is_said_on_the_page_with_its_article(cast, code, client):
    file(cast, code)
    client.force_login(User.objects.get(pk="zjj"))
    assert "已逾期" not in client.get("/").content.decode()
    later(days=20)
    page = client.get("/").content.decode()
    late = today() - profiles.calendar().add_working_days(today() - timedelta(days=20), 3)
    assert f"已逾期 {late.days} 日" in page
    assert "《中华人民共和国招标投标法实施条例》第六十一条第二款" in page


def test_a_bidder_has_no_terms_of_others(cast, code):
    file(cast, code)
    assert terms.of(cast["tbr"]) == []

"""The act page: fill in, look, do, receipt; and what it does with mistakes and refusals."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from audit_log.selectors import trail
from audit_log.services import clock
from evaluation.models import Project
from evaluation.services import scoring
from tests.desk.doors import filled_in, sign_in, text_of

DEADLINE = "2027-03-01T09:30"


@pytest.fixture
def clerk(cast):
    return sign_in(cast["zbr1"])


@pytest.fixture
def page(ladder):
    return f"/project/{ladder['registered']}/publish-tender/"


TYPED = {
    "code": "T1-A",
    "title": "操场翻修",
    "group": "T1",
    "lot": "A",
    "region": "330402",
    "trade": "construction",
    "compulsory": "true",
    "funds": "state",
    "regime": "ranked_first",
    "ranked": "true",
    "ceiling_fen": "2,300,000.50",
}


@pytest.fixture
def registration(clerk):
    """Fill in the registration form: what it starts from, what is typed, what a test changes."""
    prefilled = filled_in(text_of(clerk.get("/project/new/register/")))

    def typed(**changed: str) -> dict[str, str]:
        return prefilled | TYPED | changed

    return typed


def test_filling_in_leads_to_a_confirmation_and_changes_nothing(clerk, ladder, page):
    before = trail.standing().entries
    response = clerk.post(page, {"step": "confirm", "deadline": DEADLINE})
    assert "2027-03-01 09:30" in text_of(response)
    assert f'<input type="hidden" name="deadline" value="{DEADLINE}">' in text_of(response)
    assert trail.standing().entries == before


def test_confirming_does_it_and_shows_the_receipt(clerk, ladder, page):
    response = clerk.post(page, {"step": "do", "deadline": DEADLINE}, follow=True)
    row = Project.objects.get(pk=ladder["registered"])
    assert row.state == "tendering"
    assert bytes(row.audit_hash).hex() in text_of(response)
    assert f"第 {row.audit_n} 条" in text_of(response)


def test_a_second_submission_is_refused_and_harmless(clerk, ladder, page):
    clerk.post(page, {"step": "do", "deadline": DEADLINE})
    before = trail.standing().entries
    again = clerk.post(page, {"step": "do", "deadline": DEADLINE})
    assert again.status_code == 409
    assert "项目现为“招标中”" in text_of(again)
    assert trail.standing().entries == before


def test_a_refusal_names_rule_and_article_and_keeps_what_was_typed(clerk, page):
    soon = f"{localtime(clock.now()) + timedelta(days=5):%Y-%m-%dT%H:%M}"
    response = clerk.post(page, {"step": "do", "deadline": soon})
    assert response.status_code == 409
    assert f'value="{soon}"' in text_of(response)
    assert "R32" in text_of(response)
    assert "《中华人民共和国招标投标法》第二十四条" in text_of(response)


def test_a_mistake_is_named_in_the_summary_and_linked_to_its_field(clerk, page):
    response = clerk.post(page, {"step": "confirm", "deadline": ""})
    assert response.status_code == 422
    summary = re.search(r'<a href="#(f-[a-z]+)">投标截止时间:请填写</a>', text_of(response))
    assert summary is not None
    assert f'id="{summary[1]}"' in text_of(response)


def test_money_is_typed_in_yuan_and_kept_in_fen(clerk, registration):
    clerk.post("/project/new/register/", registration(step="do"))
    assert Project.objects.get(pk="T1-A").ceiling_fen == 230_000_050


def test_a_yes_or_no_question_is_never_answered_by_silence(clerk, registration):
    typed = registration(step="confirm")
    del typed["compulsory"]
    response = clerk.post("/project/new/register/", typed)
    assert response.status_code == 422
    assert "依法必须招标:请选择“是”或者“否”" in text_of(response)


@pytest.mark.parametrize("amount", ["", "很多", "1.234", "-5"])
def test_what_is_no_amount_is_a_mistake(clerk, registration, amount):
    response = clerk.post("/project/new/register/", registration(step="do", ceiling_fen=amount))
    assert response.status_code == 422
    assert f'value="{amount}"' in text_of(response)


def test_going_back_keeps_every_value(clerk, registration):
    response = clerk.post("/project/new/register/", registration(step="back"))
    assert 'value="2,300,000.50"' in text_of(response)
    assert 'value="操场翻修"' in text_of(response)


def test_what_a_service_finds_wrong_stands_at_its_field(clerk, registration, ladder):
    code = ladder["registered"]
    response = clerk.post("/project/new/register/", registration(step="do", code=code))
    assert response.status_code == 422
    assert "标段编号:标段编号已存在" in text_of(response)


def test_a_score_sheet_is_a_table_with_names_and_is_read_by_row(ladder):
    scoring.start_evaluation(actor=ladder.cast["jyzx1"], project=ladder["opened"])
    row = ladder.project("opened")
    part = row.parts.filter(relation="seated", kind="representative").first()
    client = sign_in(ladder.cast[part.person])
    page = f"/project/{row.pk}/seal-sheet/"
    drawn = text_of(client.get(page))
    bids = list(row.bids.filter(rejected_for="").select_related("bidder").order_by("bidder_id"))
    assert all(bid.bidder.name in drawn for bid in bids)
    typed = {"step": "do"}
    for place, bid in enumerate(bids):
        typed |= {f"scores[{place}]bidder": bid.bidder_id, f"scores[{place}]factor": "total"}
        typed[f"scores[{place}]score"] = "88.50"
    assert client.post(page, typed).status_code == 302
    part.refresh_from_db()
    assert part.sealed_at is not None


def test_another_row_is_added_without_losing_the_typed_ones(ladder):
    client = sign_in(ladder.cast["jyzx1"])
    page = f"/project/{ladder['tendering']}/start-draw/"
    rows = text_of(client.get(page)).count('name="slots[')
    typed = {"step": "more:slots", "slots[0]slot": "造价"}
    grown = text_of(client.post(page, typed))
    assert 'value="造价"' in grown
    assert grown.count('name="slots[') == 2 * rows // 3


def test_the_receipt_opens_for_its_holder_only(client, clerk, page):
    response = clerk.post(page, {"step": "do", "deadline": DEADLINE})
    address, _, key = response.url.partition("?key=")
    assert client.get(response.url).status_code == 200
    assert client.get(address).status_code == 404
    assert client.get(f"{address}?key={key[:-1]}").status_code == 404

"""The API: the same acts, receipts, problem details, and a schema that validates."""

import json

import pytest
from django.core.management import call_command

from accounts.acts import ACTS
from audit_log.services import clock
from desk.api.problems import MEDIA_TYPE
from desk.web.acting import AT_THE_DOOR
from evaluation.models import Project
from tests.desk.doors import sign_in

MEMBERS = {"type", "title", "status", "detail", "code", "blockers", "errors"}


@pytest.fixture
def clerk(cast):
    return sign_in(cast["zbr1"])


def post(client, page: str, **data):
    return client.post(f"/api/v1/{page}", data, content_type="application/json")


def assert_problem(response, status: int, code: str) -> dict:
    body = json.loads(response.content)
    assert (response.status_code, response["Content-Type"]) == (status, MEDIA_TYPE)
    assert set(body) == MEMBERS
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    return body


def test_an_act_answers_with_its_receipt(clerk, ladder):
    page = f"projects/{ladder['registered']}/publish-tender/"
    response = post(clerk, page, deadline="2027-03-01T09:30:00+08:00")
    row = Project.objects.get(pk=ladder["registered"])
    assert (response.status_code, row.state) == (201, "tendering")
    assert response.json() == {
        "stream": f"project/{row.pk}",
        "n": row.audit_n,
        "hash": bytes(row.audit_hash).hex(),
    }


def test_a_refusal_carries_every_reason_with_its_article(clerk, ladder):
    now = clock.now().isoformat()
    response = post(clerk, f"projects/{ladder['opened']}/publish-tender/", deadline=now)
    body = assert_problem(response, 409, "refused")
    assert [reason["code"] for reason in body["blockers"]] == ["wrong_state"]
    assert set(body["blockers"][0]) == {
        "code", "message", "rule", "basis", "level", "value", "profile"
    }  # fmt: skip


def test_a_field_that_is_none_is_refused(clerk, ladder):
    page = f"projects/{ladder['registered']}/publish-tender/"
    body = assert_problem(post(clerk, page, deadline="2027-03-01", extra=1), 422, "invalid")
    assert set(body["errors"]) == {"extra"}


def test_a_field_of_a_row_that_is_none_is_refused(cast, ladder):
    page = f"projects/{ladder['tendering']}/start-draw/"
    slots = [{"slot": "1", "specialty": "A08", "count": 1, "counts": 2}]
    response = post(sign_in(cast["jyzx1"]), page, slots=slots)
    assert set(assert_problem(response, 422, "invalid")["errors"]) == {"counts"}


def test_a_missing_field_is_named(clerk, ladder):
    page = f"projects/{ladder['registered']}/publish-tender/"
    assert set(assert_problem(post(clerk, page), 422, "invalid")["errors"]) == {"deadline"}


def test_somebody_elses_act_is_forbidden_and_somebody_elses_project_is_not_there(cast, ladder):
    page = f"projects/{ladder['registered']}/publish-tender/"
    assert_problem(post(sign_in(cast["jyzx1"]), page), 403, "not_allowed")
    assert_problem(post(sign_in(cast["tbr"]), page), 404, "not_found")
    assert_problem(post(sign_in(cast["tbr"]), "projects/none/publish-tender/"), 404, "not_found")


def test_a_visitor_is_told_to_sign_in(client, ladder):
    assert_problem(client.get("/api/v1/projects/"), 401, "not_authenticated")


def test_an_address_that_is_none_is_a_problem_too(clerk):
    assert_problem(clerk.get("/api/v1/nothing/"), 404, "not_found")


def test_reading_gives_what_the_pages_give(cast, ladder):
    client, code = sign_in(cast["zbr1"]), ladder["opened"]
    listed = {row["code"] for row in client.get("/api/v1/projects/").json()["results"]}
    page = client.get(f"/api/v1/projects/{code}/").json()
    assert code in listed
    assert (page["code"], page["state"]) == (code, "opened")
    assert "project.start_evaluation" in {offer["act"] for offer in page["acts"]}


def test_entries_keep_closed_contents_closed(cast, ladder):
    entries = sign_in(cast["tbr"]).get(f"/api/v1/entries/project/{ladder['awarded']}/").json()
    closed = {entry["title"] for entry in entries if entry["entry"] is None}
    assert {"开启评分", "开启选票", "评委签到"} <= closed
    assert {"开启投标文件"} & closed == set()


def test_a_draw_names_nobody_before_the_sign_in(cast, ladder):
    draw = ladder.project("drawing").draw
    page = sign_in(cast["jyzx1"]).get(f"/api/v1/draws/{draw}/").json()
    assert {seat["expert"] for seat in page["seats"]} <= {""}


def test_a_draw_names_its_experts_to_those_to_whom_its_page_does(cast, ladder):
    draw = ladder.project("reported").draw
    named = {
        account: [
            seat["expert"] != ""
            for seat in sign_in(cast[account]).get(f"/api/v1/draws/{draw}/").json()["seats"]
        ]
        for account in ("jyzx1", "jw", "zbr1")
    }
    assert named == {"jyzx1": [True] * 4, "jw": [True] * 4, "zbr1": [False] * 4}


def test_the_session_tells_who_is_signed_in(clerk, cast):
    body = clerk.get("/api/v1/session/").json()
    assert (body["id"], body["role"], body["org"]) == ("zbr1", "tenderer", cast["zbr1"].org)


def test_every_act_is_an_action_of_the_schema(client, db):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    found = {path["post"]["operationId"] for path in paths.values() if "post" in path}
    assert found == {name.replace(".", "_") for name in ACTS if name not in AT_THE_DOOR}


def test_the_schema_validates_without_a_warning(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "api.yaml"))

"""Recusal on the pages: what is on record, reading a party, trying out, declaring one's own."""

import pytest

from accounts.models import User
from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from config.demo import job as steps
from desk.selectors import things
from experts.models import AccountConflict, Expert, ExpertConflict
from experts.selectors import draws
from experts.services import conflicts
from tests.award.acting import JIA
from tests.desk.doors import sign_in, text_of
from tests.evaluation.tender import tender

pytestmark = pytest.mark.django_db
DOCUMENT = "ab" * 32
EXPERT = "E000001"


@pytest.fixture
def recorded(cast):
    given = {"kind": "kin", "party": JIA, "source": "register", "evidence": DOCUMENT}
    conflicts.record_expert(actor=cast["zjk"], expert=EXPERT, **given)
    conflicts.record_official(actor=cast["zjj"], account="jyzx1", **given)
    return cast


@pytest.mark.parametrize("account", ["zjk", "zjj", "jw"])
def test_an_expert_s_page_tells_kind_and_state_and_never_the_party(recorded, account):
    page = text_of(sign_in(recorded[account]).get(f"/expert/{EXPERT}/"))
    assert "近亲属为该单位主要负责人" in page
    assert f"/conflict/expert/{EXPERT}/{EXPERT}-H1/" in page
    assert JIA not in page


def test_looking_at_the_reading_page_reads_nothing_and_posting_it_is_an_entry(recorded):
    client = sign_in(recorded["zjj"])
    address = f"/conflict/expert/{EXPERT}/{EXPERT}-H1/"
    before = trail.events(f"expert/{EXPERT}")[-1]["n"]
    assert JIA not in text_of(client.get(address))
    assert trail.events(f"expert/{EXPERT}")[-1]["n"] == before
    page = text_of(client.post(address))
    assert JIA in page
    assert "甲方建设" in page
    assert trail.events(f"expert/{EXPERT}")[-1]["type"] == "expert.conflict_read"


@pytest.mark.parametrize(
    ("account", "address", "status"),
    [
        ("jyzx1", f"/conflict/expert/{EXPERT}/{EXPERT}-H1/", 404),
        ("zbr1", f"/conflict/expert/{EXPERT}/{EXPERT}-H1/", 404),
        ("jw", f"/conflict/expert/{EXPERT}/{EXPERT}-H1/", 200),
        ("zjk", f"/conflict/expert/{EXPERT}/{EXPERT}-H9/", 404),
        ("zjk", "/conflict/project/L-opened-1/x/", 404),
        ("zjj", "/conflict/account/jyzx1/jyzx1-H1/", 200),
        ("zbr1", "/conflict/account/jyzx1/jyzx1-H1/", 404),
        ("jyzx1", "/conflict/account/jyzx1/jyzx1-H1/", 200),
    ],
)
def test_who_gets_to_a_party(recorded, account, address, status):
    assert sign_in(recorded[account]).get(address).status_code == status


def test_an_expert_declares_his_own_on_his_page(cast):
    himself = Actor(EXPERT, "expert", Expert.objects.get(pk=EXPERT).employer)
    client = sign_in(himself)
    assert f"/expert/{EXPERT}/declare-conflict/" in text_of(client.get("/my/"))
    given = {"kind": "director", "party": JIA, "share": "", "valid_from": "2024-01-01"}
    response = client.post(
        f"/expert/{EXPERT}/declare-conflict/", given | {"valid_to": "", "step": "do"}
    )
    assert response.status_code == 302
    one = ExpertConflict.objects.get()
    assert (one.kind, one.source, one.valid_to) == ("director", "self", None)
    assert JIA not in text_of(client.get(f"/expert/{EXPERT}/"))


def test_an_official_sees_his_own_account_and_the_regulator_those_of_the_district(recorded):
    def seen(account):
        return set(things.accounts(recorded[account]).values_list("pk", flat=True))

    assert seen("zbr1") == {"zbr1"}
    assert seen("xtgl") == set(User.objects.values_list("pk", flat=True))
    assert {"jyzx1", "zbr1", "zjj"} <= seen("zjj")
    page = text_of(sign_in(recorded["zjj"]).get("/account/jyzx1/"))
    assert "jyzx1-H1" in page
    assert "确认回避情形" in page
    assert sign_in(recorded["zbr1"]).get("/account/jyzx1/").status_code == 404
    assert "jyzx1-H1" not in text_of(sign_in(recorded["xtgl"]).get("/account/jyzx1/"))


def test_an_official_declares_his_own_and_is_then_locked_out(ladder, cast):
    job = tender(ladder, steps.request_draw)
    client = sign_in(cast["jyzx1"])
    given = {"kind": "kin", "party": cast["zbr1"].org, "step": "do"}
    assert client.post("/account/jyzx1/declare-conflict/", given).status_code == 302
    assert AccountConflict.objects.get().person_id == "jyzx1"
    response = client.post(f"/draw/{job.draw}/review/", {"approve": "true", "step": "do"})
    assert response.status_code == 409
    assert "您与本项目的当事人有应当回避的情形" in text_of(response)


def test_a_trial_stands_on_the_draw_s_page_and_its_number_on_the_sheet(ladder, cast):
    job = tender(ladder, steps.request_draw)
    client = sign_in(cast["jyzx1"])
    response = client.post(f"/draw/{job.draw}/preview-recusal/", {"step": "do"})
    assert response.status_code == 302
    assert draws.trials(job.draw) == 1
    page = text_of(client.get(f"/draw/{job.draw}/"))
    assert "第 1 次试算" in page
    assert EXPERT not in page
    assert '<th scope="row">抽取前试算</th><td colspan="3">1 次</td>' in text_of(
        client.get(f"/draw-sheet/{job.draw}/")
    )


def test_the_commission_alone_reads_the_list(ladder, cast):
    job = tender(ladder, steps.request_draw)
    given = {"kind": "punished", "source": "credit", "evidence": DOCUMENT}
    conflicts.record_expert(actor=cast["zjk"], expert=EXPERT, **given)
    address = f"/draw-recusals/{job.draw}/"
    for account, status in (("jyzx1", 403), ("zbr1", 403), ("zjk", 404), ("jw", 200)):
        assert sign_in(cast[account]).get(address).status_code == status
    client = sign_in(cast["jw"])
    assert EXPERT not in text_of(client.get(address))
    page = text_of(client.post(address))
    assert f'<th scope="row">{EXPERT}</th>' in page
    assert "曾因招标投标活动中的违法行为受过处罚" in page
    assert draws.trials(job.draw) == 1


def test_after_the_freeze_the_list_is_closed(ladder, cast):
    job = tender(ladder, steps.commit_draw)
    page = text_of(sign_in(cast["jw"]).post(f"/draw-recusals/{job.draw}/"))
    assert "现在不能查阅" in page
    assert draws.trials(job.draw) == 0

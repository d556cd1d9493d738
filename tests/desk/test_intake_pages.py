"""The pages of a list of experts: handed in, watched, approved, downloaded; and the mode's page."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from experts.domain.pool_columns import COLUMNS
from experts.models import Expert, Intake
from experts.services import intakes, modes, progress
from tests.desk.doors import sign_in, text_of
from tests.experts import sheets

pytestmark = pytest.mark.django_db
NO = {"trial": "false", "complete": "false"}


def line(number: int, **changes):
    return sheets.line(number, **{"region": "330402", **changes})


def upload(*lines, name: str = "赵某某名单.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sheets.as_csv(lines).body)


def hand_in(client, *lines, **values) -> Intake:
    answer = client.post("/intakes/new/", {**NO, **values, "file": upload(*lines)})
    assert answer.status_code == 302
    return Intake.objects.get(pk=answer["Location"].strip("/").rpartition("/")[2])


def test_a_list_goes_over_the_pages_from_hand_to_pool(cast):
    owner, regulator = sign_in(cast["zjk"]), sign_in(cast["zjj"])
    row = hand_in(owner, line(1), line(2))
    page = text_of(owner.get(f"/intake/{row.pk}/"))
    assert f'hx-get="/intake/{row.pk}/progress/"' in page
    assert "等待系统办理" in page
    progress.tell(row.pk, "check", 1500, 42)
    assert 'value="42"' in text_of(owner.get(f"/intake/{row.pk}/progress/"))
    intakes.advance()
    assert owner.get(f"/intake/{row.pk}/progress/")["HX-Refresh"] == "true"
    assert "2 行全部通过校验" in text_of(owner.get(f"/intake/{row.pk}/"))
    assert "批准入库" not in text_of(owner.get(f"/intake/{row.pk}/"))
    assert "批准入库" in text_of(regulator.get(f"/intake/{row.pk}/"))
    done = regulator.post(f"/intake/{row.pk}/approve/", {"step": "do"})
    assert done.status_code == 302
    intakes.advance()
    assert "2 行全部入库" in text_of(owner.get(f"/intake/{row.pk}/"))
    assert Expert.objects.filter(pk__in=["N000001", "N000002"], state="active").count() == 2
    assert owner.get(f"/entry/system/{row.pk}/0/").status_code == 200


def test_faults_are_shown_and_downloaded_without_content_or_file_name(cast):
    owner = sign_in(cast["zjk"])
    row = hand_in(owner, line(1), line(2, phone="13900000001x", name="孙丙丁"))
    intakes.advance()
    page = text_of(owner.get(f"/intake/{row.pk}/"))
    report = text_of(owner.get(f"/intake/{row.pk}/report.csv"))
    assert report.splitlines() == [
        "\ufeff行号,列,值的类型,问题或者变更,说明,专家编号",
        "3,手机号码,文本(12 字),有误,应为 11 位手机号码或者带区号的固定电话,",
    ]
    assert [part for part in ("13900000001", "孙丙丁", "赵某某") if part in page + report] == []


def test_what_is_no_table_is_said_on_the_form(cast):
    owner = sign_in(cast["zjk"])
    answer = owner.post("/intakes/new/", {**NO, "file": SimpleUploadedFile("x.csv", b"\x00\x01")})
    assert answer.status_code == 422
    assert "文件是空的,或者不是 CSV、XLSX 表格" in text_of(answer)
    assert Intake.objects.count() == 0


def test_a_file_that_is_too_large_arrives_as_none(cast, monkeypatch):
    monkeypatch.setattr("desk.web.uploads.MOST_BYTES", 1000)
    answer = sign_in(cast["zjk"]).post(
        "/intakes/new/", {**NO, "file": upload(*map(line, range(99)))}
    )
    assert answer.status_code == 422
    assert Intake.objects.count() == 0


def test_templates_are_read_by_the_import_itself(cast):
    owner = sign_in(cast["zjk"])
    csv = owner.get("/intakes/template.csv").content
    xlsx = owner.get("/intakes/template.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx)).active
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    for body in (csv, xlsx):
        answer = owner.post(
            "/intakes/new/", {"trial": "true", "file": SimpleUploadedFile("t", body)}
        )
        intakes.advance()
        row = Intake.objects.get(pk=answer["Location"].strip("/").rpartition("/")[2])
        lines = [(one.line, one.column, one.note) for one in row.lines.all()]
        assert lines == [(2, "身份证件号码", "这是模板的示例行,请删除")]


@pytest.mark.parametrize("who", ["zbr1", "jyzx1", "jw", "tbr"])
def test_others_hand_nothing_in(cast, who):
    client = sign_in(cast[who])
    assert client.get("/intakes/new/").status_code == 403
    assert client.post("/intakes/new/", {**NO, "file": upload(line(1))}).status_code == 403


def test_others_see_no_import(cast):
    row = hand_in(sign_in(cast["zjk"]), line(1))
    client = sign_in(cast["zbr1"])
    pages = (f"/intake/{row.pk}/", f"/intake/{row.pk}/progress/", f"/intake/{row.pk}/report.csv")
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    assert client.get("/intakes/").status_code == 403


def test_the_api_takes_a_file_and_approves(cast):
    owner = sign_in(cast["zjk"])
    made = owner.post("/api/v1/intakes/new/receive/", {"file": upload(line(1)), "trial": "false"})
    assert made.status_code == 201
    code = made.json()["stream"].partition("/")[2]
    intakes.advance()
    regulator = sign_in(cast["zjj"])
    done = regulator.post(f"/api/v1/intakes/{code}/approve/", {}, content_type="application/json")
    assert done.status_code == 201
    assert Intake.objects.get(pk=code).state == "approved"


def test_the_mode_stands_on_every_page_and_two_administrators_change_it(cast):
    first, second = sign_in(cast["xtgl"]), sign_in(cast["aqgl"])
    assert "专家库 <strong>库主</strong>" in text_of(sign_in(cast["zbr1"]).get("/"))
    assert first.post("/mode/new/propose/", {"mode": "terminal", "step": "do"}).status_code == 302
    assert "须由安全管理员确认后生效" in text_of(second.get("/pool-mode/"))
    assert second.post("/mode/new/confirm/", {"mode": "terminal", "step": "do"}).status_code == 302
    assert modes.modes.current() == "terminal"
    assert "专家库 <strong>抽取终端</strong>" in text_of(sign_in(cast["zbr1"]).get("/"))
    owner = sign_in(cast["zjk"])
    assert "尚未导入库主的名单" in text_of(owner.get("/intakes/"))
    assert "申报入库" not in text_of(owner.get("/"))
    assert 'name="as_of"' in text_of(owner.get("/intakes/new/"))


def test_a_terminal_warns_on_the_page_of_its_draw(cast, ladder):
    modes.propose(actor=cast["xtgl"], mode="terminal")
    modes.confirm(actor=cast["aqgl"], mode="terminal")
    code = ladder.project("drawing").draw
    assert "尚未导入库主的名单" in text_of(sign_in(cast["jyzx1"]).get(f"/draw/{code}/"))

"""Verification on demand, evidence by the case, and how far the commission's tool has followed."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from audit_log.domain import checkpoint, merkle, segment
from audit_log.domain.note import Cosigner, decode64, parse_note
from audit_log.models import Checkpoint, Cosignature, Entry
from audit_log.services import alarms, sealer
from desk.domain import audience
from desk.web import doors, verifying
from evaluation.models import Project
from evaluation.services import projects
from tests.desk.commission import elsewhere, entries
from tests.desk.doors import sign_in, text_of
from tests.test_reconcile import tampering

pytestmark = pytest.mark.django_db
WITNESS = Cosigner("test.witness/one", bytes(range(32)))


@pytest.fixture
def client(cast):
    return sign_in(cast["jw"])


@pytest.fixture
def witness(settings):
    """The commission's key, handed over."""
    told = {"vkey": str(WITNESS.key), "draw_key": ""}
    settings.WITNESS_VKEY_FILE.write_text(json.dumps(told))


def parts(client) -> list[tuple[str, list[str]]]:
    found = client.post("/trail/verify/").context["parts"]
    return [(part.title, [fault.where for fault in part.faults]) for part in found]


def cosign(size: int, seconds: int = 1_767_225_600) -> None:
    note = Checkpoint.objects.get(pk=size).note
    line = WITNESS.cosign(parse_note(note).text, seconds)
    Cosignature.objects.create(size=size, line=line)


def test_nothing_is_verified_before_it_is_asked_for(client):
    assert client.get("/trail/verify/").context["parts"] is None


def test_a_whole_log_is_verified_and_compared_with_every_table(client):
    assert parts(client) == [
        ("流水、链、树、检查点、签名", []),
        ("流水之外的留存:索引、树节点、队列、附件、密封信封", []),
        ("业务表与流水推演的逐行逐列对照", []),
    ]
    page = text_of(client.post("/trail/verify/"))
    size = Checkpoint.objects.order_by("-size").first().size
    assert f"流水 {size} 条、检查点 {Checkpoint.objects.count()} 个" in page
    assert "没有发现不一致" in page


def test_a_changed_row_is_named(client, ladder):
    code = ladder["awarded"]
    with tampering():
        Project.objects.filter(pk=code).update(winner="91330499DM00000000")
        page = text_of(client.post("/trail/verify/"))
    assert "发现不一致 1 处" in page
    where, why = re.search(r'<tr><th scope="row">([^<]+)</th><td>([^<]+)</td></tr>', page).groups()
    assert where == f"evaluation_project {code}"
    assert "winner" in why


def test_an_entry_that_is_gone_is_said_and_breaks_no_page(client, ladder):
    row = Entry.objects.filter(stream=f"project/{ladder['awarded']}").order_by("n")[2]
    with tampering():
        Entry.objects.filter(pk=row.pk).delete()
        response = client.post("/trail/verify/")
    assert response.status_code == 200
    assert "发现不一致" in text_of(response)


def test_more_faults_than_a_page_shows_are_counted(client, ladder, monkeypatch):
    monkeypatch.setattr(verifying, "SHOWN", 3)
    with tampering():
        Project.objects.update(title="改过的名称")
        page = text_of(client.post("/trail/verify/"))
    count = Project.objects.count()
    assert f"发现不一致 {count} 处" in page
    assert f"前 3 处,共 {count} 处" in page
    assert page.count('<tr><th scope="row">evaluation_project') == 3


def test_of_a_long_log_the_newest_part_is_verified_and_that_is_said(client, monkeypatch):
    monkeypatch.setattr(segment, "LENGTH", 64)
    monkeypatch.setattr(verifying, "WHOLE", 50)
    assert parts(client) == [("最新部分的流水、检查点、签名", [])]
    page = text_of(client.post("/trail/verify/"))
    size = Checkpoint.objects.order_by("-size").first().size
    start = (size - 50) // 64 * 64
    assert f"总日志第 {start} 条起,流水 {size - start} 条" in page
    assert "未核验" in page


def bundle(client, query: str = "") -> tuple[int, dict[str, bytes]]:
    response = client.get(f"/trail/evidence/{query}")
    if response.status_code != 200:
        return response.status_code, {}
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return 200, {name: archive.read(name) for name in archive.namelist()}


def test_the_commission_takes_the_whole_log(client):
    status, members = bundle(client)
    size = Checkpoint.objects.order_by("-size").first().size
    assert (status, members["entries.jsonl"].count(b"\n")) == (200, size)


def test_the_commission_takes_one_case(client, ladder):
    code = ladder["archived"]
    status, members = bundle(client, f"?project={code}")
    streams = {json.loads(line)["stream"] for line in members["entries.jsonl"].splitlines()}
    assert (status, streams) == (
        200,
        {f"project/{code}", f"draw/{ladder.project('archived').draw}"},
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("registered", 409),
        ("tendering", 409),
        ("drawing", 409),
        ("opened", 200),
        ("terminated", 409),
    ],
)
def test_one_case_is_taken_after_its_opening_only(client, ladder, state, status):
    """Its entries would tell how many bids there are."""
    assert bundle(client, f"?project={ladder[state]}")[0] == status


def test_a_case_of_another_district_is_as_if_there_were_none(ladder):
    client = sign_in(elsewhere())
    refused = [
        client.get(f"/trail/evidence/?project={code}") for code in (ladder["archived"], "none")
    ]
    assert [one.status_code for one in refused] == [404, 404]
    assert [one.context["refusal"] for one in refused] == ["没有找到这个标段。"] * 2


def test_the_audit_administrator_takes_nothing_that_his_pages_withhold(cast, ladder):
    client = sign_in(cast["sjgl"])
    assert [bundle(client)[0], bundle(client, f"?project={ladder['archived']}")[0]] == [403, 403]
    assert "下载整份日志" not in text_of(client.get("/trail/verify/"))
    readers = {role for role in ("commission", "audit_admin") if audience.reads_everything(role)}
    assert readers == {"commission"}


def test_a_checkpoint_is_handed_out_as_it_was_signed(client, witness):
    last = Checkpoint.objects.order_by("-size").first()
    cosign(last.size)
    text = text_of(client.get(f"/trail/checkpoint/{last.size}/"))
    assert text == last.note + Cosignature.objects.get(size=last.size).line
    assert client.get(f"/trail/checkpoint/{last.size + 1}/").status_code == 404


def test_the_listed_proofs_link_every_checkpoint_with_the_one_before(client, monkeypatch):
    monkeypatch.setattr(doors, "PER_PAGE", 4)
    sizes = list(Checkpoint.objects.order_by("-size").values_list("size", flat=True))
    page = text_of(client.get("/trail/witness/"))
    links = re.findall(r'href="(/trail/consistency/(\d+)/(\d+)/)"', page)
    assert [(int(new), int(old)) for _, old, new in links] == list(pairwise(sizes[:5]))
    for address, _, _ in links:
        told = json.loads(client.get(address).content)
        old, new = (Checkpoint.objects.get(pk=told[end]) for end in ("from", "to"))
        proof = [decode64(node) for node in told["proof"]]
        assert merkle.verify_consistency(
            old.size, new.size, proof, bytes(old.root), bytes(new.root)
        )
        assert checkpoint.parse(parse_note(new.note).text).root == bytes(new.root)


@pytest.mark.parametrize("sizes", ["0/1", "5/5", "9999998/9999999"])
def test_there_is_no_proof_between_what_was_not_sealed(client, sizes):
    assert client.get(f"/trail/consistency/{sizes}/").status_code == 404


def figures(client) -> dict[str, str]:
    page = text_of(client.get("/trail/witness/"))
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page))


def test_without_a_witness_everything_is_in_doubt(client):
    size = Checkpoint.objects.order_by("-size").first().size
    assert figures(client) == {
        "最后见证的条目数": "0",
        "最后封存的条目数": str(size),
        "已封存、未见证": str(size),
        "未封存": "0",
        "存疑窗口(条)": str(size),
    }
    assert "尚未登记监督方公钥" in text_of(client.get("/trail/witness/"))


def test_the_window_is_what_lies_above_the_last_cosignature(client, witness, cast, ladder):
    newest, before = Checkpoint.objects.order_by("-size")[:2]
    cosign(before.size)
    projects.terminate(actor=cast["zbr1"], project=ladder["registered"], reason="建设内容调整")
    above = newest.size - before.size
    assert figures(client) == {
        "最后见证的条目数": str(before.size),
        "最后封存的条目数": str(newest.size),
        "已封存、未见证": str(above),
        "未封存": "1",
        "存疑窗口(条)": str(above + 1),
    }
    page = client.get("/trail/witness/")
    assert page.context["watch"].cosigned_at == datetime.fromtimestamp(1_767_225_600, UTC)
    assert "最早一条写于" in text_of(page)


def test_when_all_is_cosigned_there_is_no_window(client, witness):
    cosign(sealer.seal().size)
    page = client.get("/trail/witness/")
    assert (page.context["watch"].window, page.context["watch"].oldest) == (0, None)
    assert "没有等候见证的条目" in text_of(page)


def test_a_line_of_another_key_closes_no_window(client, witness):
    last = Checkpoint.objects.order_by("-size").first()
    line = Cosigner("test.witness/one", bytes(32)).cosign(parse_note(last.note).text, 1)
    Cosignature.objects.create(size=last.size, line=line)
    found = client.get("/trail/witness/").context["watch"]
    assert (found.cosigned, found.cosigned_at, found.window) == (0, None, last.size)


def test_what_the_witness_refused_is_shown_in_words(client):
    alarms.keep(12, 409, "4711")
    page = text_of(client.get("/trail/witness/"))
    assert "409 4711" in page
    assert "这里可能是旧备份" in page


def test_the_checkpoints_come_in_pages(client, monkeypatch):
    monkeypatch.setattr(doors, "PER_PAGE", 5)
    sizes = [
        str(one) for one in Checkpoint.objects.order_by("-size").values_list("size", flat=True)
    ]
    page = text_of(client.get("/trail/witness/?page=2")).partition("监督方联署时间")[2]
    assert re.findall(r'<td class="number">(\d+)</td>', page) == sizes[5:10]


def test_a_trail_of_one_case_has_the_seal_of_its_entries(client, ladder):
    told = entries(stream=f"project/{ladder['archived']}")
    page = text_of(client.get(f"/trail/?stream={ladder['archived']}"))
    assert page.count("已封存</span>") == min(len(told), doors.PER_PAGE)

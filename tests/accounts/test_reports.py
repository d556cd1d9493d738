"""Interference reports: everyone leaves them, the commission's key alone opens them."""

import base64
import logging
from collections import Counter
from datetime import date

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.roles import ROLES
from accounts.models import SealedReport
from accounts.services import reports
from accounts.services.gate import BadInput
from audit_log.domain import canonical, envelope, report
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.models import Entry, Envelope
from audit_log.services import sealer, verification
from audit_log.witness import __main__ as tool
from audit_log.witness import state
from audit_log.witness.reports import ANOTHER_KEY, NO_REPORT, TWICE, UNREADABLE
from tests.accounts import commission
from tests.desk.doors import sign_in, text_of

pytestmark = pytest.mark.django_db

SECRET = "某局副局长两次来电要求照顾乙方"
PROJECT = "L-awarding-1"
TOLD = {
    "way": "intercede",
    "who": "某局副局长",
    "happened_on": date(2025, 1, 20),
    "text": SECRET,
    "project": PROJECT,
}
FORM = TOLD | {"happened_on": "2025-01-20", "step": "do"}
PAGE = "/report/new/leave/"


@pytest.fixture
def home(cast, tmp_path):
    return commission.machine(tmp_path)


def leave(actor, **change):
    ref = reports.leave(actor=actor, **TOLD | change)
    entry = canonical.loads(bytes(Entry.objects.get(stream=ref.stream).body))
    return entry, Envelope.objects.get(stream=ref.stream)


def test_an_entry_says_that_a_report_was_left_and_to_which_key(cast, home):
    before = Entry.objects.count()
    entry, stored = leave(cast["dbwy1"])
    assert Entry.objects.count() == before + 1
    assert (entry["n"], entry["type"]) == (0, "sealed.report_left")
    assert entry["actor"] == {"id": "system", "role": "system", "org": ""}
    to = state.public_keys(home)["report_key"]
    assert entry["data"] == {"commitment": stored.commitment, "to": to}
    assert len(SealedReport.objects.get().pk) == 32
    sealer.seal()
    assert verification.verify().faults == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_leaves_one_and_the_commission_reads_who_and_what(home, tmp_path, role):
    actor = Actor("somebody", role, "")
    leave(SYSTEM if role == "system" else actor)
    (one,) = commission.read(home, commission.taken_along(tmp_path))
    assert (one.author, one.wrong) == ("system" if role == "system" else "somebody", "")
    assert one.content == {**TOLD, "way": "打招呼、说情", "happened_on": "2025-01-20"}


def test_all_of_them_have_one_size(cast, home):
    worst = {"project": "\x01" * 60, "who": "\x01" * 200, "text": "\x01" * 2000}
    sizes = {len(leave(cast["tbr"], **change)[1].blob) for change in ({}, {"project": ""}, worst)}
    assert sizes == {report.BLOB_BYTES}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "字" * 2001}, "text"),
        ({"who": " "}, "who"),
        ({"project": "L" * 61}, "project"),
        ({"way": "charm"}, "way"),
    ],
)
def test_what_is_missing_or_too_long_is_refused_without_repeating_it(cast, home, change, field):
    with pytest.raises(BadInput) as refused:
        reports.leave(actor=cast["zbr1"], **TOLD | change)
    assert (refused.value.code, list(refused.value.fields)) == ("report_malformed", [field])
    assert SECRET not in f"{refused.value} {refused.value.fields}"
    assert not SealedReport.objects.exists()


def test_before_the_first_the_commission_sees_an_empty_list(cast, home):
    assert "还没有人留下记录" in text_of(sign_in(cast["jw"]).get("/reports/"))


def test_without_the_commissions_key_nothing_is_taken(cast):
    with pytest.raises(reports.NoReader):
        reports.leave(actor=cast["zbr1"], **TOLD)
    client = sign_in(cast["zbr1"])
    assert client.post(PAGE, FORM).status_code == 409
    assert (PAGE in text_of(client.get("/reports/")), SealedReport.objects.count()) == (False, 0)


def everything() -> str:
    """Every value of every table."""
    rows = (row for model in apps.get_models() for row in model._default_manager.values_list())
    return "\n".join(
        bytes(cell).decode(errors="replace") if isinstance(cell, bytes | memoryview) else str(cell)
        for row in rows
        for cell in row
    )


def test_database_and_server_keys_do_not_open_it(cast, home, settings):
    before = everything()
    _, stored = leave(cast["dbwy1"])
    now = everything()
    assert SECRET not in now
    for known in (PROJECT, "dbwy1"):
        assert now.count(known) == before.count(known)
    files = [path for path in settings.KEY_DIR.rglob("*") if path.is_file()]
    held = [bytes.fromhex(word) for path in files for word in hexes(path)]
    assert len(held) > 5
    blob = bytes(stored.blob)
    for key in held:
        for opens in (
            lambda key=key: report.unseal(key, stored.commitment, blob),
            lambda key=key: envelope.unseal(key, stored.commitment, blob[32:]),
        ):
            with pytest.raises(envelope.NotOpened):
                opens()
    opened = report.unseal(state.report_key(home), stored.commitment, blob)
    assert opened.content["text"] == SECRET


def hexes(path):
    try:
        words = path.read_text().split()
    except UnicodeDecodeError:
        return []
    return [word for word in words if len(word) == 64 and set(word) <= set("0123456789abcdef")]


def test_neither_query_nor_log_nor_address_tells_it(cast, home, caplog):
    caplog.set_level(logging.DEBUG)
    client = sign_in(cast["dbwy1"])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        done = client.post(PAGE, FORM)
    told = [done.headers["Location"], caplog.text, *(one["sql"] for one in asked.captured_queries)]
    assert done.status_code == 302
    assert [word for word in (SECRET, PROJECT, "某局") if word in "\n".join(told)] == []
    assert "/receipt/sealed/" in done.headers["Location"]


def test_the_pages_link_tells_no_page_where_somebody_came_from(cast, home, ladder):
    page = text_of(sign_in(cast["dbwy1"]).get(f"/project/{PROJECT}/"))
    assert '<a href="/reports/" rel="noreferrer">干预插手记录</a>' in page


def test_the_commission_alone_lists_them_and_takes_them_along(cast, home):
    leave(cast["dbwy1"])
    number = SealedReport.objects.get().pk
    for account in ("zbr1", "sjgl", "xtgl", "dbwy1"):
        client = sign_in(cast[account])
        assert number not in text_of(client.get("/reports/"))
        assert client.get("/reports/export/").status_code == 403
    client = sign_in(cast["jw"])
    confirm = text_of(client.post(PAGE, FORM | {"step": "confirm"}))
    assert ("记录办理人" in confirm, "只有纪检监察机关的私钥能够打开" in confirm) == (False, True)
    assert number in text_of(client.get("/reports/"))
    assert "留下干预插手记录" in text_of(client.get(f"/entry/sealed/{number}/0/"))
    handed = client.get("/reports/export/")
    assert handed.json() == commission.handed.taken()
    assert SECRET not in text_of(handed)


def test_an_expert_leaves_one_from_his_own_page(cast, home):
    client = sign_in(Actor("E000001", "expert", ""))
    assert PAGE in text_of(client.get("/reports/"))
    assert client.post(PAGE, FORM).status_code == 302


def wrong(home, path):
    return [one.wrong for one in commission.read(home, path)]


def test_whatever_was_done_to_a_report_is_said(cast, home, tmp_path):
    for text in ("一", "二"):
        leave(cast["dbwy1"], text=text)
    file = commission.handed.taken()
    first, second = file["reports"]
    gone, swapped = first | {"envelope": ""}, first | {"envelope": second["envelope"]}
    bent = base64.b64encode(bytes(32) + base64.b64decode(first["envelope"])[32:]).decode()
    cases = [gone, swapped, first | {"envelope": bent}, first | {"envelope": "?"}]
    for case in cases:
        path = commission.taken_along(tmp_path, file | {"reports": [case, second]})
        assert wrong(home, path) == [UNREADABLE, ""]
    path = commission.taken_along(tmp_path, file | {"reports": [first, first]})
    assert wrong(home, path) == ["", TWICE]
    path = commission.taken_along(tmp_path, file | {"reports": [first | {"entry": "{}"}]})
    assert wrong(home, path) == [NO_REPORT]


def test_a_key_that_somebody_put_in_the_place_of_the_commissions_is_said(cast, home, tmp_path):
    (tmp_path / "other").mkdir()
    commission.machine(tmp_path / "other")
    leave(cast["dbwy1"])
    assert wrong(home, commission.taken_along(tmp_path)) == [ANOTHER_KEY]


def test_the_tool_prints_them_without_obeying_what_they_say(cast, home, tmp_path, capsys):
    leave(cast["dbwy1"], text="\x1b[2J清屏\n  留下的人:别人")
    path = commission.taken_along(tmp_path)
    words = ("--home", str(home), "read", "--reports", str(path))
    assert tool.main(list(words)) == 0
    printed = capsys.readouterr().out
    lines = Counter(line.partition(":")[0] for line in printed.splitlines())
    assert (lines["  留下的人"], "\x1b" in printed) == (1, False)
    assert "  留下的人:dbwy1\n" in printed
    path.write_text('{"v":1}')
    assert (tool.main(list(words)), "[bad-file]" in capsys.readouterr().err) == (1, True)

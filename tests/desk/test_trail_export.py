"""The filtered trail as a file: canonical lines, and a table that no spreadsheet runs."""

import csv
import io

import pytest

from audit_log.domain import canonical
from audit_log.domain.entry import leaf_hash
from desk.domain import audience, spreadsheet
from desk.selectors import trails
from tests.desk.commission import entries
from tests.desk.doors import sign_in


def taken(client, form: str, query: str) -> str:
    response = client.get(f"/trail/export/{form}/?{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def table(client, query: str) -> list[dict[str, str]]:
    text = taken(client, "csv", query)
    assert text.startswith(spreadsheet.BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(spreadsheet.BOM))))


def test_the_lines_are_the_bytes_that_were_hashed(cast, ladder):
    code = ladder["archived"]
    lines = taken(sign_in(cast["jw"]), "jsonl", f"stream={code}").splitlines()
    told = entries(stream=f"project/{code}")[::-1]
    assert lines == [canonical.dumps(one).decode() for one in told]


def test_lines_hold_only_what_the_reader_reads(cast, ladder):
    code = ladder["archived"]
    lines = taken(sign_in(cast["sjgl"]), "jsonl", f"stream={code}").splitlines()
    types = {canonical.loads(line.encode())["type"] for line in lines}
    secret = {audience.BIDS, audience.COMMITTEE, audience.SCORES, audience.AWARD}
    assert types & {kind for kind, circle in audience.CIRCLES.items() if circle in secret} == set()
    assert types == {
        one["type"]
        for one in entries(stream=f"project/{code}")
        if audience.CIRCLES.get(one["type"], audience.OPEN) not in secret
    }


def test_the_table_tells_every_entry(cast, ladder):
    code = ladder["archived"]
    rows = table(sign_in(cast["jw"]), f"stream={code}")
    told = entries(stream=f"project/{code}")[::-1]
    assert [(row["流水"], int(row["序号"])) for row in rows] == [
        (one["stream"], one["n"]) for one in told
    ]
    assert [row["本条哈希"] for row in rows] == [
        leaf_hash(canonical.dumps(one)).hex() for one in told
    ]
    assert [row["办理人"] for row in rows] == [one["actor"]["id"] for one in told]


def test_a_table_names_the_rules_that_decided(cast, ladder):
    rows = table(sign_in(cast["jw"]), f"stream={ladder['failed']}&type=project.failed")
    assert [row["依据"] for row in rows] == ["R33"]


def test_before_the_opening_a_table_tells_no_number_and_no_bid(cast, ladder):
    stream = f"project/{ladder['tendering']}"
    rows = table(sign_in(cast["jw"]), f"stream={stream}")
    told = entries(stream=stream)[::-1]
    shown = [one for one in told if one["type"] != "project.bid_sealed"]
    published = entries(stream=stream, type="project.tender_published")[0]["n"]
    assert [row["类型"] for row in rows] == [one["type"] for one in shown]
    assert [row["序号"] for row in rows] == [
        str(one["n"]) if one["n"] <= published else "" for one in shown
    ]
    lines = taken(sign_in(cast["jw"]), "jsonl", f"stream={stream}").splitlines()
    assert lines == [canonical.dumps(one).decode() for one in told if one["n"] <= published]


def test_an_export_is_written_chunk_by_chunk_in_order(cast, monkeypatch):
    monkeypatch.setattr(trails, "CHUNK", 7)
    rows = table(sign_in(cast["jw"]), "kind=expert")
    told = entries(stream__startswith="expert/")[::-1]
    assert [(row["流水"], int(row["序号"])) for row in rows] == [
        (one["stream"], one["n"]) for one in told
    ]


def test_there_is_no_other_form(cast):
    assert sign_in(cast["jw"]).get("/trail/export/xlsx/").status_code == 404


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1", "  =1", "\u3000@a"],
)
def test_no_cell_is_a_formula(text):
    assert spreadsheet.cell(text) == f"'{text}"
    assert next(csv.reader(io.StringIO(spreadsheet.lines([[text]]), newline="")))[0][0] == "'"


@pytest.mark.parametrize("text", ["", "R16", "2025-07-01", "project/A-1", "甲方建设", "1=1"])
def test_other_cells_stay_as_they_are(text):
    assert spreadsheet.cell(text) == text


def test_a_cell_keeps_its_commas_quotes_and_lines():
    text = spreadsheet.lines([['a,"b"\nc', "d"]])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [['a,"b"\nc', "d"]]

"""Who was drawn: until he signs in, nothing that can be read ties an expert's code to a draw."""

import json
import zipfile

import pytest

from tests.secrets import planted
from tests.secrets.planted import ENTRIES, names, naming, stream

pytestmark = pytest.mark.processes

OWN = {"experts_expert", "experts_expertspecialty", "accounts_person", "accounts_personkey"}
"""Tables of the pool and of the vault, in which every expert stands, drawn or not."""


@pytest.fixture(scope="module")
def known(played):
    """What nobody may know: the draw, and who was drawn."""
    return json.loads((played / "known.json").read_text())


def test_only_his_own_rows_and_stream_name_a_drawn_expert(played, known):
    found = naming(played / "drawn", *known["drawn"])
    assert set(found) == {*OWN, ENTRIES}
    assert {stream(row) for row in found[ENTRIES]} == {f"expert/{one}" for one in known["drawn"]}


def test_what_names_a_drawn_expert_names_no_draw_and_no_project(played, known):
    rows = [row for rows in naming(played / "drawn", *known["drawn"]).values() for row in rows]
    assert [row for row in rows if names(row, [known["draw"], planted.TENDER])] == []


def test_being_drawn_leaves_no_trace_on_an_expert(played):
    before, after = (planted.rows(played / stage) for stage in ("tendering", "drawn"))
    for table in OWN:
        assert before[table] == after[table]
    told = [[row for row in one[ENTRIES] if "\nexpert/" in row] for one in (before, after)]
    assert told[0] == told[1]


def test_the_evidence_of_the_case_names_him_only_after_the_sign_in(played, known):
    told = []
    for stage in ("drawn", "scored"):
        with zipfile.ZipFile(played / stage / "case.zip") as case:
            body = b"".join(case.read(name) for name in case.namelist()).decode()
        told.append([code for code in known["drawn"] if code in body])
    assert told == [[], known["drawn"]]


def test_no_log_and_no_session_names_him(played, known):
    for name in ("other.log", "sessions.json"):
        assert not names((played / "drawn" / name).read_text(), known["drawn"])


def test_a_message_names_neither_expert_nor_project_nor_draw(played, known):
    messages = [path.read_text() for path in (played / "drawn" / "outbox").iterdir()]
    phones = {message.splitlines()[0] for message in messages}
    assert phones == {f"100998877{code[-2:]}" for code in known["drawn"]}
    assert len(messages) == known["sent"] == 2 * len(known["drawn"])
    hidden = [planted.NAME, known["draw"], planted.TENDER, known["title"], *known["drawn"]]
    assert [message for message in messages if names(message, hidden)] == []


def test_after_the_sign_in_the_draw_tells_who_he_is(played, known):
    found = naming(played / "scored", *known["drawn"])
    drawn = f"draw/{known['draw']}"
    told = [row for row in found[ENTRIES] if stream(row) == drawn]
    assert {"experts_seat", "evaluation_part"} <= set(found)
    assert [any(code in row for row in told) for code in known["drawn"]] == [True] * 4

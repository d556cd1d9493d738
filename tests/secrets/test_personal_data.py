"""Names, numbers and phones lie in the vault alone, and there only under its keys.

Planted people go through the pool, a draw, their invitations and their browsers. Searched is every
column of every table, what was logged (all SQL with its values), messages, bundles and sessions.
"""

import io
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import OneTimeLink, Person, PersonKey
from accounts.services import vault
from accounts.services.gate import BadInput
from accounts.services.outbox import send_due
from audit_log.services import sealer
from desk.services import bundle
from experts.models import Draw
from experts.services import answers
from tests.experts import world
from tests.secrets.planted import forms, holds

pytestmark = pytest.mark.django_db

PEOPLE = {
    f"T{number:05d}": {
        "name": f"欧阳植名{number}",
        "id_number": f"776655443{number:08d}X",
        "phone": f"19{number:09d}",
    }
    for number in range(40_000_001, 40_000_013)
}


def secrets() -> list[str]:
    return [value for person in PEOPLE.values() for value in person.values()]


def held_by(body: bytes) -> list[str]:
    """The planted values that the bytes hold in any form."""
    return [value for value in secrets() if holds(body, value)]


def cells() -> Iterator[tuple[str, bytes]]:
    """`table.column` → all its values as bytes, for every column of the database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
            for place, name in enumerate(names):
                yield f"{table}.{name}", b"\n".join(raw(row[place]) for row in rows)


def raw(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


@pytest.fixture
def heard(caplog) -> Iterator[pytest.LogCaptureFixture]:
    """Everything logged at DEBUG, SQL with its values included."""
    before, connection.force_debug_cursor = connection.force_debug_cursor, True
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "django.db.backends"):
        yield caplog
    connection.force_debug_cursor = before


@pytest.fixture
def lived(heard, ladder, settings, tmp_path) -> pytest.LogCaptureFixture:
    """Planted people entered, drawn, invited, answering; one of them tried again."""
    settings.DATA_DIR = tmp_path / "data"
    world.found()
    numbers = zip(range(1, 13), PEOPLE.items(), strict=True)
    given = [world.application(n, code=code, person=one) for n, (code, one) in numbers]
    world.enter(*given)
    with pytest.raises(BadInput) as refused:
        world.enter({**given[0], "code": "T-AGAIN"})
    logging.getLogger("tests").error("%s %s", refused.value, refused.value.fields)
    world.commit()
    seats = world.draw_round()
    assert send_due(10_000) == len(seats)
    for token in tokens():
        assert Client().get(f"/i/{token}/").status_code == 302
    answers.answer(actor=seats[0].actor, draw="T-D1", answer="accepted")
    assert send_due(10_000) == 1
    sealer.seal_now()
    return heard


def outbox() -> list[Path]:
    return sorted((settings.DATA_DIR / "outbox").iterdir())


def tokens() -> list[str]:
    return [path.read_text().split(":")[-1].strip() for path in outbox()]


def logged(heard: pytest.LogCaptureFixture) -> str:
    """All that was logged so far, since the first plant was set."""
    records = [*heard.get_records("setup"), *heard.get_records("call")]
    return "\n".join(record.getMessage() for record in records)


def test_no_column_of_any_table_holds_a_planted_value(lived):
    searched = dict(cells())
    assert len(searched) > 100
    assert {place: held_by(body) for place, body in searched.items() if held_by(body)} == {}


def test_the_search_finds_what_is_there(lived):
    names = "".join(PEOPLE)
    assert names[:9] in dict(cells())["accounts_person.code"].decode()
    value = secrets()[1]
    assert [holds(b"x" + form + b"y", value) for form in forms(value)] == [True] * len(forms(value))
    OneTimeLink.objects.update(subject=value)
    assert held_by(dict(cells())["accounts_onetimelink.subject"]) == [value]


def test_the_vault_alone_reads_them(lived):
    rows = Person.objects.filter(pk__in=PEOPLE)
    assert {row.pk: vault.reveal(row.pk) for row in rows} == PEOPLE


def test_nothing_logged_holds_a_planted_value(lived):
    text = logged(lived)
    assert "INSERT INTO" in text
    assert "该证件号码已有专家档案" in text
    assert held_by(text.encode()) == []


def test_a_message_holds_the_number_it_goes_to_and_nothing_else_of_the_person(lived):
    phones = {person["phone"] for person in PEOPLE.values()}
    assert len(outbox()) == 4
    for path in outbox():
        address, _, text = path.read_text().partition("\n")
        assert address in phones
        assert held_by(text.encode()) == []
        assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_no_session_holds_a_planted_value(lived):
    sessions = [str(row.get_decoded()) for row in Session.objects.all()]
    assert len(sessions) == 3
    assert held_by("\n".join(sessions).encode()) == []


@pytest.mark.parametrize("case", [False, True])
def test_no_bundle_holds_a_planted_value(lived, ladder, case):
    body = bundle.build(project=ladder["archived"] if case else "")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert {name: held_by(data) for name, data in members.items() if held_by(data)} == {}


def test_no_bundle_holds_a_number_or_phone_of_anyone_in_the_pool(ladder):
    people = [vault.reveal(key.person_id) for key in PersonKey.objects.all()]
    values = [person[field] for person in people for field in ("id_number", "phone")]
    for project in ("", ladder["archived"]):
        with zipfile.ZipFile(io.BytesIO(bundle.build(project=project))) as archive:
            whole = b"\n".join(archive.read(name) for name in archive.namelist())
        assert [value for value in values if value.encode() in whole] == []


def test_static_files_of_the_log_hold_no_planted_value(lived):
    files = [path.read_bytes() for path in settings.TILES_DIR.rglob("*") if path.is_file()]
    assert len(files) > 1
    assert held_by(b"\n".join(files)) == []


def test_a_change_of_the_vault_s_key_brings_nothing_to_light(lived):
    call_command("rotate_vault_key")
    assert held_by(logged(lived).encode()) == []
    assert held_by(b"\n".join(body for _, body in cells())) == []


def test_the_draw_is_of_planted_people(lived):
    drawn = {world.Named.of().expert[seat.candidate] for seat in Draw(pk="T-D1").seats.all()}
    assert drawn <= PEOPLE.keys()

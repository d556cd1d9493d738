"""Lists of experts from a file: checked whole, approved by another, written whole or not at all."""

from datetime import date

import pytest

from accounts.models import Person
from accounts.services import vault
from accounts.services.gate import NotAllowed
from audit_log.models import Entry
from audit_log.selectors import trail
from audit_log.services import keys, reconciling
from experts.models import Expert, ExpertSpecialty, Intake, IntakeLine, IntakePart
from experts.selectors.intakes import approving
from experts.services import intakes
from tests.experts import sheets, world
from tests.experts.sheets import as_csv, as_xlsx, line

pytestmark = pytest.mark.django_db


def handed_in(file, **given) -> Intake:
    ref = intakes.receive(actor=world.POOL_OWNER, file=file, **given)
    return Intake.objects.get(pk=ref.stream.partition("/")[2])


def checked(file, **given) -> Intake:
    row = handed_in(file, **given)
    assert intakes.advance() == 1
    return Intake.objects.get(pk=row.pk)


def written(file) -> Intake:
    row = checked(file)
    intakes.approve(actor=world.REGULATOR, intake=row.pk)
    assert intakes.advance() == 1
    return Intake.objects.get(pk=row.pk)


def faults(row: Intake) -> list[tuple[int, str, str, str]]:
    lines = IntakeLine.objects.filter(owner=row).order_by("line", "pk")
    return [(one.line, one.column, one.kind, one.what) for one in lines]


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(lambda lines: as_csv(lines), id="UTF-8"),
        pytest.param(lambda lines: as_csv(lines, "utf-8-sig"), id="UTF-8 with a mark"),
        pytest.param(lambda lines: as_csv(lines, "gb18030"), id="GB18030"),
        pytest.param(lambda lines: as_xlsx(lines), id="XLSX"),
    ],
)
def test_everyone_in_a_sound_list_enters_with_his_own_entries(district, file):
    row = written(file([line(1), line(2), line(3)]))
    assert (row.state, row.rows, row.counts) == ("done", 3, {"new": 3})
    told = [event["type"] for event in trail.events("expert/N000001")]
    assert told == [
        "expert.applied",
        "expert.review_begun",
        "expert.review_passed",
        "expert.entered",
    ]
    expert = Expert.objects.get(pk="N000001")
    assert (expert.state, expert.years, expert.term_to) == ("active", 12, date(2028, 12, 31))
    held = ExpertSpecialty.objects.filter(expert=expert).order_by("-main", "code")
    assert list(held.values_list("code", "main")) == [
        ("A080104", True),
        ("A050101", False),
        ("A060101", False),
    ]
    assert vault.reveal("N000001") == {
        "name": "钱乙1",
        "id_number": sheets.id_number(1),
        "phone": "10000000001",
    }
    assert reconciling.reconcile().faults == []


def test_each_entry_of_an_expert_names_the_approval_and_the_two_persons(district):
    row = written(as_csv([line(1)]))
    approved = trail.lines(row.stream, type="system.intake_approved")[0]
    first, begun = trail.events("expert/N000001")[:2]
    assert first["data"]["refs"] == [
        {"stream": row.stream, "n": approved.value["n"], "hash": approved.hash}
    ]
    assert first["actor"]["id"] == world.POOL_OWNER.id
    assert begun["actor"]["id"] == world.REGULATOR.id


def test_the_pool_owner_may_not_approve_his_own_list(district):
    row = checked(as_csv([line(1)]))
    with pytest.raises(NotAllowed):
        intakes.approve(actor=world.POOL_OWNER, intake=row.pk)


def test_one_bad_line_keeps_everybody_out(district):
    bad = line(2, id_number=sheets.id_number(2)[:-1] + "?", years="三年")
    row = checked(as_csv([line(1), bad]))
    assert (row.state, row.rows, row.faults) == ("faulty", 2, 2)
    assert faults(row) == [
        (3, "身份证件号码", "文本(18 字)", "id_number_form"),
        (3, "从业年限", "文本(2 字)", "years_form"),
    ]
    assert [one.code for one in approving(row)] == ["wrong_state"]
    assert not Expert.objects.filter(pk__startswith="N0000").exists()


def test_what_is_met_twice_or_known_already_is_told_by_its_line(district):
    written(as_csv([line(1)]))
    row = checked(
        as_csv(
            [
                line(1),
                line(2, id_number=sheets.id_number(1)),
                line(3),
                line(3, id_number=sheets.id_number(4)),
                line(5, id_number=sheets.id_number(3)),
            ]
        )
    )
    assert [(number, what) for number, _, _, what in faults(row)] == [
        (2, "code_taken"),
        (2, "person_known"),
        (3, "person_repeated"),
        (3, "person_known"),
        (5, "code_repeated"),
        (6, "person_repeated"),
    ]


def test_where_the_pool_moved_after_the_check_nothing_is_written(district):
    row = checked(as_csv([line(1), line(2)]))
    intakes.approve(actor=world.REGULATOR, intake=row.pk)
    world.enter(world.application(7, code="N000002"))
    before = Entry.objects.count()
    assert intakes.advance() == 1
    row = Intake.objects.get(pk=row.pk)
    assert (row.state, [what for *_, what in faults(row)]) == ("faulty", ["code_taken"])
    assert Entry.objects.count() == before + 1
    assert not Expert.objects.filter(pk="N000001").exists()


def test_a_crash_in_the_middle_leaves_nothing_and_the_next_start_goes_on(district, monkeypatch):
    lines = [line(number) for number in range(1, 1203)]
    row = checked(as_csv(lines))
    intakes.approve(actor=world.REGULATOR, intake=row.pk)
    before = (Entry.objects.count(), Person.objects.count())

    class PowerCut(BaseException):
        pass

    from experts.services import intake_write

    taken = []

    def cut(name, stage, done, percent):
        taken.append(done)
        if stage == "write" and done > 600:
            raise PowerCut

    monkeypatch.setattr(intake_write.progress, "tell", cut)
    with pytest.raises(PowerCut):
        intakes.advance()
    assert taken == [500, 1000]
    assert (Entry.objects.count(), Person.objects.count()) == before
    assert Intake.objects.get(pk=row.pk).state == "approved"
    monkeypatch.undo()
    assert intakes.advance() == 1
    assert Intake.objects.get(pk=row.pk).state == "done"
    assert Expert.objects.filter(pk__startswith="N00").count() == 1202


def test_the_file_and_its_key_are_gone_when_the_import_is_over(
    district, django_capture_on_commit_callbacks
):
    row = handed_in(as_csv([line(1)]))
    assert IntakePart.objects.filter(owner=row).count() == 1
    assert len(keys.read(f"secrets/{row.pk}")) == 32
    with django_capture_on_commit_callbacks(execute=True):
        intakes.withdraw(actor=world.POOL_OWNER, intake=row.pk)
    assert IntakePart.objects.filter(owner=row).count() == 0
    with pytest.raises(keys.KeyMissing):
        keys.read(f"secrets/{row.pk}")


def test_a_trial_ends_with_the_check(district):
    row = checked(as_csv([line(1)]), trial=True)
    assert (row.state, row.counts) == ("checked", {"new": 1})
    assert world.refused(intakes.approve, actor=world.REGULATOR, intake=row.pk) == ["trial_only"]
    assert IntakePart.objects.filter(owner=row).count() == 0


def test_nothing_written_in_the_file_is_in_trail_report_or_row(district):
    secret = line(1, name="孙丙丁", phone="13900000001x")
    row = checked(as_csv([secret, line(2)]))
    told = "".join(
        bytes(body).decode()
        for body in Entry.objects.filter(stream=row.stream).values_list("body", flat=True)
    )
    report = "".join(str(vars(one)) for one in IntakeLine.objects.filter(owner=row))
    for text in ("孙丙丁", "13900000001", sheets.id_number(1)):
        assert text not in told + report + str(vars(row))
    assert b"\xe5\xad\x99" not in bytes(
        IntakePart.objects.values_list("blob", flat=True).first() or b""
    )


def test_the_hash_of_the_file_is_committed_to_with_salt(district):
    import hashlib

    file = as_csv([line(1)])
    row = handed_in(file)
    data = trail.events(row.stream)[0]["data"]
    assert data["commitment"] == row.commitment
    assert hashlib.sha256(file.body).hexdigest() not in str(data)

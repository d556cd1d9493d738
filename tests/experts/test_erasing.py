"""Erasing a person: nobody can tell who he was, and every proof stands."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Person, PersonKey
from accounts.services import vault
from accounts.services.gate import BadInput, NotAllowed, NotFound
from audit_log.selectors import trail
from audit_log.services import clock, reconciling, replaying, sealer, verification
from audit_log.verifier import verify as outside
from desk.services import bundle
from experts.models import Expert
from experts.selectors import pool as reading
from experts.services import erasing, pool
from rulebook.domain.blockers import Refused
from tests.experts.world import EVIDENCE, POOL_OWNER, REGULATOR, STRANGERS, application, enter, last

pytestmark = pytest.mark.django_db

CODE = "T00001"


@pytest.fixture
def gone(dozen) -> Expert:
    """An expert who has left the pool."""
    pool.exit(actor=POOL_OWNER, expert=CODE, ground="age")
    return Expert.objects.get(pk=CODE)


def erase(actor=POOL_OWNER, expert=CODE, ground="request"):
    return erasing.erase(actor=actor, expert=expert, ground=ground)


def reasons(**given) -> list[str]:
    with pytest.raises(Refused) as refused:
        erase(**given)
    return [one.code for one in refused.value.blockers]


def test_who_was_erased_cannot_be_read_and_his_expert_stays(gone):
    ref = erase()
    with pytest.raises(PersonKey.DoesNotExist):
        vault.reveal(CODE)
    row = Expert.objects.get(pk=CODE)
    assert (ref.stream, row.state, row.audit_n) == (f"expert/{CODE}", "exited", ref.n)
    assert last(f"expert/{CODE}", "expert.erased") == {"ground": "request"}
    assert bytes(Person.objects.get(pk=CODE).blob) == b""


def test_the_tag_that_could_find_him_is_gone_too(gone):
    before = bytes(Person.objects.get(pk=CODE).identity_tag)
    erase()
    assert bytes(Person.objects.get(pk=CODE).identity_tag) != before
    again = application(1, code="T-AGAIN")
    enter(again)
    assert vault.reveal("T-AGAIN") == again["person"]


def test_the_log_verifies_before_and_after(gone, tmp_path):
    verdicts = []
    for name in ("before", "after"):
        if name == "after":
            erase()
        sealer.seal()
        inside = verification.verify().faults + reconciling.reconcile().faults
        report = outside.verify(str(bundle.write(tmp_path / f"{name}.zip")))
        verdicts.append((inside, report.faults))
    assert verdicts == [([], []), ([], [])]


def test_replay_says_that_the_person_is_erased_and_since_when(gone):
    before = clock.now()
    erase()
    after = clock.now()
    stream = f"expert/{CODE}"
    change = (f"accounts_person {CODE}", "erased", False, True)
    assert change in replaying.difference(stream, before, after)
    assert replaying.at(stream, before)[f"accounts_person {CODE}"] == {"erased": False}


def test_a_person_erased_behind_the_program_s_back_is_found(dozen):
    vault.forget(CODE)
    found = [(fault.where, fault.why) for fault in reconciling.reconcile().faults]
    assert found == [(f"accounts_person {CODE}", "erased 按流水应为 False,实为 True")]


def test_who_is_in_the_pool_is_not_erased(dozen):
    assert reasons() == ["wrong_state"]
    assert vault.reveal(CODE)["phone"] == "10000000001"


def test_who_may_never_come_back_stays_known(dozen):
    pool.disqualify(actor=REGULATOR, expert=CODE, ground="benefit", decision=EVIDENCE)
    assert reasons() == ["wrong_state"]


def test_nobody_is_erased_twice(gone):
    erase()
    assert reasons() == ["person_erased"]


def test_who_was_erased_does_not_apply_again_under_his_code(gone):
    erase()
    assert [one.code for one in reading.reapplying(Expert.objects.get(pk=CODE))] == [
        "person_erased"
    ]
    with pytest.raises(Refused) as refused:
        pool.reapply(actor=POOL_OWNER, expert=CODE)
    assert [one.code for one in refused.value.blockers] == ["person_erased"]


@pytest.mark.parametrize(
    ("actor", "refusal"), [(REGULATOR, NotAllowed), (STRANGERS, NotFound)], ids=["other", "far"]
)
def test_the_pool_s_owner_alone_erases(gone, actor, refusal):
    with pytest.raises(refusal):
        erase(actor)
    assert vault.reveal(CODE)["phone"] == "10000000001"


def test_a_ground_is_one_of_the_law_s(gone):
    with pytest.raises(BadInput):
        erase(ground="because")


def test_the_command_erases_for_an_account_of_the_pool_s_owner(ladder, capsys):
    row = Expert.objects.filter(state="active").order_by("pk").first()
    pool.exit(actor=ladder.cast["zjk"], expert=row.pk, ground="age")
    call_command("forget_person", row.pk, "--by", "zjk", "--ground", "retention")
    assert capsys.readouterr().out == f"{row.pk} 的个人信息已注销\n"
    told = trail.last_event(row.stream, "expert.erased")
    assert (told["actor"]["id"], told["data"]) == ("zjk", {"ground": "retention"})


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ("nobody", "没有这个账号:nobody"),
        ("zjj", "您的岗位不能办理这一事项"),
        ("zjk", "该专家现为“在库”,不能注销个人信息"),
    ],
)
def test_the_command_says_why_it_refuses(ladder, account, message):
    row = Expert.objects.filter(state="active").order_by("pk").first()
    with pytest.raises(CommandError, match=message):
        call_command("forget_person", row.pk, "--by", account, "--ground", "request")

"""The vault's key changes: everybody stays readable, the old key opens nothing and is gone."""

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import Person, PersonKey
from accounts.services import vault
from audit_log.domain.entry import Ref
from audit_log.selectors import trail
from audit_log.services import keys, reconciling

pytestmark = pytest.mark.django_db

NEW = {"name": "钱乙", "id_number": "000000199001010011", "phone": "10000000001"}


@pytest.fixture
def people(ladder) -> dict[str, dict[str, str]]:
    """Everyone in the vault, as read before the change."""
    return everyone()


def everyone() -> dict[str, dict[str, str]]:
    return {code: vault.reveal(code) for code in Person.objects.values_list("pk", flat=True)}


def wrapped_by() -> dict[int, int]:
    """Number of the key → how many data keys it wraps."""
    found: dict[int, int] = {}
    for number in PersonKey.objects.values_list("kek", flat=True):
        found[number] = found.get(number, 0) + 1
    return found


def told() -> list[dict[str, int]]:
    return [event["data"] for event in trail.events("system/vault", vault.ROTATED)]


@pytest.mark.parametrize("batch", [1, 7, 500])
def test_after_the_change_everyone_is_read_as_before_under_the_new_key(people, monkeypatch, batch):
    monkeypatch.setattr(vault, "BATCH", batch)
    assert vault.rotate() == Ref("system/vault", 0, trail.line("system/vault", 0).hash)
    assert wrapped_by() == {2: len(people)}
    assert keys.vault_keys() == [2]
    assert everyone() == people
    assert told() == [{"kek": 2, "persons": len(people)}]


def test_the_old_key_is_destroyed_and_opens_no_row_of_today(people):
    old = keys.read("vault.1.kek")
    vault.rotate()
    with pytest.raises(keys.KeyMissing):
        keys.read("vault.1.kek")
    keys.write("vault.3.kek", old)
    code = min(people)
    PersonKey.objects.filter(pk=code).update(kek=3)
    with pytest.raises(InvalidTag):
        vault.reveal(code)


def test_a_person_is_recognised_by_his_number_whatever_key_wraps(people):
    vault.rotate()
    known = people[min(people)]
    with pytest.raises(IntegrityError), transaction.atomic():
        vault.store([("again", known)])
    vault.store([("T-NEW", NEW)])
    assert PersonKey.objects.get(pk="T-NEW").kek == 2
    assert vault.reveal("T-NEW") == NEW


def test_an_interruption_after_the_new_key_was_made_is_taken_up(people):
    keys.create_vault_key()
    vault.store([("T-NEW", NEW)])
    assert wrapped_by() == {1: len(people), 2: 1}
    vault.rotate()
    assert wrapped_by() == {2: len(people) + 1}
    assert keys.vault_keys() == [2]


def test_an_interruption_in_the_middle_is_taken_up(people, monkeypatch):
    monkeypatch.setattr(vault, "BATCH", 10)
    last = PersonKey.objects.order_by("pk").last()
    PersonKey.objects.filter(pk=last.pk).update(wrapped=bytes(60))
    with pytest.raises(InvalidTag):
        vault.rotate()
    assert keys.vault_keys() == [1, 2]
    assert 0 < wrapped_by()[2] < len(people)
    assert told() == []
    PersonKey.objects.filter(pk=last.pk).update(wrapped=bytes(last.wrapped))
    vault.rotate()
    assert everyone() == people
    assert keys.vault_keys() == [2]


def test_an_interruption_before_the_old_key_was_destroyed_tells_it_once(people):
    old = keys.read("vault.1.kek")
    vault.rotate()
    keys.write("vault.1.kek", old)
    assert vault.rotate() is None
    assert keys.vault_keys() == [2]
    assert len(told()) == 1


def test_keys_change_again_and_again(people):
    vault.rotate()
    vault.rotate()
    assert keys.vault_keys() == [3]
    assert [data["kek"] for data in told()] == [2, 3]
    assert everyone() == people


def test_without_a_key_there_is_nothing_to_change(ladder):
    keys.destroy("vault.1.kek")
    with pytest.raises(keys.KeyMissing):
        vault.rotate()
    assert keys.vault_keys() == []


def test_who_was_forgotten_stays_forgotten_even_with_an_old_copy_of_his_key(people):
    code = min(people)
    copy = PersonKey.objects.get(pk=code)
    vault.forget(code)
    with pytest.raises(PersonKey.DoesNotExist):
        vault.reveal(code)
    vault.rotate()
    copy.save(force_insert=True)
    with pytest.raises(keys.KeyMissing):
        vault.reveal(code)


def test_who_was_forgotten_can_be_entered_again_under_another_code(people):
    code = min(people)
    vault.forget(code)
    vault.store([("T-NEW", people[code])])
    assert vault.reveal("T-NEW") == people[code]


def test_the_command_changes_the_key_and_every_row_still_agrees(people, capsys):
    call_command("rotate_vault_key")
    assert capsys.readouterr().out == "个人信息库现用第 2 号密钥,旧密钥已销毁\n"
    assert reconciling.reconcile().faults == []
    assert sorted(path.name for path in settings.KEY_DIR.glob("vault.*")) == ["vault.2.kek"]

"""The vault: a person is read with the keys of this installation, and once forgotten never."""

import pytest
from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, transaction

from accounts.models import Person, PersonKey
from accounts.services import vault
from audit_log.services import keys

pytestmark = pytest.mark.django_db

ANNA = {"name": "王甲子", "id_number": "000000198001150001", "phone": "10000000001"}
BERT = {"name": "李乙丑乙丑乙丑", "id_number": "000000198001150002", "phone": "10000000002"}


@pytest.fixture
def stored(ladder):
    vault.store([("V1", ANNA), ("V2", BERT)])


def other_keys(settings, tmp_path):
    """Keys of another installation."""
    settings.KEY_DIR = tmp_path / "other"
    keys.create_vault_key()
    keys.create_identity_key()


def row(code):
    person = Person.objects.get(pk=code)
    wrapped = PersonKey.objects.get(pk=code).wrapped
    return bytes(person.blob), bytes(person.identity_tag), bytes(wrapped)


def test_what_was_stored_is_revealed(stored):
    assert [vault.reveal(code) for code in ("V1", "V2")] == [ANNA, BERT]


def test_a_row_holds_nothing_readable_and_tells_no_length(stored):
    for code, person in (("V1", ANNA), ("V2", BERT)):
        for text in person.values():
            assert not any(text.encode() in part for part in row(code))
    assert [len(part) for part in row("V1")] == [len(part) for part in row("V2")]


def test_the_same_person_never_gives_the_same_bytes(stored):
    before = row("V1")
    PersonKey.objects.filter(pk="V1").delete()
    Person.objects.filter(pk="V1").delete()
    vault.store([("V1", ANNA)])
    blob, tag, wrapped = row("V1")
    assert (blob != before[0], tag == before[1], wrapped != before[2]) == (True, True, True)


def test_a_second_person_with_the_number_of_another_is_refused(stored):
    with pytest.raises(IntegrityError), transaction.atomic():
        vault.store([("V3", BERT | {"id_number": ANNA["id_number"]})])
    assert not Person.objects.filter(pk="V3").exists()


def test_two_of_one_batch_with_the_same_number_are_refused_together(ladder):
    with pytest.raises(IntegrityError), transaction.atomic():
        vault.store([("V1", ANNA), ("V2", ANNA)])
    assert not Person.objects.filter(pk__in=["V1", "V2"]).exists()


def test_the_tag_of_a_number_needs_a_key(stored, settings, tmp_path):
    _, tag, _ = row("V1")
    other_keys(settings, tmp_path)
    vault.store([("V3", ANNA)])  # under another key the same number is another tag
    assert row("V3")[1] != tag


def test_who_is_forgotten_can_never_be_read_again(stored):
    vault.forget("V1")
    with pytest.raises(PersonKey.DoesNotExist):
        vault.reveal("V1")
    assert [Person.objects.get(pk=code).erased for code in ("V1", "V2")] == [True, False]
    assert vault.reveal("V2") == BERT


def test_of_who_is_forgotten_nothing_is_left_to_find_him_by(stored):
    _, tag, _ = row("V1")
    vault.forget("V1")
    left = Person.objects.get(pk="V1")
    assert (bytes(left.blob), bytes(left.identity_tag) != tag) == (b"", True)
    vault.store([("V3", ANNA)])
    assert vault.reveal("V3") == ANNA


def test_forgetting_twice_is_harmless(stored):
    vault.forget("V1")
    vault.forget("V1")
    assert PersonKey.objects.filter(pk__in=["V1", "V2"]).count() == 1


def test_a_stranger_is_not_in_the_vault(ladder):
    with pytest.raises(Person.DoesNotExist):
        vault.reveal("V9")


def test_without_the_key_file_nobody_is_read(stored, settings, tmp_path):
    settings.KEY_DIR = tmp_path / "empty"
    with pytest.raises(keys.KeyMissing, match=r"vault\.1\.kek"):
        vault.reveal("V1")


def test_with_another_key_nobody_is_read(stored, settings, tmp_path):
    other_keys(settings, tmp_path)
    with pytest.raises(InvalidTag):
        vault.reveal("V1")


def test_one_persons_data_does_not_open_as_anothers(stored):
    blob, _, wrapped = row("V2")
    Person.objects.filter(pk="V1").update(blob=blob)
    PersonKey.objects.filter(pk="V1").update(wrapped=wrapped)
    with pytest.raises(InvalidTag):
        vault.reveal("V1")


@pytest.mark.parametrize("place", [0, 12, 40, -1], ids=["nonce", "first", "middle", "tag"])
def test_a_flipped_bit_is_found(stored, place):
    blob = bytearray(row("V1")[0])
    blob[place] ^= 1
    Person.objects.filter(pk="V1").update(blob=bytes(blob))
    with pytest.raises(InvalidTag):
        vault.reveal("V1")

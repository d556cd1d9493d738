"""The vault of persons: a data key per person, wrapped by the key-encryption key in KEY_DIR.

That key has a number, and each wrapped key names its own; `rotate` brings all of them under a fresh
one and destroys the old. A keyed hash of the identity number finds duplicates without telling the
number; its key is a file of its own and outlives every rotation.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from accounts.models import Person, PersonKey
from audit_log.domain import canonical
from audit_log.domain.entry import SYSTEM, Ref
from audit_log.selectors.trail import last_event
from audit_log.services import keys, locks, trail

NONCE = 12
BATCH = 500
ROTATED = "system.vault_key_rotated"


@transaction.atomic
def store(persons: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Put persons into the vault: (code, {"name","id_number","phone",…}) each.

    A second person with the same number raises IntegrityError.
    """
    locks.shared(locks.VAULT)  # while this is on its way its key is not destroyed
    number = _newest()
    kek, identity = _kek(number), keys.read("identity.key")
    rows, wrapped = [], []
    for code, content in persons:
        data_key = AESGCM.generate_key(256)
        tag = _tag(identity, content["id_number"])
        person = Person(code=code, blob=_lock(data_key, code, content), identity_tag=tag)
        rows.append(person)
        wrapped.append(PersonKey(person=person, kek=number, wrapped=_wrap(kek, code, data_key)))
    Person.objects.bulk_create(rows)
    PersonKey.objects.bulk_create(wrapped)


def reveal(code: str) -> dict[str, Any]:
    """Return a person's data; raises Person.DoesNotExist, or PersonKey.DoesNotExist once forgotten.

    Callers are few: the sender of messages, the sign-in, and a logged act of reading.
    """
    person = Person.objects.get(pk=code)
    try:
        data_key = _data_key(PersonKey.objects.get(pk=code))
    except keys.KeyMissing:  # destroyed since the row was read, which by now names the new one
        data_key = _data_key(PersonKey.objects.get(pk=code))
    return _open(data_key, person)


@transaction.atomic
def amend(code: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Replace some of a person's data: `change` is given all of it and returns what is new.

    The number, by which he is found, stays. A value of None takes its key away. Raises like
    `reveal`.
    """
    locks.shared(locks.VAULT)
    person = Person.objects.select_for_update().get(pk=code)
    data_key = _data_key(PersonKey.objects.get(pk=code))
    content = _open(data_key, person)
    content |= change(content) | {"id_number": content["id_number"]}
    kept = {key: value for key, value in content.items() if value is not None}
    person.blob = _lock(data_key, code, kept)
    person.save(update_fields=["blob"])


def born_until(codes: Iterable[str], day: date) -> set[str]:
    """Return those of the persons who were born on that day or earlier, and nothing of anyone.

    Forgotten ones and numbers without a date are left out.
    """
    limit, found = f"{day:%Y%m%d}", set()
    wanted = list(codes)
    for start in range(0, len(wanted), BATCH):
        rows = PersonKey.objects.filter(pk__in=wanted[start : start + BATCH])
        for key in rows.select_related("person"):
            born = _open(_data_key(key), key.person)["id_number"][6:14]
            if born.isdigit() and born <= limit:
                found.add(key.person_id)
    return found


def tags(numbers: Iterable[str]) -> dict[str, bytes]:
    """Return identity number → its keyed hash, by which one person is found again."""
    identity = keys.read("identity.key")
    return {number: _tag(identity, number) for number in numbers}


def holders(wanted: Iterable[bytes]) -> dict[bytes, str]:
    """Return identity tag → code of the persons in the vault whose tag is asked for."""
    rows = Person.objects.filter(identity_tag__in=list(wanted))
    return {bytes(tag): code for tag, code in rows.values_list("identity_tag", "code")}


def differing(persons: Iterable[tuple[str, dict[str, Any]]]) -> list[str]:
    """Return the codes of those of whom the vault keeps something else; nobody reads what.

    Only what is given is compared. A person without a key (forgotten) is passed over.
    """
    given = dict(persons)
    rows = PersonKey.objects.select_related("person").filter(pk__in=list(given)).order_by("pk")
    return [row.person_id for row in rows if _differs(row, given[row.person_id])]


@transaction.atomic
def forget(code: str) -> None:
    """Destroy a person's data key, and with it what it opened and what could find him again.

    The row stays under its code and says `erased`. Backups forget with the next `rotate`, since
    the key that wrapped his in them is destroyed.
    """
    PersonKey.objects.filter(pk=code).delete()
    Person.objects.filter(pk=code).update(blob=b"", identity_tag=secrets.token_bytes(32))


def rotate() -> Ref | None:
    """Wrap every data key under a fresh key-encryption key, then destroy the old one.

    One that was interrupted is taken up where it stopped; that returns None where its entry was
    written already. The entry: `system.vault_key_rotated` in `system/vault`. Raise KeyMissing where
    there is no key yet.
    """
    newest = _newest()
    if len(keys.vault_keys()) == 1:
        newest = keys.create_vault_key()
    while _rewrap(newest):
        pass
    with transaction.atomic():
        locks.exclusive(locks.VAULT)  # nobody stores under the old key any more
        while _rewrap(newest):
            pass
        ref = _tell(newest)
    for number in keys.vault_keys():
        if number != newest:
            keys.destroy(keys.vault_key_name(number))
    return ref


def _tell(number: int) -> Ref | None:
    told = last_event("system/vault", ROTATED)
    if told is not None and told["data"]["kek"] == number:
        return None
    data = {"kek": number, "persons": PersonKey.objects.count()}
    return trail.record_system("vault", ROTATED, SYSTEM, data)


@transaction.atomic
def _rewrap(number: int) -> int:
    """Bring up to BATCH data keys under the key of this number; return how many there were."""
    kek = _kek(number)
    rows = PersonKey.objects.select_for_update().exclude(kek=number).order_by("pk")[:BATCH]
    for row in rows:
        row.wrapped, row.kek = _wrap(kek, row.person_id, _data_key(row)), number
        row.save(update_fields=["wrapped", "kek"])
    return len(rows)


def _differs(row: PersonKey, given: dict[str, Any]) -> bool:
    kept = _open(_data_key(row), row.person)
    return any(kept.get(key) != value for key, value in given.items())


def _tag(identity: bytes, number: str) -> bytes:
    return hmac.digest(identity, b"identity\n" + number.encode(), hashlib.sha256)


def _newest() -> int:
    """The number of the key that wraps today; raise KeyMissing before the installation."""
    numbers = keys.vault_keys()
    if not numbers:
        raise keys.KeyMissing(keys.vault_key_name(1))
    return numbers[-1]


def _kek(number: int) -> bytes:
    return keys.read(keys.vault_key_name(number))


def _data_key(row: PersonKey) -> bytes:
    wrapped = bytes(row.wrapped)
    return AESGCM(_kek(row.kek)).decrypt(wrapped[:NONCE], wrapped[NONCE:], row.person_id.encode())


def _open(data_key: bytes, person: Person) -> dict[str, Any]:
    blob = bytes(person.blob)
    plain = AESGCM(data_key).decrypt(blob[:NONCE], blob[NONCE:], person.pk.encode())
    content: dict[str, Any] = canonical.loads(plain.rstrip(b" "))
    return content


def _lock(data_key: bytes, code: str, content: dict[str, Any]) -> bytes:
    plain = canonical.dumps(content)
    padded = plain.ljust(-(-len(plain) // 256) * 256)  # the length of a name tells little then
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(data_key).encrypt(nonce, padded, code.encode())


def _wrap(kek: bytes, code: str, data_key: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(kek).encrypt(nonce, data_key, code.encode())

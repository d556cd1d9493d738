"""The vault of persons: a data key per person, wrapped by the key in KEY_DIR."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.models import Person, PersonKey
from audit_log.domain import canonical
from audit_log.services import keys

NONCE = 12


def store(persons: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Put persons into the vault: (code, {"name","id_number","phone",…}) each.

    A keyed hash of the number finds duplicates without telling the number; a second person with
    the same number raises IntegrityError.
    """
    kek = keys.read("vault.kek")
    rows, wrapped = [], []
    for code, content in persons:
        data_key = AESGCM.generate_key(256)
        tag = hmac.digest(kek, b"identity\n" + content["id_number"].encode(), hashlib.sha256)
        person = Person(code=code, blob=_lock(data_key, code, content), identity_tag=tag)
        rows.append(person)
        wrapped.append(PersonKey(person=person, wrapped=_wrap(kek, code, data_key)))
    Person.objects.bulk_create(rows)
    PersonKey.objects.bulk_create(wrapped)


def reveal(code: str) -> dict[str, Any]:
    """Return a person's data; raises Person.DoesNotExist, or PersonKey.DoesNotExist once forgotten.

    Callers are few: the sender of messages, the sign-in, and a logged act of reading.
    """
    person = Person.objects.get(pk=code)
    wrapped = bytes(PersonKey.objects.get(pk=code).wrapped)
    kek = keys.read("vault.kek")
    data_key = AESGCM(kek).decrypt(wrapped[:NONCE], wrapped[NONCE:], code.encode())
    blob = bytes(person.blob)
    plain = AESGCM(data_key).decrypt(blob[:NONCE], blob[NONCE:], code.encode())
    content: dict[str, Any] = canonical.loads(plain.rstrip(b" "))
    return content


def forget(code: str) -> None:
    """Destroy a person's data key; the ciphertext can never be read again."""
    PersonKey.objects.filter(pk=code).delete()


def _lock(data_key: bytes, code: str, content: dict[str, Any]) -> bytes:
    plain = canonical.dumps(content)
    padded = plain.ljust(-(-len(plain) // 256) * 256)  # the length of a name tells little then
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(data_key).encrypt(nonce, padded, code.encode())


def _wrap(kek: bytes, code: str, data_key: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(kek).encrypt(nonce, data_key, code.encode())

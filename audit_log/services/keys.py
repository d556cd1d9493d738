"""Keys: files in KEY_DIR with mode 0600, never in the database, made by explicit acts only.

`log.seed` signs checkpoints; `envelopes/<stream>` opens what was sealed in a stream and is
destroyed to forget it; `secrets/<name>` holds the one-time secret of a draw; `vault.kek` wraps the
vault's keys.
"""

import json
import os
import secrets
from pathlib import Path

from django.conf import settings

from audit_log.domain.note import Ed25519Signer, Signer


class KeyMissing(RuntimeError):
    """A key file that should exist does not; `str()` names it."""


def log_signer() -> Signer:
    """The signer of checkpoints. A hardware or SM2 signer would stand behind the same protocol."""
    return Ed25519Signer(settings.TRAIL_ORIGIN, read("log.seed"))


def log_vkey() -> str:
    """The log's public key as a C2SP vkey."""
    return log_signer().vkey


def create_log_key() -> None:
    """Make the log's key; creating and loading are different acts."""
    write("log.seed", secrets.token_bytes(32))


def create_vault_key() -> None:
    """Make the key that wraps the data keys of the vault of persons."""
    write("vault.kek", secrets.token_bytes(32))


def envelope_key(stream: str) -> bytes:
    """The AES-256 key of one stream's envelopes, made at its first use."""
    name = f"envelopes/{stream.replace('/', '.')}"
    if not (settings.KEY_DIR / name).exists():
        write(name, secrets.token_bytes(32))
    return read(name)


def destroy_envelope_key(stream: str) -> None:
    """Forget the contents sealed in a stream; its entries and proofs stay whole."""
    (settings.KEY_DIR / f"envelopes/{stream.replace('/', '.')}").unlink()


def witness_keys() -> dict[str, str]:
    """The commission's public keys `{"vkey","draw_key"}`; empty strings where none is set."""
    path: Path = settings.WITNESS_VKEY_FILE
    if not path.exists():
        return {"vkey": "", "draw_key": ""}
    data = json.loads(path.read_text())
    return {"vkey": data["vkey"], "draw_key": data["draw_key"]}


def read(name: str) -> bytes:
    """Return the bytes of a key file; raise KeyMissing."""
    try:
        return bytes.fromhex((settings.KEY_DIR / name).read_text().strip())
    except FileNotFoundError as error:
        raise KeyMissing(name) from error


def write(name: str, value: bytes) -> None:
    """Write a new key file (0600); raise FileExistsError rather than replace one."""
    path: Path = settings.KEY_DIR / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(path, "x", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
        file.write(value.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())

"""Keys: files in KEY_DIR with mode 0600, never in the database, made by explicit acts only.

`log.seed` signs checkpoints, `log.next.seed` beside it while the key changes, and `log.vkeys` lists
the public halves of its predecessors; `envelopes/<stream>` opens what was sealed in a stream and is
destroyed to forget it; `secrets/<name>` holds the one-time secret of a draw; `vault.<number>.kek`
wraps the vault's keys, the highest number those of today; `identity.key` finds a person again.
"""

import json
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from audit_log.domain.note import Ed25519Signer, Signer

SEED, NEXT_SEED, OLD_VKEYS = "log.seed", "log.next.seed", "log.vkeys"


class KeyMissing(RuntimeError):
    """A key file that should exist does not; `str()` names it."""


def log_signer() -> Signer:
    """The key of the log: the one of today, whose name is the origin."""
    return Ed25519Signer(settings.TRAIL_ORIGIN, read(SEED))


def next_log_signer() -> Signer | None:
    """The key that takes over, while the key changes."""
    if not (settings.KEY_DIR / NEXT_SEED).exists():
        return None
    return Ed25519Signer(settings.TRAIL_ORIGIN, read(NEXT_SEED))


def log_signers() -> list[Signer]:
    """Who signs a checkpoint, a line each: the log's key, its successor, signers of other kinds.

    A signer of another kind (SM2, a hardware module) is what a function named in TRAIL_SIGNERS
    returns; who does not know its lines passes over them (C2SP `signed-note`).
    """
    successor = next_log_signer()
    return [log_signer(), *([successor] if successor else []), *_other_signers()]


def log_vkey() -> str:
    """The log's public key as a C2SP vkey."""
    return log_signer().vkey


def log_vkeys() -> list[str]:
    """Every Ed25519 key the log has had, oldest first, its successor last while the key changes."""
    path: Path = settings.KEY_DIR / OLD_VKEYS
    earlier = path.read_text().splitlines() if path.exists() else []
    successor = next_log_signer()
    found = [*earlier, log_vkey(), *([successor.vkey] if successor else [])]
    return list(dict.fromkeys(found))


def other_vkeys() -> list[str]:
    """The public keys of the signers of other kinds."""
    return [signer.vkey for signer in _other_signers()]


def _other_signers() -> list[Signer]:
    return [import_string(name)() for name in settings.TRAIL_SIGNERS]


def create_log_key() -> None:
    """Make the log's key; creating and loading are different acts."""
    write(SEED, secrets.token_bytes(32))


def create_next_log_key() -> None:
    """Make the key that is to take over; raise FileExistsError while a change is under way."""
    write(NEXT_SEED, secrets.token_bytes(32))


def promote_next_log_key() -> None:
    """Let the successor be the log's key; of the old one the public half alone is kept.

    Harmless when repeated: a list that names a key twice names it once (`log_vkeys`).
    """
    with open(settings.KEY_DIR / OLD_VKEYS, "a") as file:
        file.write(log_vkey() + "\n")
        file.flush()
        os.fsync(file.fileno())
    (settings.KEY_DIR / NEXT_SEED).replace(settings.KEY_DIR / SEED)


def create_vault_key() -> int:
    """Make the next key that wraps the data keys of the vault of persons; return its number."""
    number = max(vault_keys(), default=0) + 1
    write(vault_key_name(number), secrets.token_bytes(32))
    return number


def vault_keys() -> list[int]:
    """The numbers of the vault's keys, ascending; more than one while the key changes."""
    return sorted(int(path.name.split(".")[1]) for path in settings.KEY_DIR.glob("vault.*.kek"))


def vault_key_name(number: int) -> str:
    """The name of a key of the vault."""
    return f"vault.{number}.kek"


def create_identity_key() -> None:
    """Make the key of the vault's identity tags; it outlives the keys that wrap."""
    write("identity.key", secrets.token_bytes(32))


def envelope_key(stream: str) -> bytes:
    """The AES-256 key of one stream's envelopes, made at its first use."""
    name = f"envelopes/{stream.replace('/', '.')}"
    if not (settings.KEY_DIR / name).exists():
        write(name, secrets.token_bytes(32))
    return read(name)


def has_envelope_key(stream: str) -> bool:
    """Whether what was sealed in a stream can be opened."""
    path: Path = settings.KEY_DIR / f"envelopes/{stream.replace('/', '.')}"
    return path.exists()


def destroy_envelope_key(stream: str) -> None:
    """Forget the contents sealed in a stream; its entries and proofs stay whole."""
    (settings.KEY_DIR / f"envelopes/{stream.replace('/', '.')}").unlink(missing_ok=True)


def destroy(name: str) -> None:
    """Remove a key file; harmless when repeated."""
    (settings.KEY_DIR / name).unlink(missing_ok=True)


def witness_keys() -> dict[str, str]:
    """The commission's public keys `{"vkey","draw_key","report_key"}`; "" for one not set."""
    path: Path = settings.WITNESS_VKEY_FILE
    data = json.loads(path.read_text()) if path.exists() else {}
    return {name: data.get(name, "") for name in ("vkey", "draw_key", "report_key")}


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

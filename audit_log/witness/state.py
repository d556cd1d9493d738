"""The witness's home: a folder with three keys, the public ones, and what it has seen.

The state is one SQLite file, because it gives on every system what the protocol demands: check and
store as one step, excluding other processes, on the disk before the answer leaves.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit_log.domain import canonical, report
from audit_log.domain.note import ED25519, Cosigner, NoteError, Vkey, parse_vkey
from audit_log.witness.core import Seen, Witness

COSIGNATURE_SEED = "cosignature.seed"
DRAW_SEED = "draw.seed"
REPORT_SEED = "report.seed"
PUBLIC = "public.json"
STATE = "state.sqlite3"
_SCHEMA = """
CREATE TABLE log (vkey TEXT PRIMARY KEY, origin TEXT NOT NULL);
CREATE TABLE latest (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,
                     note TEXT NOT NULL, time INTEGER NOT NULL);
CREATE TABLE mark (stream TEXT, round INTEGER, leaf TEXT NOT NULL, PRIMARY KEY (stream, round));
CREATE TABLE alarm (origin TEXT, reason TEXT, note TEXT, time INTEGER NOT NULL,
                    PRIMARY KEY (origin, reason, note));
"""


class NotInitialised(RuntimeError):
    """A folder in which `init` was not run."""


class Alarm(NamedTuple):
    """A note signed by the log that contradicts what was seen; `time` is POSIX seconds."""

    time: int
    origin: str
    reason: str
    note: str


class SqliteStore:
    """The `Store` of a witness in one file."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)
        self._db.isolation_level = None
        self._db.execute("PRAGMA synchronous = FULL")

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the file for one check-and-store; durable once left without an exception."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def trust(self, vkey: Vkey) -> None:
        """Let the log that is named by this key be witnessed; raise NoteError for no log's key."""
        if vkey.type != ED25519:
            raise NoteError("a log has a 0x01 key")
        self._db.execute("INSERT OR IGNORE INTO log VALUES (?, ?)", (str(vkey), vkey.name))

    def keys_of(self, origin: str) -> list[Vkey]:
        """Return the trusted keys of a log, none for an unknown one."""
        rows = self._db.execute("SELECT vkey FROM log WHERE origin = ? ORDER BY rowid", (origin,))
        return [parse_vkey(text) for (text,) in rows]

    def origins(self) -> list[str]:
        """Return the origins of all trusted logs."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT origin FROM log ORDER BY 1")]

    def latest(self, origin: str) -> Seen | None:
        """Return the last checkpoint co-signed for the log."""
        query = "SELECT size, root, note, time FROM latest WHERE origin = ?"
        row = self._db.execute(query, (origin,)).fetchone()
        return Seen(*row) if row else None

    def latest_by_hash(self, origin_hash: str) -> Seen | None:
        """Return the same by the SHA-256 (hex) of the origin, as C2SP monitors ask for it."""
        wanted = (o for o in self.origins() if sha256(o.encode()).hexdigest() == origin_hash)
        return next((self.latest(origin) for origin in wanted), None)

    def record(self, origin: str, seen: Seen) -> None:
        """Replace the last checkpoint co-signed for the log."""
        self._db.execute("INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)", (origin, *seen))

    def last_time(self) -> int:
        """Return the newest time in any cosignature, 0 before the first."""
        (time,) = self._db.execute("SELECT COALESCE(MAX(time), 0) FROM latest").fetchone()
        return int(time)

    def marked(self, stream: str, round: int) -> str | None:
        """Return the leaf hash (hex) that was marked for the round."""
        query = "SELECT leaf FROM mark WHERE stream = ? AND round = ?"
        row = self._db.execute(query, (stream, round)).fetchone()
        return row[0] if row else None

    def record_mark(self, stream: str, round: int, leaf: str) -> None:
        """Remember the one leaf hash (hex) of the round."""
        self._db.execute("INSERT INTO mark VALUES (?, ?, ?)", (stream, round, leaf))

    def marks(self) -> list[tuple[str, int, str]]:
        """Return `(stream, round, leaf hash)` of every mark given."""
        return self._db.execute("SELECT * FROM mark ORDER BY stream, round").fetchall()

    def alarm(self, origin: str, reason: str, note: str, time: int) -> None:
        """Keep a contradicting note once, at its first time."""
        row = (origin, reason, note, time)
        self._db.execute("INSERT OR IGNORE INTO alarm VALUES (?, ?, ?, ?)", row)

    def alarms(self) -> list[Alarm]:
        """Return every contradicting note, oldest first."""
        rows = self._db.execute("SELECT time, origin, reason, note FROM alarm ORDER BY time, rowid")
        return [Alarm(*row) for row in rows]


def create(home: Path, name: str, draw_name: str) -> dict[str, str]:
    """Make keys and an empty state; return what `public.json` then holds.

    Raise FileExistsError where a key is, NoteError for a bad name.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed, draw = (Ed25519PrivateKey.generate() for _ in range(2))
    cosigner = Cosigner(name, seed.private_bytes_raw())
    _write_new(home / COSIGNATURE_SEED, seed.private_bytes_raw().hex() + "\n")
    _write_new(home / DRAW_SEED, draw.private_bytes_raw().hex() + "\n")
    reader = secrets.token_bytes(32)
    _write_new(home / REPORT_SEED, reader.hex() + "\n")
    _write_new(home / STATE, "")
    db = sqlite3.connect(home / STATE)
    db.executescript(_SCHEMA)
    db.close()
    public = {
        "name": name,
        "vkey": str(cosigner.key),
        "draw_name": draw_name,
        "draw_key": draw.public_key().public_bytes_raw().hex(),
        "report_key": report.public_key(reader),
    }
    (home / PUBLIC).write_bytes(canonical.dumps({"v": 1, **public}) + b"\n")
    return public


def public_keys(home: Path) -> dict[str, str]:
    """Return `{"name","vkey","draw_name","draw_key","report_key"}`; raise NotInitialised."""
    if not (home / PUBLIC).exists():
        raise NotInitialised(home)
    value: dict[str, str] = canonical.loads((home / PUBLIC).read_bytes().rstrip(b"\n"))
    return value


@contextmanager
def open_store(home: Path) -> Iterator[SqliteStore]:
    """Open the state of a home; raise NotInitialised before init."""
    public_keys(home)
    store = SqliteStore(home / STATE)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_witness(home: Path) -> Iterator[Witness]:
    """Load the keys and open the state; raise NotInitialised before init."""
    cosigner = Cosigner(public_keys(home)["name"], _seed(home / COSIGNATURE_SEED))
    draw_key = Ed25519PrivateKey.from_private_bytes(_seed(home / DRAW_SEED))
    with open_store(home) as store:
        yield Witness(store, cosigner, draw_key)


def report_key(home: Path) -> bytes:
    """Return the private key that opens reports; raise NotInitialised before init."""
    public_keys(home)
    return _seed(home / REPORT_SEED)


def _seed(path: Path) -> bytes:
    return bytes.fromhex(path.read_text().strip())


def _write_new(path: Path, text: str) -> None:
    with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())

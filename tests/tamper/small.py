"""A process with a small sealed, co-signed log: changes stored bytes, checks from inside.

`python -m tests.tamper.small HOME` writes the evidence to HOME/evidence.zip, then answers requests
as JSON lines: `{"table", "place", "at", "flip"}` flips one byte of one row, and the answer is where
the verification from inside finds fault while it is so.
"""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from audit_log import guards  # noqa: E402
from audit_log.domain.entry import SYSTEM  # noqa: E402
from audit_log.services import clock, keys, sealer, stored, trail, verification  # noqa: E402
from config.demo import commission  # noqa: E402
from config.demo.show import START  # noqa: E402
from desk.services import bundle, installing  # noqa: E402

LEAF = "SELECT entry_id FROM audit_log_leaf WHERE [index] = ?"
COLUMNS = {
    "entry": (
        "audit_log_entry",
        "body",
        "id = (SELECT entry_id FROM audit_log_leaf WHERE [index] = ?)",
    ),
    "leaf": ("audit_log_leaf", "hash", "[index] = ?"),
    "checkpoint": ("audit_log_checkpoint", "note", "size > ?"),
    "root": ("audit_log_checkpoint", "root", "size > ?"),
    "frontier": ("audit_log_checkpoint", "frontier", "size > ?"),
    "cosignature": ("audit_log_cosignature", "line", "size > ?"),
}


def build(home: Path) -> None:
    """Install, write a few entries in several streams, seal, let the commission co-sign."""
    call_command("migrate", verbosity=0)
    installing.make_keys()
    clock.set_demo_clock(START)
    commission.install(home, keys.log_vkey())
    for box in ("in", "out"):
        (settings.WITNESS_DIR / box).mkdir(parents=True)
    with commission.running(home):
        installing.install()
        for number in range(8):
            with django.db.transaction.atomic():
                trail.record_system(f"s{number % 3}", "system.installed", SYSTEM, {"n": number})
        sealer.seal_now()
    bundle.write(home / "evidence.zip")


def flipped(table: str, place: int, at: int, flip: int) -> list[str]:
    """What the inside verification finds while one byte of a stored value is another."""
    name, column, where = COLUMNS[table]
    connection.close()
    with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as file:
        file.text_factory = bytes
        (value,) = file.execute(f"SELECT {column} FROM {name} WHERE {where}", [place]).fetchone()
        wrong = bytearray(value)
        wrong[at % len(wrong)] ^= flip
        change = f"UPDATE {name} SET {column} = ? WHERE {where}"
        kind = bytes.decode if column in ("note", "line") else bytes
        try:
            file.execute(change, [kind(bytes(wrong)), place])
        except UnicodeDecodeError:
            return ["no text any more"]
        file.commit()
        found = faults()
        file.execute(change, [kind(value), place])
        file.commit()
    return found


def faults() -> list[str]:
    """Where the signed bytes, then what is kept beside them, do not agree."""
    found = verification.verify().faults + stored.verify().faults
    return [fault.where for fault in found]


def answer(request: dict[str, Any]) -> list[str]:
    return flipped(**request)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
    with guards.lifted():
        print(json.dumps(faults()), flush=True)
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line))), flush=True)

"""The attacker's hand: raw SQL on the database's file, files beside it, and where said the keys.

He knows the formats as well as we do. Triggers do not bind him: he drops them first and lays them
again afterwards, so that the check at start sees nothing.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connections

from audit_log import guards
from audit_log.audited import Audited
from audit_log.domain import canonical
from audit_log.domain.entry import Actor, leaf_hash
from audit_log.models import Entry
from audit_log.services import sealer
from audit_log.witness.wire import ADD_CHECKPOINT, AddCheckpoint
from config.demo.tamper import scene

Told = list[dict[str, Any]]
Change = Callable[[Told], Told]
"""Takes the parsed entries of a stream and returns those that are to stand there instead."""


class Hand:
    """`guarded` leaves the triggers standing, to see whether they refuse."""

    def __init__(self, cast: dict[str, Actor], *, guarded: bool) -> None:
        self.cast, self._guarded = cast, guarded

    def sql(self, script: str, *, openly: bool = False) -> None:
        """Run statements on the file, the triggers dropped and laid again unless `openly`.

        Raises sqlite3.IntegrityError where a trigger refuses.
        """
        standing = openly or self._guarded
        self._run(script if standing else _dropping() + script)
        if not standing:
            guards.install()

    def drop_triggers(self) -> None:
        """Take every trigger away."""
        self._run(_dropping())

    def _run(self, script: str) -> None:
        connections.close_all()
        with contextlib.closing(sqlite3.connect(scene.database())) as file:
            file.create_function("leaf_hash", 1, leaf_hash, deterministic=True)
            file.executescript(f"BEGIN; {script}; COMMIT")

    def rewrite(self, stream: str, change: Change) -> None:
        """Change the entries of a stream and give all fresh hashes, its owner a new head."""
        rows = list(Entry.objects.filter(stream=stream).order_by("n"))
        told = change([canonical.loads(bytes(row.body)) for row in rows])
        prev, script = "0" * 64, []
        for n, (row, entry) in enumerate(zip(rows, told, strict=False)):
            body = canonical.dumps(entry | {"n": n, "prev": prev})
            prev = leaf_hash(body).hex()
            script.append(
                f"UPDATE audit_log_entry SET body = X'{body.hex()}', hash = X'{prev}',"
                f" type = '{entry['type']}' WHERE id = {row.pk};"
            )
        script += [
            f"DELETE FROM audit_log_leaf WHERE entry_id = {row.pk};"
            f"DELETE FROM audit_log_entry WHERE id = {row.pk};"
            for row in rows[len(told) :]
        ]
        old = bytes(rows[-1].hash).hex()
        self.sql("".join([*script, *_new_heads(old, len(told) - 1, prev)]))

    def seal_anew(self) -> None:
        """Throw the tree away and let the log's own key sign a new one over what stands there."""
        self.sql(
            """
            DELETE FROM audit_log_pending;
            INSERT INTO audit_log_pending (entry_id) SELECT id FROM audit_log_entry;
            DELETE FROM audit_log_leaf; DELETE FROM audit_log_node;
            DELETE FROM audit_log_checkpoint; DELETE FROM audit_log_cosignature;
            """
        )
        settings.TRAIL_SECOND_STORE.unlink()
        sealer.seal()

    def restore_backup(self, *, with_store: bool = False) -> None:
        """Put the older database in the place of the present one."""
        connections.close_all()
        shutil.copy(scene.backup() / "database", scene.database())
        if with_store:
            shutil.copy(scene.backup() / "checkpoint", settings.TRAIL_SECOND_STORE)

    def ask_witness(self, old: int, proof: list[bytes], note: str) -> None:
        """Leave a request for a cosignature in the inbox of the commission's tool."""
        request = settings.WITNESS_DIR / "in" / f"-attack.{ADD_CHECKPOINT}"
        request.write_bytes(AddCheckpoint(old, tuple(proof), note).body)


def _dropping() -> str:
    return "".join(f"DROP TRIGGER {name};" for name in sorted(guards.standing()))


def _new_heads(old: str, n: int, new: str) -> list[str]:
    """The statements that let a stream's owner name its new last entry."""
    tables = [guard.table for guard in guards.GUARDS.values() if issubclass(guard.model, Audited)]
    return [
        f"UPDATE {table} SET audit_n = {n}, audit_hash = X'{new}' WHERE audit_hash = X'{old}';"
        for table in tables
    ]

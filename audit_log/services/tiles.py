"""The log as static files: any number of readers then costs nothing (C2SP `tlog-tiles`).

Files only ever appear; the checkpoint is written last, so a reader never meets a checkpoint whose
tiles are missing.
"""

import os
from pathlib import Path

from django.conf import settings

from audit_log.domain import checkpoint as checkpoints
from audit_log.domain import note as notes
from audit_log.domain.tiles import HEIGHT, Tile, bundle, grown
from audit_log.models import Checkpoint, Entry, Leaf
from audit_log.selectors import tree
from audit_log.services import cosigning


def publish() -> int:
    """Write what the newest checkpoint adds under TILES_DIR; return how many files were written."""
    last = Checkpoint.objects.order_by("-size").first()
    if last is None:
        return 0
    folder: Path = settings.TILES_DIR
    files = 0
    for tile in grown(_published(folder), last.size):
        hashes = tree.stored(HEIGHT * tile.level, tile.span.start, tile.span.stop)
        _write(folder / tile.path, b"".join(hashes))
        files += 1
        if tile.level == 0:
            _write(folder / tile.entries_path, bundle(_bodies(tile)))
            files += 1
    _write(folder / "checkpoint", cosigning.cosigned_note(last.size).encode())
    return files + 1


def _published(folder: Path) -> int:
    """The size of the checkpoint that stands there already, 0 for none."""
    path = folder / "checkpoint"
    if not path.exists():
        return 0
    return checkpoints.parse(notes.parse_note(path.read_text()).text).size


def _bodies(tile: Tile) -> list[bytes]:
    span = tile.span
    leaves = Leaf.objects.filter(index__gte=span.start, index__lt=span.stop).order_by("index")
    ids = list(leaves.values_list("entry_id", flat=True))
    rows = Entry.objects.in_bulk(ids)
    return [bytes(rows[pk].body) for pk in ids]


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")  # two may publish at once
    fresh.write_bytes(body)
    fresh.replace(path)

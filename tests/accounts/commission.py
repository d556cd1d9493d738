"""The commission's machine as the tests of reports need it: its home, and its public keys given."""

import json
import shutil
from pathlib import Path

from django.conf import settings

from audit_log.selectors import reports as handed
from audit_log.witness import reports, state


def machine(folder: Path) -> Path:
    """Make a home in the folder and hand its public keys to the installation; return the home."""
    home = folder / "commission"
    state.create(home, "w.example/discipline", "draw")
    shutil.copyfile(home / state.PUBLIC, settings.WITNESS_VKEY_FILE)
    return home


def taken_along(folder: Path, value: object = None) -> Path:
    """The file that the site exports, or another content in its place."""
    path = folder / "reports.json"
    path.write_text(json.dumps(value or handed.taken(), ensure_ascii=False))
    return path


def read(home: Path, path: Path) -> list[reports.Read]:
    """What the commission's tool reads in it."""
    return list(reports.read(state.report_key(home), path))

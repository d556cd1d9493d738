import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(scope="session")
def played(tmp_path_factory) -> Path:
    """The copies that `tests.secrets.play` made of everything but the keys, stage by stage."""
    home = tmp_path_factory.mktemp("secrets")
    copies = home / "copies"
    copies.mkdir()
    env = {
        "DEMO": "1",
        "DATA_DIR": str(home / "data"),
        "KEY_DIR": str(home / "keys"),
        "SECRET_KEY": "tests-only",
        "ALLOWED_HOSTS": "testserver",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PATH": os.environ["PATH"],
    }
    words = [sys.executable, "-m", "tests.secrets.play", str(copies)]
    done = subprocess.run(words, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for stage in copies.iterdir():
        if stage.is_dir():
            (stage / "screen").write_text(done.stdout + done.stderr)
    return copies

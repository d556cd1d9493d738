"""Loaded before Django's settings: a test run has its own keys, data and demonstration clock."""

import os
import tempfile

HOME = tempfile.mkdtemp(prefix="mingding-test-")
os.environ.update(
    DEMO="1",
    DATA_DIR=HOME,
    KEY_DIR=os.path.join(HOME, "keys"),
    SECRET_KEY="tests-only",
    WITNESS_TIMEOUT="10",
)

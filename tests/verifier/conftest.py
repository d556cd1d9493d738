"""Checking a bundle from its files, without a database."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from audit_log.verifier.verify import Report, verify
from tests.verifier.writer import POLICY, write_zip

Check = Callable[..., Report]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Write the files as a bundle and verify it, by default under the commission's policy."""

    def run(
        files: Mapping[str, bytes],
        *again: tuple[str, bytes],
        policy: str | None = POLICY,
        fast: bool = False,
    ) -> Report:
        return verify(write_zip(tmp_path / "bundle.zip", files, *again), policy, fast)

    return run

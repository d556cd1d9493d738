"""A fresh demonstration made for working by hand, served with the witness beside it."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.office import Office

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("by-hand")


@pytest.fixture(scope="session")
def environment(data_dir: Path) -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return keep | {"DEMO": "1", "DATA_DIR": str(data_dir / "demo"), "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="session")
def passwords(environment) -> dict[str, str]:
    """Set up by the demonstration's own command, which prints the accounts once."""
    command = [sys.executable, "manage.py", "demo", "--by-hand", "--experts", "300"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return dict(re.findall(r"^    (\w+)\s+(\S{12})  ", done.stdout, re.MULTILINE))


@pytest.fixture(scope="session")
def site(passwords, environment) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{base}/login/").close()
            break
        except OSError:
            time.sleep(0.2)
    yield base
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing in CI")
        pytest.skip("/usr/bin/chromium is missing")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def office(browser, site, passwords) -> Office:
    photos = ROOT / "var" / "screenshots"
    photos.mkdir(parents=True, exist_ok=True)
    return Office(browser, site, passwords, photos)

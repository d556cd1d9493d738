"""`make screenshots`: photograph the pages of a fresh demonstration at 1366×768.

    python -m tests.screenshots FOLDER

Plays the real case in a folder of its own, serves it, and writes one PNG for each page named below.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.office import Office

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
CODE = "NH2025-0701-A"
PAGES = (
    ("project", "zbr1", f"/project/{CODE}/"),
    ("desk", "zbr1", "/"),
    ("draw", "jyzx1", "/draw/NH2025-0701-D1/"),
    ("trail", "jw", "/trail/?kind=project"),
    ("replay", "jw", f"/replay/project/{CODE}/?then=60&at=75"),
    ("rules", "zbr1", f"/project/{CODE}/rules/"),
)


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        environment = os.environ | {
            "DEMO": "1",
            "DATA_DIR": f"{home}/demo",
            "KEY_DIR": f"{home}/demo/keys",
        }
        manage = [sys.executable, str(ROOT / "manage.py")]
        played = subprocess.run(
            [*manage, "demo", "--experts", "400"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        passwords = dict(re.findall(r"^    (\w+)\s+(\S{12})  ", played.stdout, re.MULTILINE))
        server = subprocess.Popen([*manage, "serve", "--port", port], env=environment)
        try:
            photograph(f"http://127.0.0.1:{port}", passwords, folder)
        finally:
            server.terminate()
            server.wait(20)


def photograph(base: str, passwords: dict[str, str], folder: Path) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{base}/login/").close()
            break
        except OSError:
            time.sleep(0.2)
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        office = Office(browser, base, passwords, folder)
        for name, who, address in PAGES:
            page = office.page(who)
            page.goto(base + address)
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

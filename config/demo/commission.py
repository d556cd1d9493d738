"""The commission's tool as a process of its own: its keys, its folder, files in and out."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

TOOL = (sys.executable, "-m", "audit_log.witness")


def install(home: Path, log_vkey: str, *, wanted: bool = True) -> None:
    """Make the commission's keys, trust the log, hand its public keys to the installation.

    Where it is not wanted the installation knows no commission: a draw then commits to rounds
    without a mark, and what a verifier may demand is the log's own signature alone.
    """
    if not wanted:
        (home / "policy").write_text(f"log {log_vkey}\nquorum none\n")
        return
    for box in ("in", "out"):  # a request may be there before the tool has started
        (settings.WITNESS_DIR / box).mkdir(parents=True, exist_ok=True)
    tool(home, "init", "--name", "demo.commission/witness", "--draw-name", "demo.commission/draw")
    tool(home, "trust", "--log", log_vkey)
    handed = (home / "public.json").read_bytes()
    public = json.loads(handed)
    settings.WITNESS_VKEY_FILE.parent.mkdir(parents=True, exist_ok=True)
    settings.WITNESS_VKEY_FILE.write_bytes(handed)
    policy = f"log {log_vkey}\nwitness commission {public['vkey']}\nquorum commission\n"
    (home / "policy").write_text(policy)


@contextmanager
def running(home: Path, wanted: bool = True) -> Iterator[None]:
    """Let the tool answer requests for the length of the block; nothing where it is not wanted."""
    if not wanted:
        yield
        return
    folder: Path = settings.WITNESS_DIR
    folders = ["--inbox", str(folder / "in"), "--outbox", str(folder / "out")]
    process = subprocess.Popen(  # noqa: S603 - the product's own program
        [*TOOL, "--home", str(home), "run", *folders, "--poll", "0.01"],
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        env={},
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def tool(home: Path, *words: str) -> None:
    """Run one command of the tool; raise CalledProcessError."""
    subprocess.run(  # noqa: S603 - the product's own program
        [*TOOL, "--home", str(home), *words],
        cwd=settings.BASE_DIR,
        check=True,
        stdout=subprocess.DEVNULL,
    )

"""`manage.py serve`: the site on this machine, the commission's tool beside it, the due work."""

import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from desk.services import starting

PAUSE = 2.0
"""Seconds between two rounds of due work."""
GRACE = 10.0
"""Seconds a process gets to end by itself."""


class Command(BaseCommand):
    help = "在本机启动网站(演示数据存在时为演示环境),同时运行监督方的见证工具"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="端口,默认 8000")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and (settings.BASE_DIR / "var" / "demo").exists():
            self._again_as_demo(options["port"])
            return
        try:
            starting.refuse_without_triggers()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        signal.signal(signal.SIGTERM, _stop)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        with running(_web(options["port"])) as web, _witness():
            address = f"http://127.0.0.1:{options['port']}/"
            self.stdout.write(f"网站已启动,请用浏览器打开 {address}(按 Ctrl+C 停止)")
            self.stdout.write(f"Serving at {address} (press Ctrl+C to stop)")
            self.stdout.flush()
            try:
                _keep_going(web)
            except KeyboardInterrupt:
                self.stdout.write("正在停止 / stopping")
        if web.returncode not in (0, None, -signal.SIGTERM):
            raise CommandError(f"网站意外停止,端口 {options['port']} 可能已被占用")

    def _again_as_demo(self, port: int) -> None:
        """The environment decides the settings, so a demonstration is served by a fresh process."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port"]
        signal.signal(signal.SIGTERM, _stop)
        with running(["env", "DEMO=1", *command, str(port)]) as process:
            try:
                process.wait()
            except KeyboardInterrupt:
                process.send_signal(signal.SIGINT)
                process.wait(GRACE)


@contextmanager
def running(command: list[str], out: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process for the length of the block; end it cleanly, then by force."""
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=out)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _witness() -> Iterator[None]:
    """The commission's tool, where the demonstration has made one."""
    home: Path = settings.DATA_DIR / "witness"
    if not home.exists():
        yield
        return
    folder: Path = settings.WITNESS_DIR
    boxes = ["--inbox", str(folder / "in"), "--outbox", str(folder / "out")]
    tool = [sys.executable, "-m", "audit_log.witness", "--home", str(home), "run", *boxes]
    with running(tool, subprocess.DEVNULL):
        yield


def _web(port: int) -> list[str]:
    bind = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    quiet = ["--log-level", "warning", "--no-control-socket"]
    return [sys.executable, "-m", "gunicorn", *bind, *quiet, "config.wsgi:application"]


def _keep_going(web: subprocess.Popen[bytes]) -> None:
    """Seal what waits and send what is due, until the site ends."""
    while web.poll() is None:
        close_old_connections()
        call_command("run_due", stdout=StringIO())
        time.sleep(PAUSE)


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt

"""`manage.py tamper_demo`: attack a small installation in every way of the matrix, live."""

import logging
import shutil
import sys
import time
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit_log.domain import canonical
from config.demo.tamper import layers, scene
from config.demo.tamper.layers import Outcome
from config.demo.tamper.table import ATTACKS, LAYERS, MODULES, UNSEEN


class Command(BaseCommand):
    help = "演示:以全部数据库权限逐一篡改,看由哪一层发现、指出哪里;与所述不符时退出码为 1"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", type=Path, help="把结果写入文件")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or connection.vendor != "sqlite":
            raise CommandError("篡改演示只在 DEMO=1 时、在 SQLite 上运行")
        _start_afresh(settings.DATA_DIR)
        for name in MODULES:
            import_module(f"config.demo.tamper.{name}")
        logging.disable(logging.ERROR)  # what the layers say is shown below
        began = time.monotonic()
        outcomes = self._attack_all()
        logging.disable(logging.NOTSET)
        if options["json"]:
            found = {one.attack.name: one.noticed for one in outcomes}
            options["json"].write_bytes(canonical.dumps(found))
        self._sum_up(outcomes, time.monotonic() - began)

    def _attack_all(self) -> list[Outcome]:
        call_command("migrate", verbosity=0)
        outcomes = []
        with scene.built() as built:
            self.stdout.write(f"演示环境已建成,以下逐一篡改({len(ATTACKS)} 种)")
            for number, attack in enumerate(ATTACKS, start=1):
                outcomes.append(layers.outcome(attack, built))
                self._show(number, outcomes[-1])
        return outcomes

    def _show(self, number: int, outcome: Outcome) -> None:
        attack = outcome.attack
        mark = "" if outcome.as_stated else "  ← 与所述不符"
        self.stdout.write(f"\n【{number}】{attack.title}({attack.means}){mark}")
        for layer, place in outcome.noticed.items():
            word = "拒绝" if layer == "database" else "发现"
            self.stdout.write(f"    {LAYERS[layer]}{word}:{place}")
        if attack.unseen:
            self.stdout.write(f"    没有哪一层发现:{UNSEEN[attack.unseen].chinese}")

    def _sum_up(self, outcomes: list[Outcome], seconds: float) -> None:
        wrong = [one.attack.name for one in outcomes if not one.as_stated]
        unseen = sum(bool(one.attack.unseen) for one in outcomes)
        self.stdout.write(
            f"\n共 {len(outcomes)} 种:触发器去掉以后仍被发现的 {len(outcomes) - unseen} 种,"
            f"如实列明不能发现的 {unseen} 种;用时 {seconds:.0f} 秒"
        )
        if wrong:
            self.stdout.write(f"与所述不符:{'、'.join(wrong)}")
            sys.exit(1)


def _start_afresh(folder: Path) -> None:
    """Take the last run away; a folder that holds anything else is left alone."""
    left = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if left - {"keys"} and scene.HOME not in left:
        raise CommandError(f"{folder} 不是演示留下的目录,未作改动;请另设 DATA_DIR")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / scene.HOME).mkdir(parents=True, mode=0o700)

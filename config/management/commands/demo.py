"""`manage.py demo`: the main job on a real case, from registration to award notice, verified."""

import shutil
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.services.gate import Refusal
from config.demo import case, show
from rulebook.domain.blockers import Refused

HOME = "witness"
"""A folder that a demonstration alone makes in DATA_DIR: the home of the commission's tool."""


class Command(BaseCommand):
    help = "演示:用真实案例从登记走到发出中标通知书,最后核验全部流水"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--case", type=Path, default=case.DEFAULT, help="案例文件")
        parser.add_argument("--experts", type=int, default=2000, help="专家库人数")
        parser.add_argument("--by-hand", action="store_true", help="只作准备,由人在网页上办理")
        parser.add_argument("--no-witness", action="store_true", help="监督方见证工具不运行")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("演示只在 DEMO=1 时运行")
        try:
            played = case.load(options["case"])
        except case.CaseError as error:
            raise CommandError(str(error)) from error
        began = time.monotonic()
        self._start_afresh()
        call_command("migrate", verbosity=0)
        home = settings.DATA_DIR / HOME
        if options["by_hand"]:
            show.prepare(played, home=home, experts=options["experts"], out=self.stdout)
            return
        try:
            ok = show.play(
                played,
                home=home,
                experts=options["experts"],
                witness=not options["no_witness"],
                out=self.stdout,
            )
        except (Refused, Refusal) as refused:
            raise CommandError(f"按规则不能继续,演示到此为止:{refused}") from refused
        self.stdout.write(f"\n用时 {time.monotonic() - began:.0f} 秒")
        if not ok:
            sys.exit(1)

    def _start_afresh(self) -> None:
        """Take the last demonstration away; its keys go with it, so nothing of it can be resumed.

        A folder that holds anything else, a real installation's above all, is left alone.
        """
        folder: Path = settings.DATA_DIR
        left = {path.name for path in folder.iterdir()} if folder.exists() else set()
        if HOME in left:
            self.stdout.write(f"清除上一次演示({folder}),重新开始")
        elif left - {"keys"}:  # reading the settings makes the web secret in there
            raise CommandError(f"{folder} 不是演示留下的目录,未作改动;请另设 DATA_DIR")
        shutil.rmtree(folder, ignore_errors=True)
        (folder / HOME).mkdir(parents=True, mode=0o700)

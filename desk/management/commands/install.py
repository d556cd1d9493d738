"""`manage.py install`: make the keys and publish the bundled rules, once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk.services import installing
from experts.domain.modes import MODES, OWNER


class Command(BaseCommand):
    help = "启用系统:生成密钥,发布内置规则集和工作日历"

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = "、".join(f"{mode}({name})" for mode, name in MODES.items())
        parser.add_argument(
            "--mode", choices=list(MODES), default=OWNER, help=f"专家库的方式:{words},默认 {OWNER}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            installing.make_keys()
        except FileExistsError as error:
            raise CommandError(f"密钥已存在,不会覆盖:{error.filename}") from error
        ref = installing.install(options["mode"])
        self.stdout.write(f"已启用:{ref.stream} 第 {ref.n} 条")

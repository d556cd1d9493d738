"""`manage.py evidence FILE [--project CODE]`: write an evidence bundle."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk.services import bundle
from evaluation.models import Project


class Command(BaseCommand):
    help = "导出证据包:整份日志,或者一个项目"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", default="", help="标段编号;默认导出整份日志")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["project"]
        if code and not Project.objects.filter(pk=code).exists():
            raise CommandError(f"没有这个标段:{code}")
        try:
            path = bundle.write(options["file"], project=code)
        except ValueError as error:
            raise CommandError("还没有任何已封存的流水") from error
        self.stdout.write(f"已写入 {path}")

"""`manage.py timestamps FOLDER`: every time stamp with the checkpoint it stands for, as files."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audit_log.services import stamping


class Command(BaseCommand):
    help = "导出检查点的时间戳并逐个核验;有无效的时间戳时退出码为 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        bad = 0
        for stamp in stamping.kept():
            (folder / f"{stamp.size}.note").write_bytes(stamp.note)
            (folder / f"{stamp.size}.tsr").write_bytes(stamp.token)
            bad += stamp.at is None
            at = timezone.localtime(stamp.at).isoformat() if stamp.at else "时间戳无效"
            self.stdout.write(f"检查点 {stamp.size}:{at}")
        if bad:
            sys.exit(1)

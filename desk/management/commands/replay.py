"""`manage.py replay STREAM [--at …] [--to …]`: a stream at a moment, or changes between two."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit_log.services import clock, replaying


class Command(BaseCommand):
    help = "按流水重放一个项目、专家或抽取在某一时刻的状态,或者两个时刻之间的变化"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stream", help="例如 project/NH2025-0701-A")
        parser.add_argument("--at", help="时刻,例如 2025-07-22T10:00;默认现在")
        parser.add_argument("--to", help="另一时刻:列出两个时刻之间的变化")

    def handle(self, *args: Any, **options: Any) -> None:
        moment = _moment(options["at"]) if options["at"] else clock.now()
        if options["to"]:
            for row, column, then, later in replaying.difference(
                options["stream"], moment, _moment(options["to"])
            ):
                self.stdout.write(f"{row}.{column}:{then} → {later}")
            return
        for row, columns in replaying.at(options["stream"], moment).items():
            for column, value in columns.items():
                self.stdout.write(f"{row}.{column} = {value}")


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"时刻的写法不对:{text}") from error
    return found if found.tzinfo else timezone.make_aware(found)

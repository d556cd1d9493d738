"""`manage.py pool_at MOMENT`: who could have been drawn at a moment, from the entries alone."""

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from experts.domain.eligibility import REASONS
from experts.selectors import history

WORDS = {history.FITS: "可以参加抽取"} | REASONS


class Command(BaseCommand):
    help = "按流水重算专家库在某一时刻的状况:各种情形的人数、可以参加抽取的专家和名册摘要根"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("moment", help="时刻,例如 2025-05-03T09:30")
        parser.add_argument("--day", help="评标日期,例如 2025-05-04;默认为该时刻当日")
        parser.add_argument("--specialty", default="", help="专业代码或其前几位")
        parser.add_argument("--region", default="", help="地区代码或其前几位")
        parser.add_argument("--codes", action="store_true", help="逐行列出可以参加抽取的专家编号")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moment = datetime.fromisoformat(options["moment"])
            day = date.fromisoformat(options["day"]) if options["day"] else None
        except ValueError as error:
            raise CommandError("时刻或者日期的写法不对") from error
        moment = moment if moment.tzinfo else timezone.make_aware(moment)
        where = {"specialty": options["specialty"], "region": options["region"]}
        shot = history.snapshot(moment, day, **where)
        self.stdout.write(f"所涉专家 {shot.members} 人,评标日期按 {shot.day} 计")
        for code, words in WORDS.items():
            if code in shot.counts:
                self.stdout.write(f"{words} {shot.counts[code]} 人")
        self.stdout.write(f"名册摘要根 {shot.root}")
        for code in shot.eligible if options["codes"] else ():
            self.stdout.write(code)

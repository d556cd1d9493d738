"""`manage.py forget_person CODE --by ACCOUNT --ground …`: erase the person behind an expert."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.gate import Refusal
from experts.domain import grounds
from experts.services import erasing
from rulebook.domain.blockers import Refused


class Command(BaseCommand):
    help = "注销一位已出库专家的个人信息:销毁其数据密钥,编号和流水保留"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("expert", help="专家编号")
        parser.add_argument("--by", required=True, help="办理人账号(专家库管理单位)")
        parser.add_argument("--ground", required=True, choices=list(grounds.ERASURE), help="事由")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(pk=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(f"没有这个账号:{options['by']}")
        try:
            erasing.erase(actor=user.actor, expert=options["expert"], ground=options["ground"])
        except Refusal as error:
            raise CommandError(error.message) from error
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['expert']} 的个人信息已注销")

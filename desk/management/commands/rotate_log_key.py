"""`manage.py rotate_log_key`: a new key for the log, announced under both keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit_log.services import keys, rotation, sealer


class Command(BaseCommand):
    help = "更换日志签名密钥:新旧密钥共同封存换钥条目后,由新密钥单独签名"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            vkey = rotation.rotate()
        except keys.KeyMissing as error:
            raise CommandError(f"缺少密钥:{error}") from error
        except sealer.SealRefused as error:
            raise CommandError(f"封存被拒绝,换钥未完成:{error}") from error
        self.stdout.write(f"日志的新公钥:{vkey}")
        self.stdout.write(
            "请监督方核对后执行:python -m audit_log.witness --home … trust --log 新公钥"
        )
        self.stdout.write("在此之前,新的检查点得不到联署")

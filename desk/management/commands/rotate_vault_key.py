"""`manage.py rotate_vault_key`: a fresh key over the vault of persons, the old one destroyed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services import vault
from audit_log.services import keys, sealer


class Command(BaseCommand):
    help = "更换个人信息库的密钥:全部重新加密后销毁旧密钥;中断后再次运行即可继续"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            vault.rotate()
        except keys.KeyMissing as error:
            raise CommandError(f"缺少密钥:{error}") from error
        sealer.seal_now()
        self.stdout.write(f"个人信息库现用第 {keys.vault_keys()[-1]} 号密钥,旧密钥已销毁")

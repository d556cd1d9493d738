"""`manage.py run_due`: everything that is due without anyone watching; run it every minute.

1. invitations whose time to answer has passed lapse; 2. waiting messages are sent; 3. what is
written is sealed and the commission asked for its cosignature.
"""

from typing import Any

from django.core.management.base import BaseCommand

from audit_log.services import sealer
from experts.services import answers, invitations


class Command(BaseCommand):
    help = "办理到期事项:逾期未应答、发送通知、封存流水"

    def handle(self, *args: Any, **options: Any) -> None:
        lapsed = answers.lapse()
        sent = invitations.deliver(limit=100)
        sealer.seal_now()
        self.stdout.write(f"逾期未应答 {lapsed} 人,发送通知 {sent} 条,流水已封存")

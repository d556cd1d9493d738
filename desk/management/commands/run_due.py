"""`manage.py run_due`: everything that is due without anyone watching; run it every minute.

1. invitations whose time to answer has passed lapse; 2. waiting messages are sent; 3. what is
written is sealed and the commission asked for its cosignature; 4. lists of experts that wait are
checked or written, which for a long one takes minutes, and sealed again. The next `run_due` leaves
a list to the one that is at it. Before all of these the pool is looked after: suspensions end,
changes take effect, the sweep is made when its time has come.
"""

from typing import Any

from django.core.management.base import BaseCommand

from audit_log.services import sealer
from experts.services import answers, intakes, invitations, own_page, sweep


class Command(BaseCommand):
    help = "办理到期事项:暂停期满、变更生效、例行复核、逾期未应答、发送通知、封存流水、导入专家名单"

    def handle(self, *args: Any, **options: Any) -> None:
        ended, changed, swept = sweep.run()
        lapsed = answers.lapse()
        sent = invitations.deliver(limit=100) + own_page.deliver(limit=100)
        sealer.seal_now()
        taken_in = intakes.advance()
        if taken_in:
            sealer.seal_now()
        self.stdout.write(
            f"暂停期满 {ended} 人,变更生效 {changed} 项,{'已作例行复核,' if swept else ''}"
            f"逾期未应答 {lapsed} 人,发送通知 {sent} 条,办理名单 {taken_in} 份,流水已封存"
        )

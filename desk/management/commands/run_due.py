"""`manage.py run_due`: everything that is due without anyone watching; run it every minute.

1. Receipts of messages are asked for, answers given by a key in a call are taken, and invitations
whose time to answer has passed lapse;
2. rounds that nobody has opened in time are drawn; 3. waiting messages are sent, and receipts told
in their draws; 4. what is written is sealed and the commission asked for its cosignature; 5. lists
of experts that wait are checked or written, which for a long one takes minutes, and sealed again.
The next `run_due` leaves a list to the one that is at it. Before all of these the pool is looked
after: suspensions end, changes take effect, the sweep is made when its time has come.
"""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services import outbox, receipts, throttle
from audit_log.services import sealer
from experts.services import answers, deliveries, intakes, supplements, sweep


class Command(BaseCommand):
    help = "办理到期事项:暂停期满、变更生效、例行复核、应答逾期、补抽、发送通知、封存流水、导入名单"

    def handle(self, *args: Any, **options: Any) -> None:
        ended, changed, swept = sweep.run()
        receipts.ask()
        answers.take_pressed()
        lapsed = answers.lapse()
        drawn = supplements.run_due()
        sent = outbox.send_due()
        deliveries.tell()
        throttle.forget()
        sealer.seal_now()
        taken_in = intakes.advance()
        if taken_in:
            sealer.seal_now()
        self.stdout.write(
            f"暂停期满 {ended} 人,变更生效 {changed} 项,{'已作例行复核,' if swept else ''}"
            f"逾期未应答 {lapsed} 人,自动补抽 {drawn} 轮,发送通知 {sent} 条,"
            f"办理名单 {taken_in} 份,流水已封存"
        )

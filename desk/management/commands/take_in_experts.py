"""`manage.py take_in_experts`: check and write the lists of experts that wait, and say how it goes.

`run_due` does the same by itself; this is for whoever wants to watch, or to give it a host of its
own. Interrupted, it leaves nothing half done: the next start begins that list again.
"""

from typing import Any

from django.core.management.base import BaseCommand

from audit_log.services import sealer
from experts.services import intakes


class Command(BaseCommand):
    help = "办理等待中的专家名单:校验或者入库,并显示进展"

    def handle(self, *args: Any, **options: Any) -> None:
        taken_in = intakes.advance(self._say)
        sealer.seal_now()
        self.stdout.write(f"办理名单 {taken_in} 份,流水已封存")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

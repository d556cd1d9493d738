"""Who was drawn in another system, as it was entered here."""

from django.db import models
from django_fsm import FSMField, transition

from audit_log.audited import AuditedPart
from experts.domain.lifecycle import DRAWN_LIST


class DrawnList(AuditedPart):
    """Who was drawn elsewhere, as one person entered it and another confirms from the sheet.

    `blob` holds the persons until they sign in, encrypted under a key that is destroyed when the
    draw is over; each seat is fixed by a salted commitment in the draw's stream.
    """

    draw = models.ForeignKey("experts.Draw", on_delete=models.PROTECT, related_name="lists")
    number = models.PositiveSmallIntegerField("次序")
    sheet = models.CharField("记录表摘要", max_length=64)
    drawn_at = models.DateTimeField("抽取时间")
    entered_by = models.CharField("录入人", max_length=40)
    manifest = models.CharField("名册摘要", max_length=64)
    blob = models.BinaryField(null=True)
    state = FSMField("状态", protected=True, default="entered", choices=list(DRAWN_LIST.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(DRAWN_LIST)), name="drawn_list_state_known"
            ),
            models.UniqueConstraint(fields=["draw", "number"], name="drawn_list_once"),
        ]

    @property
    def stream(self) -> str:
        return f"draw/{self.draw_id}"

    @transition(field=state, source="entered", target="confirmed")
    def confirm(self) -> None:
        """待复核 → 已复核"""

    @transition(field=state, source="entered", target="returned")
    def send_back(self) -> None:
        """待复核 → 已退回"""

"""Evaluation rooms, their bookings, and the sites of a remote evaluation."""

from typing import Any

from django.db import models
from django_fsm import FSMField, transition

from accounts.domain import policy
from accounts.models import Organisation
from accounts.selectors import bodies
from audit_log.audited import Audited, AuditedPart
from audit_log.domain.entry import Actor, Ref
from evaluation.domain.rooms import BOOKING, ROOM, SITES

PROJECT = "evaluation.Project"


class Room(Audited):
    """A room of a trading centre with its seats (工位)."""

    STREAM_KIND = "system"

    code = models.CharField("编号", max_length=40, primary_key=True)
    name = models.CharField("评标室", max_length=40)
    org = models.CharField("交易中心代码", max_length=18)
    region = models.CharField("行政区划", max_length=6)
    seats = models.PositiveSmallIntegerField("工位")
    state = FSMField("状态", protected=True, default="open", choices=list(ROOM.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(ROOM)), name="room_state_known"
            ),
            models.CheckConstraint(condition=models.Q(seats__gt=0), name="room_has_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.seats} 个工位)"

    def relations(self, actor: Actor) -> frozenset[str]:
        """How the actor stands to this room (accounts.domain.policy)."""
        return frozenset({policy.DISTRICT} if bodies.covers(actor.org, self.region) else ())

    @transition(field=state, source="open", target="closed")
    def shut(self, *evidence: Ref) -> None:
        """启用 → 停用"""
        self.because(evidence)

    @transition(field=state, source="closed", target="open")
    def reopen(self, *evidence: Ref) -> None:
        """停用 → 启用"""
        self.because(evidence)


class Booking(AuditedPart):
    """A room held for the evaluation of a project, on one day from `starts` to `ends`."""

    project = models.ForeignKey(PROJECT, on_delete=models.PROTECT, related_name="bookings")
    code = models.CharField("预订编号", max_length=50, primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="bookings")
    starts = models.DateTimeField("起")
    ends = models.DateTimeField("止")
    booked_by = models.CharField("预订人", max_length=40)
    state = FSMField("状态", protected=True, default="booked", choices=list(BOOKING.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(BOOKING)), name="booking_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(starts__lt=models.F("ends")), name="booking_has_length"
            ),
        ]

    @property
    def stream(self) -> str:
        return f"project/{self.project_id}"

    @transition(field=state, source="booked", target="released")
    def release(self) -> None:
        """已预订 → 已取消"""


class RoomSlot(models.Model):
    """One half hour of a booking that stands; the index is what keeps bookings apart."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="slots")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    starts = models.DateTimeField("起")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "starts"], name="room_slot_once"),
        ]


class Site(models.Model):
    """A place where members of one committee sit: the main site, or a sub-site elsewhere.

    `slots` are the slots of the draw that sit there; `org` is the centre that witnesses them.
    """

    project = models.ForeignKey(PROJECT, on_delete=models.PROTECT, related_name="sites")
    number = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("主副场", max_length=4, choices=list(SITES.items()))
    org = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="交易中心"
    )
    place = models.CharField("地点", max_length=100)
    slots: Any = models.JSONField("席位", default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="site_once"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(kind="main"), name="site_one_main"
            ),
        ]

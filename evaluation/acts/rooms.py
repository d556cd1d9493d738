"""The acts of evaluation rooms and of the sites of a remote evaluation."""

from typing import Any

from rest_framework import serializers as s

from accounts.acts import Act
from audit_log.domain.entry import Actor
from evaluation.domain.rooms import SITES
from evaluation.models import Project
from evaluation.selectors import rooms as reading
from evaluation.selectors import sites as reading_sites
from evaluation.services import rooms, sites


class RoomForm(s.Serializer[Any]):
    """A room to be registered."""

    code = s.RegexField(r"\A[a-z0-9-]{1,20}\Z", label="编号", help_text="门牌号,例如 401")
    name = s.CharField(label="名称", max_length=rooms.NAME_CHARS)
    seats = s.IntegerField(label="工位(个)", min_value=1, max_value=rooms.MOST_SEATS)


class BookingForm(s.Serializer[Any]):
    """A room for some hours."""

    room = s.CharField(label="评标室", max_length=40)
    starts = s.DateTimeField(label="起", help_text="整点或者半点")
    ends = s.DateTimeField(label="止", help_text="同一日;跨日的分日预订")


class ReleaseForm(s.Serializer[Any]):
    """A booking to be given back."""

    booking = s.CharField(label="预订", max_length=50)


class SlotsField(s.CharField):
    """Slots in one line, as a list."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data).replace("、", " ").split()


class SiteForm(s.Serializer[Any]):
    """One site."""

    kind = s.ChoiceField(list(SITES.items()), label="主副场")
    org = s.CharField(label="交易中心", max_length=18)
    place = s.CharField(label="地点", max_length=100)
    slots = SlotsField(label="席位(用空格分开)", max_length=200)


class SitesForm(s.Serializer[Any]):
    """All sites of an evaluation."""

    sites = SiteForm(label="评标场所", many=True, allow_empty=False)


def _arranged(_actor: Actor, row: Project) -> dict[str, Any]:
    """What is arranged now, but for whose it is; at first a main site with every slot."""
    found = [
        {"kind": site.kind, "place": site.place, "slots": " ".join(site.slots)}
        for site in reading_sites.of_group(row.group)
    ]
    slots = " ".join(reading_sites.slots_of(row)) if row.draw else ""
    return {"sites": found or [{"kind": "main", "slots": slots}, {"kind": "sub"}]}


ACTS = (
    Act("room.register", "登记评标室", rooms.register, RoomForm, creates=True),
    Act("room.shut", "停用评标室", rooms.shut, blockers=reading.shutting),
    Act("room.reopen", "启用评标室", rooms.reopen, blockers=reading.reopening),
    Act(
        "project.book_room",
        "预订评标室",
        rooms.book_room,
        BookingForm,
        blockers=reading.book_room,
    ),
    Act(
        "project.release_room",
        "取消预订评标室",
        rooms.release_room,
        ReleaseForm,
        blockers=reading.release_room,
    ),
    Act(
        "project.arrange_sites",
        "安排评标场所(远程异地评标)",
        sites.arrange_sites,
        SitesForm,
        blockers=reading_sites.arrange_sites,
        initial=_arranged,
        warning="各场所使用各自的签到码;有专家签到后不能再变更。",
    ),
)

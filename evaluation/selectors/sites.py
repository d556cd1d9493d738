"""The sites of a remote evaluation (主场、副场): which slot of the draw sits where."""

from evaluation.models import Project, Site
from evaluation.selectors import seats
from evaluation.selectors.blockers import BEFORE_OPENING
from evaluation.selectors.states import wrong_state
from experts.models import Draw, Seat
from rulebook.domain.blockers import Blocker


def of_group(group: str) -> list[Site]:
    """The sites of a group's evaluation, the main one first."""
    rows = Site.objects.filter(project__group=group).select_related("org")
    return list(rows.order_by("number"))


def of_slot(group: str, slot: str) -> Site | None:
    """Where a slot sits; None where the whole committee sits in one place."""
    return next((site for site in of_group(group) if slot in site.slots), None)


def main(group: str) -> Site | None:
    """The main site; None where there is only one place."""
    return next((site for site in of_group(group) if site.kind == "main"), None)


def arrange_sites(row: Project) -> list[Blocker]:
    """A draw is asked for, and none of its members has signed in."""
    if row.state not in (*BEFORE_OPENING, "opened"):
        return [wrong_state(row)]
    if not row.draw or seats.is_void(row.draw):
        return [Blocker("draw_missing", "尚未抽取评标专家")]
    if Seat.objects.filter(draw=row.draw, state="signed_in").exists():
        return [Blocker("signed_in_already", "已有专家签到,不能再变更评标场所")]
    return []


def slots_of(row: Project) -> list[str]:
    """The slots of the project's draw, in the order asked."""
    draw = Draw.objects.get(pk=row.draw)
    return [slot["slot"] for slot in draw.request["slots"]]

"""Lots of one tender beside each other (兼投不兼中): who has won where, and which lot is next."""

from audit_log.domain.entry import Ref
from audit_log.selectors import trail
from evaluation.models import Project

ENDED = ("failed", "terminated", "archived")


def undecided_before(project: Project) -> list[Project]:
    """The lots of the group that the document decides first and that are still open."""
    rows = Project.objects.filter(group=project.group, winner="").exclude(state__in=ENDED)
    place = (project.order, project.pk)
    return [row for row in rows.order_by("order", "pk") if (row.order, row.pk) < place]


def winners_elsewhere(project: Project) -> dict[str, str]:
    """Lot code → winner, for every other lot of the group that has one."""
    rows = Project.objects.filter(group=project.group).exclude(pk=project.pk).exclude(winner="")
    return dict(rows.order_by("order", "pk").values_list("pk", "winner"))


def awarded_entry(lot: str) -> Ref:
    """The entry that names the winner of a lot that has one."""
    newest = trail.lines(f"project/{lot}", type="project.awarded")[-1]
    return Ref(f"project/{lot}", newest.value["n"], newest.hash)

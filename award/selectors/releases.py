"""Which notice the state of a project asks for, why it cannot go out, and what went out."""

from django.db.models import QuerySet

from audit_log.domain.entry import format_time
from audit_log.selectors import trail
from award.models import Notice
from award.selectors import grounds
from evaluation.models import Project
from evaluation.selectors.states import wrong_state
from rulebook.domain.blockers import Blocker

_KINDS = {"tendering": "tender", "drawing": "tender", "failed": "ended", "terminated": "ended"}


def kind_of(row: Project) -> str:
    """The kind of notice that may be drawn up now besides candidates and result; "" for none."""
    unpublished = row.state == "terminated" and row.deadline is None
    return "" if unpublished else _KINDS.get(row.state, "")


def draft_notice(row: Project) -> list[Blocker]:
    """There is something to announce, and it was not announced yet."""
    kind = kind_of(row)
    if not kind:
        return [wrong_state(row)]
    return [_RELEASED] if _released(row, kind) else []


def release_notice(row: Project) -> list[Blocker]:
    """A draft waits for its review."""
    kind = kind_of(row)
    if not kind:
        return [wrong_state(row)]
    if _released(row, kind):
        return [_RELEASED]
    waiting = grounds.drafts(row, kind).last()
    return [] if waiting and _current(row, waiting) else [_MISSING]


def return_notice(row: Project) -> list[Blocker]:
    """A draft that may be sent back: also that of the candidates."""
    if row.state == "reported":
        return [] if grounds.drafts(row, "candidates").exists() else [_MISSING]
    kind = kind_of(row)
    return [] if kind and grounds.drafts(row, kind).exists() else [_MISSING]


def draft_clarification(row: Project) -> list[Blocker]:
    """Bids are still taken, and no draw or opening rests on the deadline yet."""
    return [] if row.state == "tendering" else [wrong_state(row)]


def release_clarification(row: Project) -> list[Blocker]:
    """A draft of a clarification waits for its review."""
    if row.state != "tendering":
        return [wrong_state(row)]
    return [] if grounds.drafts(row, "clarify").exists() else [_NO_CLARIFICATION]


def draft(row: Project) -> Notice | None:
    """The draft that waits for its review, of whatever kind."""
    kind = {"reported": "candidates", "awarded": "result"}.get(row.state) or kind_of(row)
    return grounds.drafts(row, kind).last() if kind else None


def clarification(row: Project) -> Notice | None:
    """The clarification that waits for its review."""
    return grounds.drafts(row, "clarify").last()


def public() -> QuerySet[Notice]:
    """Every notice on the public site, in the order of its numbers."""
    rows = Notice.objects.filter(serial__isnull=False)
    return rows.select_related("project__tenderer").order_by("serial")


def _current(row: Project, notice: Notice) -> bool:
    """A tender is announced as it stands after its clarifications."""
    told = trail.document(notice.body)
    now = (row.award_plan, format_time(row.deadline) if row.deadline else "")
    return notice.kind != "tender" or (told["plan"], told["deadline"]) == now


def _released(row: Project, kind: str) -> bool:
    return row.notices.filter(kind=kind, released_at__isnull=False).exists()


_RELEASED = Blocker("notice_released", "该公告已经发布")
_NO_CLARIFICATION = Blocker("no_clarification", "没有待审核的澄清、修改")
_MISSING = Blocker("notice_missing", "招标人尚未拟定公告")

"""How far a project's draw is, without a word about who was drawn."""

from evaluation.models import Project
from experts.models import Draw, Seat
from experts.selectors import draws
from rulebook.domain.blockers import Blocker


def is_void(draw: str) -> bool:
    """Whether the draw came to nought: sent back, withdrawn or abandoned."""
    return Draw.objects.filter(pk=draw, state__in=draws.OVER).exists()


def not_ready(row: Project) -> list[Blocker]:
    """Why the drawn experts do not sit yet: no draw, seats open, or somebody not signed in."""
    if not row.draw or is_void(row.draw):
        return [Blocker("draw_missing", "尚未抽取评标专家")]
    if not draws.filled(row.draw):
        return [Blocker("draw_not_filled", "评标专家尚未抽满")]
    waiting = Seat.objects.filter(draw=row.draw, state__in=("selected", "accepted")).count()
    return [Blocker("experts_absent", f"还有 {waiting} 位专家未签到")] if waiting else []

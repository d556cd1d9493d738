"""What an award leaves behind when it falls."""

from award.models import Award
from evaluation.models import Project


def undo_award(row: Project, reason: str) -> None:
    """End the decision in force, if any, and the publicity; the caller saves the project."""
    Award.objects.filter(project=row, active=True).update(active=False, ended_for=reason)
    row.winner, row.public_until = "", None

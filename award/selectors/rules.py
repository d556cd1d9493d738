"""The rules that bind a project, and the day it is."""

from datetime import date, datetime

from django.utils.timezone import localtime

from audit_log.services import clock
from evaluation.models import Project
from evaluation.selectors import ruling
from rulebook.domain.rules import Facts, Profile


def binding(project: Project) -> tuple[Profile, Facts]:
    """Return the profile that the project pinned and the facts that decide which rules bind it."""
    return ruling.profile(project), ruling.facts(project)


def local_day(moment: datetime) -> date:
    """Return the local date (Asia/Shanghai) of an aware moment."""
    return localtime(moment).date()


def today() -> date:
    """Return the installation's local date."""
    return local_day(clock.now())

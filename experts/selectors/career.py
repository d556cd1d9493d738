"""What stands beside an expert's row, and why an act on it cannot be done now."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from audit_log.selectors import trail
from audit_log.services import clock
from experts.domain import records
from experts.domain.lifecycle import APPEAL, CHANGE
from experts.domain.records import DOCUMENTS
from experts.models import Expert, ExpertAppeal, ExpertChange, ExpertDocument, ExpertLeave
from experts.selectors import modes, rules
from experts.selectors.specialties import begins_with
from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.rules import Profile

OF_THE_POOL = ("applied", "under_review", "testing", "active", "suspended")
"""States in which facts change and are kept up."""
PUNISHED = ("suspended", "disqualified")
OPEN_APPEAL = ("filed", "accepted", "drafted")


def today() -> date:
    """The local day of the installation's clock."""
    return timezone.localtime(clock.now()).date()


def papers_missing(row: Expert, held: set[str], profile: Profile) -> list[Blocker]:
    """Parameter expert_documents: kinds of papers that an application should come with."""
    wanted = set(profile.names("expert_documents")) & DOCUMENTS.keys()
    if row.recommended_by:
        wanted.add("recommendation")
    lacking = wanted - held
    if not lacking:
        return []
    names = "、".join(name for kind, name in DOCUMENTS.items() if kind in lacking)
    message = f"申报材料缺少:{names}"
    return collect(blocker(profile, "expert_documents", "papers_missing", message, rules.FACTS))


def test_of(score: int | None, profile: Profile) -> list[Blocker]:
    """Parameter expert_test_score: the least score of the test before entry."""
    least = profile.number("expert_test_score")
    if score is not None and score >= least:
        return []
    got = "没有测试成绩" if score is None else f"测试成绩为 {score} 分"
    message = f"入库测试应不低于 {least} 分,{got}"
    return collect(blocker(profile, "expert_test_score", "test_low", message, rules.FACTS))


def renewing(row: Expert) -> list[Blocker]:
    """Another term is for who is in the pool; papers that have run out warn."""
    if elsewhere := modes.owner_only():
        return elsewhere
    if row.state not in ("active", "suspended"):
        return [not_now(row)]
    profile = rules.of_pool(row.region)
    if not row.documents.filter(expires__lt=today()).exists():
        return []
    message = "有资格证明已经过期,续聘前应当复核"
    return collect(blocker(profile, "expert_documents", "papers_expired", message, rules.FACTS))


def living(row: Expert) -> list[Blocker]:
    """Facts are kept up while he applies or is in the pool."""
    if elsewhere := modes.owner_only():
        return elsewhere
    return [] if row.state in OF_THE_POOL else [not_now(row)]


def in_pool(row: Expert) -> list[Blocker]:
    """Leave is for who is in the pool."""
    return [] if row.state in ("active", "suspended") else [not_now(row)]


def assessing(row: Expert) -> list[Blocker]:
    """Assessments are the owner's, of who is in the pool."""
    return modes.owner_only() or in_pool(row)


def testing(row: Expert) -> list[Blocker]:
    """He waits for his test."""
    return [] if row.state == "testing" else [not_now(row)]


def training(row: Expert) -> list[Blocker]:
    """Trainings are recorded from the passed review on."""
    return [] if row.state in ("testing", "active", "suspended") else [not_now(row)]


def changing(row: Expert) -> list[Blocker]:
    """There is a report to confirm."""
    if found := living(row):
        return found
    waiting = row.changes.filter(state="reported").exists()
    return [] if waiting else [Blocker("no_change", "没有待确认的变更报告")]


def resting(row: Expert) -> list[Blocker]:
    """There is a leave that is not over."""
    left = row.leaves.filter(last__gte=today()).exists()
    return [] if left else [Blocker("no_leave", "没有可以撤销的休假")]


def appeal_at(*states: str) -> Any:
    """Return the blockers of an act on an appeal that stands in one of the states."""

    def blockers(row: Expert) -> list[Blocker]:
        if elsewhere := modes.owner_only():
            return elsewhere
        if row.appeals.filter(state__in=states).exists():
            return []
        names = "、".join(APPEAL[state] for state in states)
        return [Blocker("no_appeal", f"没有{names}的申诉")]

    return blockers


def punishment(row: Expert) -> dict[str, Any] | None:
    """The entry that put him where he is punished, None where there is none."""
    told = [one for one in trail.events(row.stream) if one["data"].get("to") in PUNISHED]
    return told[-1] if told else None


def is_punished(row: Expert) -> bool:
    """He is suspended or disqualified, and an entry says so."""
    return row.state in PUNISHED and punishment(row) is not None


def not_now(row: Expert) -> Blocker:
    """The expert is not where the act needs him."""
    return Blocker("wrong_state", f"该专家现为“{row.get_state_display()}”,不能办理这一事项")


def wrong_part(part: ExpertChange | ExpertAppeal) -> Blocker:
    """A report or an appeal is not where the act needs it."""
    words = CHANGE if isinstance(part, ExpertChange) else APPEAL
    return Blocker("wrong_part_state", f"该事项现为“{words[part.state]}”,不能办理")


def on_leave(day: date) -> set[str]:
    """Codes of the experts who declared that they cannot take part on that day."""
    rows = ExpertLeave.objects.filter(first__lte=day, last__gte=day)
    return set(rows.values_list("expert_id", flat=True))


def expired(day: date) -> dict[str, set[tuple[str, str]]]:
    """Expert → kind and specialty of his papers that have run out by that day."""
    found: dict[str, set[tuple[str, str]]] = {}
    rows = ExpertDocument.objects.filter(expires__lt=day)
    for expert, kind, specialty in rows.values_list("expert_id", "kind", "specialty"):
        found.setdefault(expert, set()).add((kind, specialty))
    return found


def coming(day: date) -> dict[str, list[dict[str, Any]]]:
    """Expert → the facts of confirmed changes that begin by that day and are not in force yet."""
    rows = ExpertChange.objects.filter(state="confirmed", valid_from__lte=day)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.order_by("valid_from", "audit_n"):
        found.setdefault(row.expert_id, []).append(row.facts)
    return found


def briefed_since(profile: Profile, day: date) -> date | None:
    """Parameter pool_briefing_days: from when a briefing counts, None where it is no gate."""
    rule = profile.rules.get("pool_briefing_days")
    if rule is None or rule.level != "block":
        return None
    return day - timedelta(days=profile.number("pool_briefing_days"))


def unbriefed(profile: Profile, specialties: Iterable[str], day: date) -> list[Blocker]:
    """The same where it only warns: how many experts of the drawn specialties lack a briefing."""
    rule = profile.rules.get("pool_briefing_days")
    if rule is None or rule.level != "warn":
        return []
    since = day - timedelta(days=profile.number("pool_briefing_days"))
    wanted = Q()
    for code in specialties:
        wanted |= begins_with("specialties__code", code)
    rows = Expert.objects.filter(wanted, state="active")
    late = rows.filter(Q(briefed_on=None) | Q(briefed_on__lt=since)).distinct().count()
    if not late:
        return []
    message = f"所涉专业在库专家中有 {late} 人没有当期的学习和纪律宣贯记录"
    return collect(blocker(profile, "pool_briefing_days", "briefing_due", message, rules.FACTS))


def scale_of(profile: Profile) -> records.Scale:
    """The scale of the yearly assessment."""
    return records.scale(profile.names("assessment_grades"), profile.names("assessment_effects"))

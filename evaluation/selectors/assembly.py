"""Whether a committee may begin: drawn, checked against the bidders, sworn in, rightly composed."""

from audit_log.selectors import trail
from evaluation.models import Part, Project
from evaluation.selectors import committee, ruling, seats
from rulebook.domain import composition
from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.rules import Facts, Profile

_STEPS = {
    "signed_in_at": "签到",
    "promised_at": "签署保密承诺",
    "briefed_at": "完成纪律宣贯",
    "declared_at": "签署回避声明",
}


def missing(row: Project) -> list[Blocker]:
    """What the committee still lacks: the draw, R06, everyone's four steps, R01, R02, R11."""
    profile, facts = ruling.profile(row), ruling.facts(row)
    members = committee.members(row)
    experts = [part for part in members if part.kind == committee.EXPERT]
    briefed = sum(part.briefed_at is not None for part in experts)
    size = len(members)
    return [
        *seats.not_ready(row),
        *_unchecked(row, profile, facts),
        *composition.recusals_clear(profile, facts, hits=len(committee.recused(row))),
        *_steps_missing(members),
        *composition.committee_size(profile, facts, members=size),
        *composition.expert_share(profile, facts, members=size, experts=len(experts)),
        *composition.briefed(profile, facts, seats=len(experts), receipts=briefed),
    ]


def _steps_missing(members: list[Part]) -> list[Blocker]:
    found = []
    for stamp, name in _STEPS.items():
        waiting = sum(getattr(part, stamp) is None for part in members)
        if waiting:
            code = f"not_{stamp.removesuffix('_at')}"
            found.append(Blocker(code, f"还有 {waiting} 位成员未{name}"))
    return found


def _unchecked(row: Project, profile: Profile, facts: Facts) -> list[Blocker]:
    """R06: the drawn experts have been held against the opened list of bidders."""
    last = trail.last_event(row.stream, "project.recusal_rechecked")
    if last is not None and last["data"]["draw"] == row.draw:
        return []
    message = "开标后尚未按投标人名单复核回避"
    return collect(blocker(profile, "R06", "recusal_unchecked", message, facts))

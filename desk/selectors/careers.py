"""What an expert's page shows beside his row: papers, reports, appeals, and who read his data."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.domain.roles import ROLES
from accounts.models import Organisation
from audit_log.domain.entry import Actor, parse_time
from audit_log.selectors import trail
from desk.domain import labels
from experts.domain import grounds, records
from experts.domain.history import Fact
from experts.models import Expert
from experts.selectors import career, history
from experts.services.sweep import REASONS, SWEPT

READ = "expert.person_read"
FACTS = {
    "employer": "工作单位",
    "region": "地区",
    "title": "职称",
    "years": "从业年限",
    "specialties": "专业",
}


@dataclass(frozen=True)
class Reading:
    """One reading of a person's data: who, from which body, why, when."""

    n: int
    role: str
    org: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Line:
    """One fact with both its times: from when it holds, when it was recorded."""

    name: str
    value: str
    since: date | None
    recorded: datetime
    n: int


def of(actor: Actor, row: Expert) -> dict[str, Any]:
    """The context of an expert's page beyond his row and his acts."""
    today = career.today()
    papers = row.documents.order_by("kind", "specialty")
    return {
        "papers": [(one, one.expires is not None and one.expires < today) for one in papers],
        "trainings": row.trainings.order_by("-number"),
        "assessments": row.assessments.order_by("-year"),
        "leaves": [(one, one.last < today) for one in row.leaves.order_by("-first")],
        "changes": [(one, told(one.facts, phone=one.phone)) for one in _newest(row.changes)],
        "appeals": _newest(row.appeals),
        "appealed": grounds.APPEALED,
        "readings": readings(row),
        "sweeps": sweeps_since(row),
        "facts": [_line(fact) for fact in history.facts(row.pk)],
        "himself": actor.id == row.pk,
    }


def readings(row: Expert) -> list[Reading]:
    """Every reading of the person's data, the newest first."""
    found = trail.events(row.stream, READ)
    orgs = {one["actor"]["org"] for one in found}
    names = dict(Organisation.objects.filter(pk__in=orgs).values_list("pk", "name"))
    return [
        Reading(
            one["n"],
            ROLES[one["actor"]["role"]],
            names.get(one["actor"]["org"], one["actor"]["org"]),
            grounds.READING[one["data"]["reason"]],
            parse_time(one["at"]),
        )
        for one in reversed(found)
    ]


def sweeps_since(row: Expert) -> list[datetime]:
    """When the system compared birth dates since the expert is known, the newest first."""
    first = trail.events(row.stream)[0]["at"]
    return [parse_time(one["at"]) for one in reversed(trail.since(SWEPT, first))]


def sweeps() -> list[dict[str, Any]]:
    """Every sweep's entry, the newest first."""
    return list(reversed(trail.events("system/pool", SWEPT)))


def report(sha256: str, region: str) -> dict[str, Any]:
    """A sweep's report in words, of the experts in a district."""
    found = trail.document(sha256)
    codes = {one["expert"] for one in [*found["proposals"], *found["left"]]}
    here = set(
        Expert.objects.filter(pk__in=codes, region__startswith=region).values_list("pk", flat=True)
    )
    proposals = [
        (one["expert"], [REASONS[why] for why in one["reasons"]])
        for one in found["proposals"]
        if one["expert"] in here
    ]
    left = [
        (one["expert"], _ground(one["ground"]), parse_time(one["at"]))
        for one in found["left"]
        if one["expert"] in here
    ]
    return {"day": date.fromisoformat(found["day"]), "proposals": proposals, "left": left}


def told(facts: dict[str, Any], *, phone: bool = False) -> list[tuple[str, str]]:
    """The facts of a report as (name, words)."""
    found = [(FACTS[kind], _words(facts[kind])) for kind in FACTS if kind in facts]
    for one in facts.get("documents", ()):
        last = f",有效期至 {one['expires']}" if one["expires"] else ""
        found.append((records.DOCUMENTS[one["kind"]], f"{one['specialty'] or '全部专业'}{last}"))
    return found + ([("手机号码", "有变更,加密保存")] if phone else [])


def _line(fact: Fact) -> Line:
    if fact.kind.startswith("document/"):
        _, kind, specialty = fact.kind.split("/")
        name = records.DOCUMENTS[kind] + (f"({specialty})" if specialty else "")
        value = f"有效期至 {fact.value.isoformat()}" if fact.value else "长期有效"
    else:
        name, value = FACTS[fact.kind], _words(fact.value)
    since = None if fact.valid_from == date.min else fact.valid_from
    return Line(name, value, since, parse_time(fact.at), fact.n)


def _words(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)


def _ground(code: str) -> str:
    return labels.GROUNDS.get(code, code)


def _newest(rows: Any) -> list[Any]:
    return list(rows.order_by("-audit_n"))

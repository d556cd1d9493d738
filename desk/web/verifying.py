"""Verification on demand, evidence to take along, and how far the witness has followed."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.services.gate import NotFound
from audit_log.domain import canonical
from audit_log.domain.entry import Actor
from audit_log.domain.note import encode64
from audit_log.selectors import trail, tree
from audit_log.services import (
    clock,
    cosigning,
    keys,
    recent,
    reconciling,
    stored,
    verification,
    watch,
)
from audit_log.services.verification import Fault, Report
from desk.domain import audience
from desk.selectors import timeline, trails
from desk.services import bundle as bundles
from desk.web.doors import for_actor, page_of
from evaluation.models import Project

ZIP = "application/zip"
TEXT = "text/plain; charset=utf-8"
WHOLE = 100_000
"""Entries up to which a page verifies the whole log; of a longer one it verifies so many."""
SHOWN = 200
"""Faults that a page lists; all of them are counted."""
REFUSALS = {
    400: "请求的格式或者所报的条目数不对",
    403: "监督方不认识检查点上的签名:日志的密钥已更换,或者签名不是本日志的",
    404: "监督方没有登记本日志",
    409: "监督方联署过的日志比这里的更长:这里可能是旧备份",
    422: "与监督方上次联署的内容不能衔接:日志可能被改写",
}


@dataclass(frozen=True)
class Part:
    """One part of a verification: what it covered, how long it took, what it found."""

    title: str
    scope: str
    seconds: float
    faults: list[Fault]


@for_actor
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What can be verified and taken along; POST verifies, in a time that is bounded."""
    trails.let_in(actor)
    parts = _verified() if request.method == "POST" else None
    return render(request, "desk/verify.html", _context(actor, parts))


@require_GET
@for_actor
def evidence(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The evidence of the whole sealed log, or of one project, to be verified offline."""
    trails.let_in(actor)
    project = request.GET.get("project", "").strip()
    if refused := _withheld(actor, project):
        status, words = refused
        context = _context(actor, None) | {"refusal": words, "project": project}
        return render(request, "desk/verify.html", context, status=status)
    name = f"evidence-{project or 'log'}.zip"
    return _file(bundles.build(project=project), ZIP, name)


@require_GET
@for_actor
def witness(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The window of doubt, refusals that are known here, and every checkpoint, newest first."""
    trails.let_in(actor)
    standing = watch.standing()
    listed = page_of(request, trail.signed())
    rows = trail.sealings(list(listed))
    older = trail.signed().filter(size__lt=rows[-1].size if rows else 0)
    first = older.values_list("size", flat=True).first()
    context = {
        "watch": standing,
        "hours": _span(standing),
        "page": listed,
        "checkpoints": list(zip(rows, [*(row.size for row in rows[1:]), first], strict=True)),
        "refusals": [(one, REFUSALS.get(one.status, "")) for one in standing.alarms],
        "log_key": keys.log_vkey(),
        "witness_key": keys.witness_keys()["vkey"],
    }
    return render(request, "desk/witness.html", context)


@require_GET
@for_actor
def checkpoint(request: HttpRequest, actor: Actor, size: int) -> HttpResponse:
    """A checkpoint with every cosignature: the signed note (C2SP tlog-checkpoint)."""
    trails.let_in(actor)
    if not trail.signed().filter(pk=size).exists():
        raise Http404
    return _file(cosigning.cosigned_note(size).encode(), TEXT, f"checkpoint-{size}.txt")


@require_GET
@for_actor
def consistency(request: HttpRequest, actor: Actor, old: int, new: int) -> HttpResponse:
    """The proof that one checkpoint's log is the beginning of another's (formats.md section 5)."""
    trails.let_in(actor)
    if not old < new or trail.signed().filter(pk__in=(old, new)).count() != 2:
        raise Http404
    proof = [encode64(node) for node in tree.consistency(old, new)]
    told = canonical.dumps({"from": old, "to": new, "proof": proof})
    return _file(told, "application/json", f"consistency-{old}-{new}.json")


def _context(actor: Actor, parts: list[Part] | None) -> dict[str, object]:
    length = trail.length()
    faults = [fault for part in parts or () for fault in part.faults]
    return {
        "parts": parts,
        "faults": faults[:SHOWN],
        "fault_count": len(faults),
        "length": length,
        "long": length > WHOLE,
        "whole": WHOLE,
        "takes": audience.reads_everything(actor.role) and trail.signed().exists(),
        "verified_at": clock.now() if parts else None,
    }


def _verified() -> list[Part]:
    """The whole log and every table; of a long log its newest part, and the tables not at all."""
    if trail.length() > WHOLE:
        return [_part("最新部分的流水、检查点、签名", _recent)]
    return [
        _part("流水、链、树、检查点、签名", lambda: _scoped(verification.verify())),
        _part("流水之外的留存:索引、树节点、队列、附件、密封信封", _beside),
        _part("业务表与流水推演的逐行逐列对照", _compared),
    ]


def _part(title: str, check: Callable[[], tuple[str, list[Fault]]]) -> Part:
    start = perf_counter()
    scope, faults = check()
    return Part(title, scope, perf_counter() - start, faults)


def _recent() -> tuple[str, list[Fault]]:
    start, report = recent.newest(WHOLE)
    scope, faults = _scoped(report)
    return f"总日志第 {start} 条起,{scope}", faults


def _scoped(report: Report) -> tuple[str, list[Fault]]:
    checked = f"检查点 {report.checkpoints} 个(其中已见证 {report.witnessed} 个)"
    return f"流水 {report.entries} 条、{checked}", report.faults


def _beside() -> tuple[str, list[Fault]]:
    report = stored.verify()
    return f"流水 {report.entries} 条的各列和所引附件", report.faults


def _compared() -> tuple[str, list[Fault]]:
    report = reconciling.reconcile()
    return f"业务记录 {report.rows} 行", report.faults


def _withheld(actor: Actor, project: str) -> tuple[int, str] | None:
    """Status and words of why a bundle is not handed out; None where it is."""
    if not audience.reads_everything(actor.role):
        return 403, "证据包含有未向您的岗位开放的内容,由纪检监察机关下载。"
    if not trail.signed().exists():
        return 409, "还没有任何已封存的流水。"
    if not project:
        return None
    try:
        row: Project = timeline.owner(actor, "project", project)
    except NotFound:
        return 404, "没有找到这个标段。"
    if audience.before_opening(row.state, row.suspended_from):
        return 409, "该项目尚未开标。单个项目的证据包会显示投标的数量,开标以后再下载。"
    return None


def _span(standing: watch.Watch) -> str:
    """The window in time, in words."""
    minutes = int(standing.span(clock.now()).total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    words = ((days, "天"), (hours, "小时"), (minutes, "分钟"))
    return " ".join(f"{count} {unit}" for count, unit in words if count) or "不到 1 分钟"


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition})

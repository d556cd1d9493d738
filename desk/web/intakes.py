"""Lists of experts from a file: handed in, watched while they are checked, approved, downloaded."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from accounts.domain import policy
from accounts.services.gate import BadInput
from audit_log.domain.entry import Actor
from desk.selectors import offers, things, timeline
from desk.web import inputs, typed
from desk.web.acting import find_act
from desk.web.doors import for_actor, page_of
from experts.domain.lifecycle import INTAKE
from experts.domain.modes import TERMINAL
from experts.domain.pool_changes import KINDS
from experts.domain.pool_columns import COLUMNS
from experts.models import Intake
from experts.selectors import intakes, modes
from experts.services import intake_report, progress
from experts.services import intakes as services
from rulebook.domain.blockers import Refused

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_LINES = 100
STAGES = {"check": "正在校验", "write": "正在入库"}
OWN_LIST = ("trial",)
"""Fields that the owner of a pool is asked for besides the file; a terminal is asked for all."""


@for_actor
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The imports that the actor may see, newest first."""
    if actor.role not in policy.SEE["intake"]:
        raise PermissionDenied
    state = request.GET.get("state", "")
    rows = things.intakes(actor)
    if state in INTAKE:
        rows = rows.filter(state=state)
    context = {
        "page": page_of(request, rows),
        "state": state,
        "states": INTAKE.items(),
        "may_receive": policy.may(actor, "intake.receive", None),
        "age": intakes.list_age(),
    }
    return render(request, "desk/intakes.html", context)


@for_actor
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Hand in a file; what is wrong with its lines is found by the check, in the background."""
    if not policy.may(actor, "intake.receive", None):
        raise PermissionDenied
    if request.method != "POST":
        return _form(request)
    blank = find_act("intake", "receive").fields
    data = typed.readable(blank(), request.POST)
    for name in request.FILES:
        data.setlist(name, request.FILES.getlist(name))  # type: ignore[arg-type]
    serializer = blank(data=data)
    if not serializer.is_valid():
        return _form(request, dict(serializer.errors))
    try:
        ref = services.receive(actor=actor, **serializer.validated_data)
    except BadInput as bad:
        return _form(request, {name: [text] for name, text in bad.fields.items()})
    except Refused as refused:
        return _form(request, refusal=str(refused))
    return redirect("intake", ref.stream.partition("/")[2])


@for_actor
def intake(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One import: where it stands, what was found, what can be done."""
    row: Intake = things.seen(actor, "intake", code)
    lines = row.lines.order_by("line", "pk")
    context = _standing(row) | {
        "counts": [(KINDS[kind], number) for kind, number in row.counts.items() if number],
        "lines": lines[:SHOWN_LINES],
        "more": max(0, lines.count() - SHOWN_LINES),
        **offers.grouped(offers.mine(actor, "intake", row)),
        "told": timeline.of(row),
    }
    return render(request, "desk/intake.html", context)


@for_actor
def watched(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """How far it is, for the page that asks every two seconds; at its end the page comes anew."""
    row: Intake = things.seen(actor, "intake", code)
    if row.state not in intakes.WORKING:
        return HttpResponseClientRefresh()
    return render(request, "desk/_progress.html", _standing(row))


@require_GET
@for_actor
def report(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The report as CSV for Excel: lines, columns, kinds of value; nothing of what was written."""
    row: Intake = things.seen(actor, "intake", code)
    return _download(intake_report.as_csv(row), f"{row.pk}.csv")


@require_GET
@for_actor
def template(request: HttpRequest, actor: Actor, format: str) -> HttpResponse:
    """The template, with one line that is evidently made up."""
    if actor.role not in policy.SEE["intake"]:
        raise PermissionDenied
    if format == "csv":
        return _download(intake_report.template(), "experts-template.csv")
    disposition = 'attachment; filename="experts-template.xlsx"'
    return HttpResponse(
        intake_report.workbook(),
        content_type=XLSX,
        headers={"Content-Disposition": disposition},
    )


def _form(
    request: HttpRequest, errors: dict[str, Any] | None = None, refusal: str = ""
) -> HttpResponse:
    terminal = modes.current() == TERMINAL
    drawn = inputs.inputs(
        find_act("intake", "receive").fields(),
        initial={},
        posted=request.POST if request.method == "POST" else None,
        errors=errors or {},
    )
    found = errors or {}
    context = {
        "fields": [
            one for one in drawn if one.name != "file" and (terminal or one.name in OWN_LIST)
        ],
        "file_errors": found.get("file", []),
        "summary": [(f"f-{name}", text) for name, texts in found.items() for text in texts],
        "refusal": refusal,
        "columns": COLUMNS,
        "terminal": terminal,
        "home": reverse("intakes"),
    }
    status = 422 if errors else 409 if refusal else 200
    return render(request, "desk/intake_new.html", context, status=status)


def _standing(row: Intake) -> dict[str, Any]:
    known = progress.of(row.pk)
    return {
        "intake": row,
        "working": row.state in intakes.WORKING,
        "progress": known,
        "stage": STAGES.get(known.stage, "") if known else "等待系统办理",
    }


def _download(lines: Iterable[str], name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        "".join(lines), content_type=CSV, headers={"Content-Disposition": disposition}
    )

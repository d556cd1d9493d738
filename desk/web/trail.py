"""The whole trail, for commission and audit administrator: searched, and taken along."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.domain.roles import ROLES
from audit_log.catalogue import EVENTS
from audit_log.domain import canonical
from audit_log.domain.entry import STREAM, Actor
from audit_log.selectors.searching import UNSEALED, UNWITNESSED, Wanted
from desk.domain import display, spreadsheet
from desk.selectors import trails
from desk.web.doors import for_actor, page_of

SEALS = {UNSEALED: "仅未封存", UNWITNESSED: "仅未见证(含未封存)"}
FORMS = {
    "jsonl": "application/x-ndjson; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
"""Form of an export → its content type."""
HEADS = (
    "流水", "序号", "类型", "事项", "时间(UTC)", "时间(本地)", "岗位", "办理人", "依据", "提示",
    "总日志位置", "封存", "本条哈希",
)  # fmt: skip
FIELDS = ("kind", "stream", "type", "role", "since", "until", "seal")


@dataclass
class Query:
    """What the address asks for: as typed, as understood, and what could not be understood."""

    typed: dict[str, str]
    wanted: Wanted = field(default_factory=Wanted)
    errors: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The filters as the query of an address, without those left open."""
        return urlencode({name: text for name, text in self.typed.items() if text})


@require_GET
@for_actor
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The entries that are looked for, newest first, a page at a time."""
    trails.let_in(actor)
    query = query_of(request)
    found = trails.entries(actor, query.wanted)
    listed = page_of(request, found.none() if query.errors else found)
    context = {
        "query": query,
        "page": listed,
        "rows": trails.rows(actor, list(listed)),
        "kinds": trails.KINDS.items(),
        "types": _types(),
        "roles": ROLES.items(),
        "seals": SEALS.items(),
    }
    return render(request, "desk/trail.html", context, status=422 if query.errors else 200)


@require_GET
@for_actor
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same entries as a file: canonical lines of what the actor reads, or a table of all."""
    trails.let_in(actor)
    query = query_of(request)
    if form not in FORMS or query.errors:
        raise Http404
    write = _canonical if form == "jsonl" else _table
    return StreamingHttpResponse(
        write(actor, query.wanted),
        content_type=FORMS[form],
        headers={"Content-Disposition": f'attachment; filename="trail.{form}"'},
    )


def query_of(request: HttpRequest) -> Query:
    """Read the filters of the address; what is none of the choices is an error, not ignored."""
    query = Query({name: request.GET.get(name, "").strip() for name in FIELDS})
    typed = query.typed
    for name, words, known in (
        ("kind", "流水种类", trails.KINDS),
        ("type", "事项", EVENTS),
        ("role", "岗位", ROLES),
        ("seal", "封存情况", SEALS),
    ):
        if typed[name] and typed[name] not in known:
            query.errors.append(f"{words}不在可选范围内")
    query.wanted = Wanted(
        kind=typed["kind"],
        streams=_streams(typed["kind"], typed["stream"]),
        type=typed["type"],
        role=typed["role"],
        since=_moment(query, "since", "起始时间"),
        until=_moment(query, "until", "截止时间"),
        seal=typed["seal"],
    )
    return query


def _streams(kind: str, typed: str) -> tuple[str, ...]:
    """The streams of a number, of any kind where none is chosen; or the stream as entries name it.

    What no stream can be called finds nothing.
    """
    if not typed:
        return ()
    kinds = [kind] if kind else trails.KINDS
    names = [typed] if "/" in typed else [f"{one}/{typed}" for one in kinds]
    return tuple(name for name in names if STREAM.fullmatch(name)) or ("",)


def _moment(query: Query, name: str, words: str) -> datetime | None:
    text = query.typed[name]
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else timezone.make_aware(found)
    except (ValueError, OverflowError):
        query.errors.append(f"{words}的写法不对,例如 2025-07-22T10:00")
        return None


def _types() -> list[tuple[str, list[tuple[str, str]]]]:
    """Event types by kind of stream, for a select with groups."""
    return [
        (words, [(name, title) for name, title in EVENTS.items() if name.startswith(f"{kind}.")])
        for kind, words in trails.KINDS.items()
        if any(name.startswith(f"{kind}.") for name in EVENTS)
    ]


def _canonical(actor: Actor, wanted: Wanted) -> Iterator[bytes]:
    for rows in trails.chunks(actor, wanted):
        yield b"".join(canonical.dumps(one.told.value) + b"\n" for one in rows if one.readable)


def _table(actor: Actor, wanted: Wanted) -> Iterator[str]:
    yield spreadsheet.BOM + spreadsheet.lines([HEADS])
    for rows in trails.chunks(actor, wanted):
        yield spreadsheet.lines(_cells(one) for one in rows)


def _cells(row: trails.Row) -> list[str]:
    told = row.told
    shown = told.n is not None
    return [
        told.stream,
        str(told.n) if shown else "",
        told.value["type"],
        told.title,
        told.value["at"],
        display.moment(timezone.localtime(told.at)),
        told.role,
        told.value["actor"]["id"] if row.readable else "",
        "、".join(one.name for one in row.cited if not one.warned),
        "、".join(f"{one.name} {one.code}" for one in row.cited if one.warned),
        str(told.index) if shown and told.index is not None else "",
        told.seal_name,
        told.hash,
    ]

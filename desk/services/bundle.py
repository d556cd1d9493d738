"""The evidence bundle: a zip that a commission checks offline (formats.md section 5)."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from accounts.services.gate import NotFound
from audit_log.domain import canonical
from audit_log.selectors import trail
from audit_log.services import bundles
from experts.selectors import draws

NAMING = ("project.draw_started", "project.draw_committed", "project.lottery_called")
"""Entries of a project that name a draw of its case."""
STAMP = (2000, 1, 1, 0, 0, 0)
"""Every member carries the same time, so that equal contents make equal bytes."""


def write(path: Path, *, project: str = "") -> Path:
    """Write the bundle of the whole sealed log, or of one project's case; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(build(project=project))
    return path


def build(*, project: str = "") -> bytes:
    """Return the bytes of a bundle. Only sealed entries are in it."""
    rows = bundles.sealed_entries(_streams(project))
    values = list(bundles.parsed(rows))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in (*bundles.members(rows, whole=not project), *_business(values)):
            archive.writestr(zipfile.ZipInfo(name, STAMP), body, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _streams(project: str) -> list[str]:
    """The streams of a case: its project's and every draw it names; none means the whole log."""
    if not project:
        return []
    events = trail.events(f"project/{project}", *NAMING)
    named = {event["data"]["draw"] for event in events}
    return [f"project/{project}", *(f"draw/{code}" for code in sorted(named))]


def _business(values: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    streams = {value["stream"] for value in values if value["type"] == "draw.committed"}
    for code in sorted(stream.partition("/")[2] for stream in streams):
        with suppress(LookupError, ObjectDoesNotExist, NotFound):  # its manifest is gone
            yield f"draws/{code}.json", canonical.dumps(draws.receipt(code))
    yield "report.json", canonical.dumps({"v": 1, "projects": outcomes(values)})


def outcomes(values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the entries tell of each project: last state, and candidates and winner in force."""
    told: dict[str, dict[str, Any]] = {}
    for value in values:
        kind, _, code = value["stream"].partition("/")
        if kind != "project":
            continue
        one = told.setdefault(code, {"project": code, "state": "", "candidates": [], "winner": ""})
        one["state"] = value["data"].get("to", one["state"])
        match value["type"]:
            case "project.report_submitted":
                one["candidates"] = value["data"]["candidates"]
            case "project.awarded":
                one["winner"] = value["data"]["bidder"]
            case "project.winner_lost":
                one["winner"] = ""
            case "project.recheck_requested" | "project.reconfirmed" | "project.upheld":
                one |= {"candidates": [], "winner": ""}
    return [told[code] for code in sorted(told)]

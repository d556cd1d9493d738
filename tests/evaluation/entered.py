"""A draw made in the province's system, entered by two: what the tests of it share."""

from datetime import timedelta
from typing import Any

from audit_log.services import clock
from config.demo import synthetic
from config.demo.job import Job
from evaluation.services import drawing
from experts.services import drawn_lists
from tests.experts import sheets

SHEET = "5e" * 32
WANTED = (("1", "A080104"), ("1", "A080109"), ("2", "A060101"), ("3", "A050101"))
"""Seat and specialty of the four who were drawn."""


def drawn(number: int, slot: str, specialty: str, **changes: Any) -> dict[str, Any]:
    return {
        "slot": slot,
        "name": f"钱丁{number}",
        "id_number": sheets.id_number(number),
        "phone": f"100{number:08d}",
        "employer": synthetic.credit_code(f"unit/{number}"),
        "title": "高级工程师",
        "specialty": specialty,
        "region": "330402",
    } | changes


def everybody() -> list[dict[str, Any]]:
    return [drawn(number, *wanted) for number, wanted in enumerate(WANTED, start=1)]


def again(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the second person types."""
    return [{key: one[key] for key in ("slot", "id_number", "employer")} for one in rows]


def enter(job: Job, rows: list[dict[str, Any]] | None = None, who: str = "jyzx1") -> None:
    drawn_lists.enter(
        actor=job.cast[who],
        draw=job.draw,
        sheet=SHEET,
        drawn_at=clock.now() - timedelta(hours=1),
        drawn=everybody() if rows is None else rows,
    )


def confirm(
    job: Job, rows: list[dict[str, Any]] | None = None, who: str = "jyzx2", **given
) -> None:
    typed = again(everybody() if rows is None else rows)
    drawing.confirm_list(
        **{"actor": job.cast[who], "draw": job.draw, "sheet": SHEET, "drawn": typed} | given
    )

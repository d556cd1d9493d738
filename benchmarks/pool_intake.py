"""Taking in a list of experts: time of each stage and peak memory, a tenth of the list, then all.

    python -m benchmarks.pool_intake [--rows 100000] [--mode owner|terminal] [--format xlsx|csv]

The list is made up and written as an office would hand it in; checking and writing are the
product's own, as `run_due` does them. Memory is the process's peak: where it is the same after a
tenth and after the whole, the work holds no list in memory. DATABASE_URL picks the server.
"""

import argparse
import csv
import io
import resource
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from benchmarks import environment  # isort: skip  # Django's settings come first

import openpyxl
from django.db import connection

from accounts.domain import credit_code, id_number
from accounts.services import people
from audit_log.domain.entry import Actor
from audit_log.services import keys, sealer
from desk.services import installing
from experts.domain.pool_columns import COLUMNS
from experts.models import Expert, Intake
from experts.services import intakes

OWNER = Actor("zjk", "pool_owner", "")
REGULATOR = Actor("zjj", "regulator", "")
TERM = {"term_from": "2025-01-01", "term_to": "2028-12-31"}


class Upload:
    """What a form hands on."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), 65_536):
            yield self.body[start : start + 65_536]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--mode", choices=["owner", "terminal"], default="owner")
    options.add_argument("--format", choices=["xlsx", "csv"], default="xlsx")
    given = options.parse_args()
    environment.prepare()
    keys.create_vault_key()
    keys.create_identity_key()
    installing.install(given.mode)
    actors = [register(actor, number) for number, actor in enumerate((OWNER, REGULATOR), start=1)]
    tenth = given.rows // 10
    print(f"{connection.vendor}, {given.mode}, {given.format}", flush=True)
    for lo, hi in ((0, tenth), (tenth, tenth + given.rows)):
        take_in(lo, hi, given.mode, given.format, actors)


def take_in(lo: int, hi: int, mode: str, format: str, actors: list[Actor]) -> None:
    """Hand in, check, approve, write and seal the experts lo … hi − 1."""
    owner, regulator = actors
    file = Upload(as_xlsx(lo, hi) if format == "xlsx" else as_csv(lo, hi))
    about = {} if mode == "owner" else {"from_pool": "省库", "as_of": date(2025, 1, 1)}
    before = peak()
    seconds = {"receive": timed(lambda: intakes.receive(actor=owner, file=file, **about))}
    seconds["check"] = timed(intakes.advance)
    code = Intake.objects.get(state="checked").pk
    approver = regulator if mode == "owner" else owner
    intakes.approve(actor=approver, intake=code)
    seconds["write"] = timed(intakes.advance)
    memory = peak()
    seconds["seal"] = timed(sealer.seal)
    if Expert.objects.count() != hi or Intake.objects.get(pk=code).state != "done":
        raise SystemExit("not everybody is in the pool")
    stages = ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())
    print(f"  {hi - lo:>7,} lines: {stages}; memory {before} -> {memory} MiB", flush=True)


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def peak() -> int:
    """The most memory this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def register(actor: Actor, number: int) -> Actor:
    """Give an actor a body that answers for the province."""
    first = f"91330499DM{number:07d}"
    code = first + credit_code.check_character(first)
    people.register_organisation(code=code, name=actor.id, region="330000")
    return Actor(actor.id, actor.role, code)


def line(number: int) -> list[str]:
    first = f"00{number // 1000:04d}19800101{number % 1000:03d}"
    unit = f"91330499DM{number % 20_000 + 100:07d}"
    cells = {
        "code": f"E{number:06d}",
        "name": f"王甲{number % 9973}",
        "id_number": first + id_number.check_character(first),
        "phone": f"100{number:08d}",
        "employer": unit + credit_code.check_character(unit),
        "region": "330402",
        "title": "高级工程师",
        "years": "12",
        "main": "A080104",
        "others": "A060101、A050101",
        "status": "",
        **TERM,
    }
    return [cells[column.key] for column in COLUMNS]


def as_csv(lo: int, hi: int) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(table(lo, hi))
    return text.getvalue().encode("gb18030")


def as_xlsx(lo: int, hi: int) -> bytes:
    book, body = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("专家名单")
    for row in table(lo, hi):
        sheet.append(row)
    book.save(body)
    return body.getvalue()


def table(lo: int, hi: int) -> Iterator[list[str]]:
    yield [column.title for column in COLUMNS]
    yield from (line(number) for number in range(lo, hi))


if __name__ == "__main__":
    main()

"""A freeze and its first round against their floor, against ORDER BY random(), and as a pool grows.

    python -m benchmarks.draw_speed [--pool 1000000] [--rounds 3]

Seven seats in three specialties, 30 bodies recused, every act through the product's own services,
seals included. The floor is a bare loop of the same fetch and of the hashes that formats.md
section 4 asks for; `ORDER BY random()` takes the same seats under the same filters and can be
checked by nobody. Processor time tells more on a busy machine, and all of it where SQLite works
inside this process; on PostgreSQL the server's is not in it. All three take turns in one run, first
in a tenth of the pool, then in the whole. The pool's rows are laid with the triggers lifted: a draw
reads rows alone. DATABASE_URL picks the server.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks import environment  # isort: skip  # Django's settings come first

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain import credit_code
from accounts.services import people
from audit_log import guards
from audit_log.domain.entry import Actor
from audit_log.services import attachments, clock, keys, sealer
from benchmarks.draw_rivals import at_random, floor
from desk.services import installing
from experts.models import Draw
from experts.selectors import pool
from experts.services import answers, draws, rounds
from rulebook.domain.rules import dump_profile
from rulebook.selectors import profiles

SLOTS = [
    {"slot": "1", "specialty": "A080104", "region": "33", "count": 3},
    {"slot": "2", "specialty": "A060101", "region": "33", "count": 2},
    {"slot": "3", "specialty": "A050101", "region": "33", "count": 2},
]
OTHERS = [f"B{group:02d}{kind:02d}01" for group in range(1, 14) for kind in range(1, 16)]
SPECIALTIES = [slot["specialty"] for slot in SLOTS] + OTHERS
"""Everyone holds two of these 198, so that about three in a hundred are concerned by a draw."""
EXPERT = [
    *("code", "employer", "region", "title", "years", "term_from", "term_to", "recommended_by"),
    *("briefed_on", "suspended_until", "from_pool", "state", "audit_n", "audit_hash", "audit_at"),
]
UNITS = 20_000
NOW = datetime.now(UTC)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pool", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    office = open_office()
    print(f"{connection.vendor}, pool of {given.pool:,}", flush=True)
    per_head = []
    for lo, hi in ((0, given.pool // 10), (given.pool // 10, given.pool)):
        lay(lo, hi, office.units)
        per_head.append(measure(office, hi, given.rounds))
    print(f"cost per eligible expert, whole to tenth: {per_head[1] / per_head[0]:.2f}")


class Office:
    """Who asks for a draw, runs it and stands by; the rules; where everybody works."""

    def __init__(self) -> None:
        self.units = [unit(number) for number in range(UNITS)]
        self.centre = self._register("jyzx", "trading_center", 1)
        self.tenderer = self._register("zbr", "tenderer", 2)
        self.regulator = self._register("zjj", "regulator", 3, trades=["construction"])
        rules = profiles.in_force("zj", date.today())
        self.rules = attachments.keep_document(dump_profile(rules))
        self.draws = 0

    def _register(self, name: str, role: str, number: int, **more: Any) -> Actor:
        code = unit(UNITS + number)
        people.register_organisation(code=code, name=name, region="330000", **more)
        return Actor(name, role, code)

    def ask(self) -> str:
        """An approved request; 30 bodies are recused."""
        self.draws += 1
        code = f"B-{self.draws}"
        draws.request(
            actor=self.tenderer,
            draw=code,
            case=code,
            tenderer=self.tenderer.org,
            trade="construction",
            region="330402",
            held_at=clock.now() + timedelta(hours=20),
            place="评标一室",
            slots=SLOTS,
            recusal=[{"org": org, "reason": "bidder"} for org in self.units[:30]],
            rules=self.rules,
        )
        draws.review(actor=self.centre, draw=code, approve=True)
        sealer.seal()
        return code

    def freeze_and_draw(self, code: str) -> None:
        draws.commit(actor=self.centre, draw=code)
        self.draw_round(code)

    def draw_round(self, code: str) -> None:
        rounds.contribute(actor=self.regulator, draw=code, value="3 1 4 1 5 9")
        rounds.contribute(actor=self.tenderer, draw=code, value="2 7 1 8 2 8")
        rounds.open_round(actor=self.centre, draw=code)
        rounds.run_round(actor=self.centre, draw=code)


def open_office() -> Office:
    environment.prepare()
    keys.create_vault_key()
    keys.create_identity_key()
    installing.install("owner")
    return Office()


def measure(office: Office, size: int, times: int) -> float:
    """Print the three ways side by side; return our processor time per eligible expert."""
    ours, bare, lottery = [], [], []
    for _ in range(times):
        code = office.ask()
        row = Draw.objects.get(pk=code)
        eligible, _ = pool.eligible(row)
        bare.append(timed(lambda row=row, known=eligible: floor(row, known)))
        lottery.append(timed(lambda row=row: at_random(row)))
        ours.append(timed(lambda code=code: office.freeze_and_draw(code)))
    print(f"  {size:>9,} experts, {len(eligible):,} eligible")
    for name, clock_of in (("elapsed", 0), ("processor time", 1)):
        own, least, drawn = (
            statistics.median(took[clock_of] for took in one) for one in (ours, bare, lottery)
        )
        print(
            f"    {name}: {own:.3f} s, {own / least:.2f} x floor ({least:.3f} s),"
            f" {own / drawn:.2f} x random ({drawn:.3f} s)",
            flush=True,
        )
    again(office, code)
    return statistics.median(cpu for _, cpu in ours) / len(eligible)


def again(office: Office, code: str) -> None:
    """One declines: another round, which reads no row of the pool."""
    seat = Draw.objects.get(pk=code).seats.order_by("pk")[0]
    answers.answer(actor=seat.actor, draw=code, answer="declined", reason="ill")
    with CaptureQueriesContext(connection) as captured:
        seconds, cpu = timed(lambda: office.draw_round(code))
    reads = sum("experts_expert" in one["sql"] for one in captured.captured_queries)
    print(
        f"    the round after it: {seconds:.3f} s, {cpu:.3f} s of the processor,"
        f" {reads} statements on the pool",
        flush=True,
    )


def timed(act: Callable[[], Any]) -> tuple[float, float]:
    """Seconds that passed, and of them those of this process's own work."""
    began, worked = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - worked


def unit(number: int) -> str:
    first = f"91330499DM{number:07d}"
    return first + credit_code.check_character(first)


def lay(lo: int, hi: int, units: list[str]) -> None:
    """Put the experts lo … hi − 1 into the tables, and let the database count them."""
    dice = random.Random(lo)
    experts = [expert(number, dice, units) for number in range(lo, hi)]
    held = [
        (row[0], code, place == 0)
        for row in experts
        for place, code in enumerate(dice.sample(SPECIALTIES, 2))
    ]
    with guards.lifted():
        insert("experts_expert", EXPERT, iter(experts))
        insert("experts_expertspecialty", ["expert_id", "code", "main"], iter(held))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def expert(number: int, dice: random.Random, units: list[str]) -> tuple[Any, ...]:
    start = date(2024, 1, 1) + timedelta(days=dice.randrange(700))
    state = "active" if dice.random() < 0.95 else "suspended"
    region = f"33{dice.randrange(1, 12):02d}{dice.randrange(1, 10):02d}"
    return (
        f"E{number:07d}", dice.choice(units), region, "高级工程师", 12, start,
        start + timedelta(days=1400), "", start, None, "", state, 0, bytes(32), NOW,
    )  # fmt: skip


def insert(table: str, columns: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


if __name__ == "__main__":
    main()

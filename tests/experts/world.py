"""A district of its own, so that these tests stand beside whatever else the database holds."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.domain.credit_code import check_character
from accounts.services import outbox, people
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import attachments, clock, sealer
from experts.models import Draw, Expert, Seat
from experts.selectors import draws as reading
from experts.selectors.course import course
from experts.services import answers, draws, pool, rounds
from rulebook.domain.blockers import Refused
from rulebook.domain.rules import dump_profile
from rulebook.models import RuleProfile
from rulebook.seeding import bundled_profiles
from rulebook.selectors import profiles
from rulebook.services import publishing
from tests.accounts.channels import Phone

REGION, CITY, PROVINCE, ELSEWHERE = "331002", "331000", "330000", "320102"
BUILDING, ENERGY = "C130101", "C130201"
"""Two invented specialties that no other expert of the database has."""
TERM = {"term_from": date(2025, 1, 1), "term_to": date(2028, 12, 31)}
SLOTS = [
    {"slot": "1", "specialty": "C1301", "region": "3310", "count": 2},
    {"slot": "2", "specialty": "C1302", "region": "3310", "count": 1},
]
EVIDENCE = "ab" * 32


def credit_code(number: int) -> str:
    body = f"91331002MB{number:07d}"
    return body + check_character(body)


CENTRE = Actor("t-centre", "trading_center", credit_code(1))
TENDERER = Actor("t-owner", "tenderer", credit_code(2))
REGULATOR = Actor("t-regulator", "regulator", credit_code(3))
SECOND = Actor("t-regulator-2", "regulator", credit_code(3))
POOL_OWNER = Actor("t-pool", "pool_owner", credit_code(4))
STRANGERS = Actor("t-far", "regulator", credit_code(5))
HEAD, DAUGHTER, SISTER = credit_code(900), credit_code(901), credit_code(902)


def employer(number: int) -> str:
    return credit_code(100 + number)


def found() -> None:
    """Register the bodies, publish the rules where they are not, start the clock."""
    bodies = [
        (CENTRE.org, "交易中心", CITY, []),
        (TENDERER.org, "招标人", REGION, []),
        (REGULATOR.org, "建设局", CITY, ["construction"]),
        (POOL_OWNER.org, "省专家库", PROVINCE, []),
        (STRANGERS.org, "外省建设厅", "320000", ["construction"]),
    ]
    for code, name, region, trades in bodies:
        people.register_organisation(code=code, name=name, region=region, trades=trades)
    for code in (DAUGHTER, SISTER):
        people.register_organisation(code=code, name=code, region=REGION, group_head=HEAD)
    if not RuleProfile.objects.filter(pk="zj").exists():
        for name in ("national", "zj"):
            content = dump_profile(bundled_profiles()[name])
            publishing.publish_profile(actor=SYSTEM, content=content)
    if settings.DEMO and clock.offset() == timedelta():
        clock.set_demo_clock(clock.real_now() - timedelta(days=200))


def rules() -> str:
    """The SHA-256 of the province's rules in force, kept as an attachment."""
    return attachments.keep_document(dump_profile(profiles.in_force("zj", date(2025, 5, 1))))


def application(number: int, **changes: Any) -> dict[str, Any]:
    """Expert number n, of an employer of his own unless told otherwise."""
    return {
        "code": f"T{number:05d}",
        "person": {
            "name": f"赵甲{number}",
            "id_number": f"000000198001{number:06d}",
            "phone": f"100{number:08d}",
        },
        "employer": employer(number),
        "region": REGION,
        "title": "高级工程师",
        "years": 12,
        "specialties": [BUILDING if number % 2 else ENERGY],
        **changes,
    }


def enter(*applications: dict[str, Any]) -> list[Ref]:
    """Take experts into the pool and seal."""
    rows = [{**one, **TERM} for one in applications]
    refs = pool.enter_batch(actor=POOL_OWNER, reviewer=REGULATOR, applications=rows)
    sealer.seal_now()
    return refs


def enter_dozen() -> list[str]:
    """Experts T00001 … T00012, odd ones for slot 1, even ones for slot 2; returns their codes."""
    enter(*(application(number) for number in range(1, 13)))
    return [f"T{number:05d}" for number in range(1, 13)]


def ask(code: str = "T-D1", **changes: Any) -> Ref:
    given: dict[str, Any] = {
        "actor": TENDERER,
        "case": "T-CASE",
        "tenderer": TENDERER.org,
        "trade": "construction",
        "region": REGION,
        "held_at": clock.now() + timedelta(hours=20),
        "place": "评标一室",
        "slots": SLOTS,
        "recusal": [],
        "rules": rules(),
    }
    return draws.request(draw=code, **(given | changes))


def commit(code: str = "T-D1", **changes: Any) -> Draw:
    """A committed draw."""
    ask(code, **changes)
    draws.review(actor=CENTRE, draw=code, approve=True)
    draws.commit(actor=CENTRE, draw=code)
    return Draw.objects.get(pk=code)


def contribute(code: str = "T-D1") -> None:
    rounds.contribute(actor=REGULATOR, draw=code, value="6 6 1 3 4 2")
    rounds.contribute(actor=TENDERER, draw=code, value="秋风起，白云飞")


def draw_round(code: str = "T-D1") -> list[Seat]:
    """One whole round; returns its seats."""
    contribute(code)
    rounds.open_round(actor=CENTRE, draw=code)
    rounds.run_round(actor=CENTRE, draw=code)
    row = Draw.objects.get(pk=code)
    return list(row.seats.filter(round=row.round).order_by("slot", "candidate"))


def reach() -> None:
    """Let every message that waits be taken by a channel."""
    outbox.send_due(10_000, Phone().channels)


def accept(*seats: Seat) -> None:
    for seat in seats:
        answers.answer(actor=seat.actor, draw=seat.draw_id, answer="accepted")


def filled(code: str = "T-D1", **changes: Any) -> Draw:
    """A draw whose seats are all accepted."""
    commit(code, **changes)
    accept(*draw_round(code))
    return Draw.objects.get(pk=code)


def refused(act: Any, **given: Any) -> list[str]:
    """The codes of the reasons for which an act is refused."""
    try:
        act(**given)
    except Refused as refusal:
        return [one.code for one in refusal.blockers]
    return []


def jump(delta: timedelta) -> datetime:
    return clock.demo_jump(delta)


def needs(code: str = "T-D1") -> dict[str, int]:
    return course(Draw.objects.get(pk=code)).needs


def state(code: str = "T-D1") -> str:
    return Draw.objects.get(pk=code).state


def seat_state(seat: Seat) -> str:
    return Seat.objects.get(pk=seat.pk).state


def last(stream: str, type: str = "") -> dict[str, Any]:
    """The data of the newest entry of a stream."""
    from audit_log.selectors import trail

    return trail.events(stream, *([type] if type else []))[-1]["data"]


@dataclass
class Named:
    """Who stands behind the handles, for a test that has to know what nobody may."""

    expert: dict[str, str]

    @classmethod
    def of(cls, code: str = "T-D1") -> "Named":
        from experts.services import rosters

        known = rosters.identities_of(reading.get(code))
        return cls({handle: one.expert for handle, one in known.items()})

    def employer(self, handle: str) -> str:
        return Expert.objects.get(pk=self.expert[handle]).employer

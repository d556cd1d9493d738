"""Plausible but evidently artificial data, the same on every run.

Every choice comes from SHA-256 over a fixed seed and a label, so there is no generator state and
no call order to keep. Names are a surname with two cyclical characters (王甲子), identity numbers
carry a region that does not exist (00…), phones begin with 100.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from accounts.domain.credit_code import check_character
from experts.domain.specialties import HOLDABLE
from experts.selectors.specialties import codes

SEED = "mingding-demo-1"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
REGIONS = ("330402", "330411", "330421", "330424", "330481", "330482", "330483")
TITLES = ("高级工程师", "正高级工程师", "高级经济师")
WANTED = ("A080104", "A060101", "A080109", "A040103", "A080113", "A050101")
"""Specialties a building renovation draws from; a fifth of the pool has one of them first."""
PAPERS = ("identity_check", "title_certificate", "work_proof")
"""Papers that every application comes with."""

T = TypeVar("T")


def number(label: str, below: int) -> int:
    """Return an integer in 0 … below−1 that depends on the label alone."""
    return int.from_bytes(hashlib.sha256(f"{SEED}/{label}".encode()).digest()[:8]) % below


def pick(label: str, options: Sequence[T]) -> T:
    """Return one of the options, chosen by the label alone."""
    return options[number(label, len(options))]


def credit_code(label: str) -> str:
    """Return a well-formed 统一社会信用代码 for a label; its registering region is unassigned."""
    body = f"91330499DM{number(label, 10**7):07d}"
    return body + check_character(body)


def specialties() -> list[str]:
    """Return the codes of the bundled specialty tree that a person may hold (levels 3 and 4)."""
    return [code for code in codes() if len(code) >= HOLDABLE]


def employers(count: int) -> list[str]:
    """Return the credit codes of artificial employers."""
    return [credit_code(f"employer/{index}") for index in range(count)]


def applications(count: int, works_at: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield what `experts.services.pool.enter_batch` takes for each of `count` experts."""
    codes = specialties()
    for index in range(count):
        label = f"expert/{index}"
        held = {pick(f"{label}/s{k}", codes) for k in range(1 + number(f"{label}/many", 3))}
        if number(f"{label}/wanted", 5) == 0:
            held.add(pick(f"{label}/first", WANTED))
        main = min(held, key=lambda code: (code not in WANTED, code))
        yield {
            "code": f"E{index + 1:06d}",
            "person": _person(label, index),
            "employer": pick(f"{label}/employer", works_at),
            "region": pick(f"{label}/region", REGIONS),
            "title": pick(f"{label}/title", TITLES),
            "years": 8 + number(f"{label}/years", 30),
            "specialties": sorted(held, key=lambda code: (code != main, code)),
            "term_from": date(2024, 1, 1),
            "term_to": date(2027, 12, 31),
            "documents": [_paper(label, kind) for kind in PAPERS],
            "score": 60 + number(f"{label}/score", 41),
            "material": hashlib.sha256(f"{SEED}/entry-test".encode()).hexdigest(),
        }


def _paper(label: str, kind: str) -> dict[str, Any]:
    expires = date(2028 + number(f"{label}/{kind}/to", 3), 6, 30)
    return {
        "kind": kind,
        "sha256": hashlib.sha256(f"{SEED}/{label}/{kind}".encode()).hexdigest(),
        "expires": expires if kind == "title_certificate" else None,
    }


def _person(label: str, index: int) -> dict[str, str]:
    name = pick(f"{label}/surname", SURNAMES) + pick(f"{label}/stem", STEMS)
    born = f"{1957 + number(f'{label}/born', 30)}{1 + number(f'{label}/month', 12):02d}15"
    return {
        "name": name + pick(f"{label}/branch", BRANCHES),
        "id_number": f"{index // 10_000:06d}{born}{index % 10_000:04d}",
        "phone": f"100{index:08d}",
    }

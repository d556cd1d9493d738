"""What cannot be told apart (D15): worlds that differ in a secret, byte for byte, for every role.

Who stands behind two handles, who gave which of two sheets, who cast which of two ballots: at each
stage before it may be known, all that each role gets out of the site is the same in both worlds.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import transaction

from config.demo import synthetic
from config.demo.job import Job
from experts.services import invitations
from tests.secrets import worlds
from tests.secrets.crawling import differences, mask
from tests.secrets.looking import DRAWN, SEATED, VISITOR, browser, heads, heard, look
from tests.secrets.worlds import ALL_DIFFERS, AS_IT_IS, COURSE, DRAW, WORLDS

pytestmark = pytest.mark.django_db

LOOKS = {
    ("accepted", ALL_DIFFERS): (VISITOR, "zjk", "zbr1", "jyzx1", "zjj", "jw", DRAWN),
    ("accepted", "drawn exchanged"): ("jyzx1",),
    ("sheets sealed", "sheets exchanged"): ("jyzx1", "zjj", "jw", SEATED),
    ("sheets opened", ALL_DIFFERS): ("zbr1",),
    ("reported", ALL_DIFFERS): ("zbr1",),
    ("ballots cast", ALL_DIFFERS): ("zbr1", "jdz", "dbwy3"),
    ("ballots cast", "ballots exchanged"): ("jyzx1", "jw"),
    ("ballots counted", "ballots exchanged"): ("zbdb",),
    ("notified", ALL_DIFFERS): (VISITOR, "tbr", "zjk", "sjgl", "fgj", "xtgl", "aqgl"),
}  # fmt: skip
"""(Stage, world beside the one as it is) → who must not be able to tell them apart then."""
LOOKED = {stage for stage, _ in LOOKS}
THOROUGH = ("accepted", "notified")
"""The first and the last look go everywhere, those between to the pages of the case."""


def seen(job: Job, name: str, place: Path) -> dict[tuple[str, str], dict[str, bytes]]:
    """Play a world to its last look; (stage, who) → what was seen, and what the play logged.

    The world as it is is looked at by everyone who compares it with another.
    """
    wanted: dict[str, set[str]] = {}
    for (stage, other), people in LOOKS.items():
        if name in (AS_IT_IS, other):
            wanted.setdefault(stage, set()).update(people)
    found: dict[tuple[str, str], dict[str, bytes]] = {}
    with worlds.taken_back(place):
        mine, before = replace(job, members=[]), heads()
        for stage, step in COURSE.items():
            with heard() as log:
                step(mine, WORLDS[name])
            found[stage, "log"] = {"log": mask("\n".join(log.lines).encode())}
            for who in sorted(wanted.pop(stage, ())):
                found[stage, who] = look(mine, who, before, thorough=stage in THOROUGH)
            before = heads() if stage in LOOKED else before
            if not wanted:
                break
    return found


def test_d15_nobody_can_tell_the_worlds_apart_before_he_may(ladder, tmp_path):
    job = worlds.begun(ladder)
    known = {name: seen(job, name, tmp_path / name) for name in WORLDS}
    told = {
        (stage, name, who): differences(known[AS_IT_IS][stage, who], known[name][stage, who])
        for (stage, name), people in LOOKS.items()
        for who in (*people, "log")
    }
    assert {place: found for place, found in told.items() if found} == {}


GROUND = "ab" * 32
TIE = {"kind": "cooperation", "party": synthetic.credit_code("bidder/甲方建设")}
TIE |= {"valid_from": "2024-01-01", "valid_to": "2026-12-31"}
ATTEMPTS = (
    ("zjj", "suspend", {"ground": "inquiry", "decision": GROUND}),
    ("zjj", "disqualify", {"ground": "leak", "decision": GROUND}),
    ("zjk", "exit", {"ground": "voluntary"}),
    ("zjk", "erase", {"ground": "request"}),
    ("zjk", "send-link", {}),
    ("zjk", "renew", {"term_from": "2025-01-01", "term_to": "2028-01-01"}),
    ("zjk", "record-conflict", TIE | {"source": "pool", "evidence": GROUND}),
    (DRAWN, "declare-leave", {"first": "2025-04-01", "last": "2025-04-30"}),
    (DRAWN, "declare-conflict", TIE),
)
"""Acts on A1, who was drawn in one world and left in the other."""


def attempted(job: Job, name: str, place: Path) -> dict[str, bytes]:
    """Who tries what on A1 → the answer, then what the trading centre sees of the draw."""
    found = {}
    with worlds.taken_back(place):
        worlds.play(job, WORLDS[name], upto="accepted")
        centre = browser(job, "jyzx1")
        for who, act, given in ATTEMPTS:
            with transaction.atomic():
                address = f"/api/v1/experts/A1/{act}/"
                answer = browser(job, who).post(address, given, content_type="application/json")
                shown = centre.get(f"/draw/{DRAW}/").content
                found[act] = mask(answer.content + shown, [invitations.room_code(DRAW).encode()])
                found[f"{act} status"] = str(answer.status_code).encode()
                transaction.set_rollback(True)
    return found


def test_d15_no_act_on_an_expert_tells_whether_he_was_drawn(ladder, tmp_path):
    job = worlds.begun(ladder)
    one, other = (attempted(job, name, tmp_path / name) for name in (AS_IT_IS, ALL_DIFFERS))
    assert differences(one, other) == {}
    refused = [act for _, act, _ in ATTEMPTS if one[f"{act} status"] != b"201"]
    assert refused == ["erase"]

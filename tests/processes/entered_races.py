"""Races for draws that were made elsewhere; after them the installation is in that mode."""

from collections.abc import Iterator
from datetime import timedelta

from audit_log.services import clock
from config.demo import synthetic
from evaluation.services import drawing
from experts.models import Draw
from experts.services import drawn_lists, modes
from tests.experts import sheets
from tests.processes import draw_races
from tests.processes.racing import Edge, Race, World

SHEET = "5e" * 32
ONE, TWO = "D-entered", "D-returned"
UNRACED = {
    ("Expert", "relist", "exited", "active"): "taken by an import, which is due work",
    ("Intake", "pass_check", "received", "checked"): "due work: a locked file leaves it to one",
    ("Intake", "find_faults", "received", "faulty"): "due work: a locked file leaves it to one",
    ("Intake", "find_faults", "approved", "faulty"): "due work: a locked file leaves it to one",
    ("Intake", "finish", "approved", "done"): "due work: a locked file leaves it to one",
    ("Intake", "accept_intake", "checked", "approved"): "its code is random: no race can name it",
    ("Intake", "withdraw_intake", "received", "withdrawn"): "its code is random",
    ("Intake", "withdraw_intake", "checked", "withdrawn"): "its code is random",
    ("Intake", "withdraw_intake", "approved", "withdrawn"): "its code is random",
}
"""Edge → why no two processes race for it here; its row is locked like every other."""


def drawn(code: str) -> list[dict[str, str]]:
    """Two for the one slot that these draws ask for."""
    first = 500 if code == ONE else 600
    return [
        {
            "slot": "1",
            "name": f"钱丁{number}",
            "id_number": sheets.id_number(number),
            "phone": f"100{number:08d}",
            "employer": synthetic.credit_code(f"unit/{number}"),
            "title": "高级工程师",
            "specialty": "A080104",
            "region": "330402",
        }
        for number in (first, first + 1)
    ]


def elsewhere(world: World) -> None:
    if modes.modes.current() != "external":
        modes.propose(actor=world.cast["xtgl"], mode="external")
        modes.confirm(actor=world.cast["aqgl"], mode="external")


def entered(world: World, code: str) -> None:
    elsewhere(world)
    draw_races.approved(world, code)
    drawn_lists.enter(
        actor=world.cast["jyzx1"],
        draw=code,
        sheet=SHEET,
        drawn_at=clock.now() - timedelta(hours=1),
        drawn=drawn(code),
    )


def confirm(world: World, code: str, _part: str) -> None:
    drawing.confirm_list(actor=world.cast["jyzx2"], draw=code, sheet=SHEET, drawn=typed(code))


def typed(code: str) -> list[dict[str, str]]:
    keys = ("slot", "id_number", "employer")
    return [{key: one[key] for key in keys} for one in drawn(code)]


def send_back(world: World, code: str, _part: str) -> None:
    drawn_lists.send_back(actor=world.cast["jyzx2"], draw=code, ground="differs")


def newest(_world: World, code: str) -> str:
    return str(Draw.objects.get(pk=code).lists.count())


def races() -> Iterator[Race]:
    taken = (
        Edge("Draw", "take_over", "approved", "filled"),
        Edge("DrawnList", "confirm", "entered", "confirmed"),
    )
    yield Race("draw", ONE, taken, "draw.list_confirmed", confirm, before=entered, part=newest)
    back = (Edge("DrawnList", "send_back", "entered", "returned"),)
    yield Race("draw", TWO, back, "draw.list_returned", send_back, before=entered, part=newest)

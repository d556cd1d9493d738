"""Case files for the demonstration, and playing one on top of the ladder's installation."""

import copy
import json
from typing import Any

from config.demo import case as cases
from config.demo import job as steps
from config.demo import show
from config.demo.job import Job, Step

NAMES = ("海盐第一营造厂", "桐乡第二营造厂", "平湖第三营造厂", "嘉善第四营造厂")
POINTS = (
    ("91.5", "90.25", "92", "88.125", "93.0"),
    ("85.0", "86.0", "87.0", "88.5", "84.75"),
    ("80.0", "79.5", "83.25", "84.0", "82.0"),
    ("70.0", "71.0", "69.5", "72.25", "68.0"),
)
PRICES = ("9123456.78", "9000000", "8999999.9", "8765432.10")


def lot(name: str, *, few: int = len(NAMES), shift: int = 0, **more: Any) -> dict[str, Any]:
    """A lot of up to four bidders with prices; `shift` hands the score columns round."""
    rows = [
        {
            "bidder": NAMES[place],
            "price_yuan": PRICES[place],
            "scores": list(POINTS[(place + shift) % len(POINTS)]),
        }
        for place in range(few)
    ]
    return {"lot": name, "ceiling_yuan": "10000000.00", "bidders": rows} | more


def tender(*lots: dict[str, Any]) -> dict[str, Any]:
    """A case that no bundled file knows: five members, four of them drawn."""
    panel = {"experts": 4, "tenderer_representatives": 1}
    return {"title": "某县文化馆修缮工程施工", "panel": panel, "lots": list(lots)}


def real() -> dict[str, Any]:
    """The bundled real case as parsed JSON."""
    return json.loads(cases.DEFAULT.read_text())


def only(data: dict[str, Any], name: str) -> dict[str, Any]:
    """The case with one of its lots."""
    return data | {"lots": [one for one in data["lots"] if one["lot"] == name]}


def with_swapped_scores(data: dict[str, Any], one: str, other: str) -> dict[str, Any]:
    """The case in which two bidders of the first lot have each other's scores."""
    changed = copy.deepcopy(data)
    rows = {row["bidder"]: row for row in changed["lots"][0]["bidders"]}
    rows[one]["scores"], rows[other]["scores"] = rows[other]["scores"], rows[one]["scores"]
    return changed


def play(ladder: Any, data: dict[str, Any], code: str = "T", until: Step = steps.notify) -> Job:
    """Play a case up to a step in the installation of the ladder."""
    case = cases.parse(data)
    show.register_bidders(case)
    job = Job(code, case, ladder.cast, refusals=[], objection=False)
    steps.play(job, until)
    return job


def states(job: Job) -> list[str]:
    """The state of each lot."""
    return [job.project(code).state for code, _ in job.lots]


def candidates(job: Job, place: int = 0) -> dict[str, str]:
    """Name → total of the candidates of a lot."""
    code, played = job.lots[place]
    names = {bidder.org: bidder.name for bidder in played.bidders}
    rows = job.project(code).candidates.select_related("bid")
    return {names[row.bid.bidder_id]: str(row.total) for row in rows}


def winners(job: Job) -> list[str]:
    """The winner of each lot by name, "" where it has none."""
    names = {bidder.org: bidder.name for _, lot in job.lots for bidder in lot.bidders}
    return [names.get(job.project(code).winner, "") for code, _ in job.lots]

"""Looking at a world as somebody: where one can get, and what is logged meanwhile."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.test import Client

from audit_log.selectors import trail
from config.demo.job import Job
from desk.web.middleware import OWN
from experts.services import invitations
from tests.desk.doors import sign_in
from tests.secrets.crawling import Crawl, mask
from tests.secrets.worlds import DRAW, LOT

VISITOR, DRAWN, SEATED = "visitor", "drawn", "seated"
"""Who has no account: anybody, A1 at his own page, and B1 in the room."""
VALUES = [
    *({"about": kind, "kind": kind, "code": code, "id": code} for kind, code in (
        ("project", LOT), ("public", LOT), ("draw", DRAW), ("expert", "A3"), ("account", "zbdb"),
    )),
    *({"about": "export", "form": form} for form in ("csv", "jsonl")),
]  # fmt: skip
ELSEWHERE = re.compile(
    r"/L-|/E0|/account/(?!zbdb)|/expert/(?!A3)|/entry/(?!project|draw)|/rules/|/demo/|openapi"
    r"|/login/|/trail/(consistency|checkpoint)/|/trail/(export/\w+/)?\?|/trail/evidence/$|/proof/|page="
)
"""Other cases and persons, second pages, views of the same list, what holds only hashes."""
EVERYWHERE = re.compile("")
CASE = re.compile(rf"^(?!/entry/).*(^/$|/{LOT}/|/{DRAW}/|={LOT}$|/A3/)")
"""Pages of the case."""


class Heard(logging.Handler):
    """Every line that the product logs; Django's own lines of SQL are the database's business."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.levelname} {record.getMessage()}")


@contextmanager
def heard() -> Iterator[Heard]:
    """Listen in place of everybody else."""
    root, mine = logging.getLogger(), Heard()
    before, level, root.handlers = root.handlers, root.level, [mine]
    root.setLevel(logging.DEBUG)
    try:
        yield mine
    finally:
        root.handlers = before
        root.setLevel(level)


def browser(job: Job, who: str) -> Client:
    """The browser of an account, of a visitor, or of an expert at his own page or in his seat."""
    if who == SEATED:
        return sign_in(job.members[2])
    if who not in (VISITOR, DRAWN):
        return sign_in(job.cast[who])
    client = Client()
    if who == DRAWN:
        session = client.session
        session[OWN] = "A1"
        session.save()
    return client


def look(job: Job, who: str, before: dict[str, int], *, thorough: bool) -> dict[str, bytes]:
    """All that somebody gets to see, without entries that stood there `before`, and what is logged.

    The room's code is masked as what it is: random.
    """
    passed = "|".join(
        f"/{stream}/({'|'.join(map(str, range(head)))})/" for stream, head in before.items()
    )
    skip = re.compile(f"{ELSEWHERE.pattern}|{passed}")
    known = [invitations.room_code(DRAW).encode()]
    crawl = Crawl(browser(job, who), VALUES, skip, EVERYWHERE if thorough else CASE)
    with heard() as log:
        found = crawl.answers(f"/trail/evidence/?project={LOT}", known=known)
    return found | {"log": mask("\n".join(log.lines).encode(), known)}


def heads() -> dict[str, int]:
    """How long the streams of the case are."""
    return {name: len(trail.lines(name)) for name in (f"project/{LOT}", f"draw/{DRAW}")}

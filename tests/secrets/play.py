"""A small job in a process of its own, stopped at each point at which something is still secret.

`python -m tests.secrets.play TARGET` copies DATA_DIR to `TARGET/<stage>` at each stage, with all
that was logged until then (SQL with its values in a file of its own) and the sessions in plain.
What the test must know and nobody else may (who was drawn) goes to `TARGET/known.json`.
"""

import json
import logging
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests.secrets import planted

STAGES = ("tendering", "drawn", "scored", "voting", "counted")
POOL = 40


def main(target: Path) -> None:
    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    listen(target)
    settings.DATA_DIR.mkdir(parents=True)
    call_command("migrate", verbosity=0)
    Play(target).run()


def listen(target: Path) -> None:
    """Log everything at DEBUG: SQL with its values into one file, all else into another."""
    connection.force_debug_cursor = True
    for name, logger in (("sql.log", "django.db.backends"), ("other.log", "")):
        heard = logging.getLogger(logger)
        heard.addHandler(logging.FileHandler(target / name))
        heard.setLevel(logging.DEBUG)
        heard.propagate = False


class Play:
    """The steps of the demonstration, with secrets of our own planted in them."""

    def __init__(self, target: Path) -> None:
        from config.demo.job import Job

        self.target = target
        self.passwords: dict[str, str] = {}
        self.job = Job(planted.TENDER, case(), self.install(), refusals=[], objection=False)

    def run(self) -> None:
        from config.demo import job as steps

        job, stop = self.job, self.stop
        for step in (
            (steps.register, steps.plan_award, steps.publish_tender, steps.hand_in_bids),
            (stop("tendering"), steps.request_draw, steps.commit_draw, self.draw, stop("drawn")),
            (steps.open_bids, steps.sign_in, steps.start_evaluation, self.seal_sheets),
            (stop("scored"), self.open_sheets, steps.report, steps.publish_candidates),
            (steps.begin_award, self.cast_ballots, stop("voting"), self.close_ballot),
            (stop("counted"),),
        ):
            for one in step:
                one(job)

    def install(self) -> dict[str, Any]:
        """Keys, rules, cast, bidders, and a pool in which everyone has the planted name."""
        from audit_log.services import clock
        from config.demo import cast, synthetic
        from desk.services import installing
        from experts.services import pool
        from tests import scenarios

        installing.make_keys()
        clock.set_demo_clock(scenarios.START)
        installing.install()
        for name, _ in scenarios.SCORES:
            scenarios.register_bidder(name)
        players = cast.make(synthetic.credit_code(f"bidder/{scenarios.SCORES[0][0]}"))
        self.passwords = {code: player.password for code, player in players.items()}
        actors = {code: player.actor for code, player in players.items()}
        people = [application(number) for number in range(POOL)]
        pool.enter_batch(actor=actors["zjk"], reviewer=actors["zjj"], applications=people)
        return actors

    def stop(self, stage: str) -> Any:
        return lambda _: self.copy(self.target / stage)

    def copy(self, place: Path) -> None:
        """Seal, write the evidence, and copy all there is but the keys."""
        from audit_log.services import sealer
        from desk.services import bundle

        sealer.seal_now()
        for name, project in (("evidence", ""), ("case", self.job.lots[0][0])):
            bundle.write(settings.DATA_DIR / f"{name}.zip", project=project)
        shutil.copytree(settings.DATA_DIR, place)
        (place / "sessions.json").write_text(json.dumps(sessions()))
        for name in ("sql.log", "other.log"):
            shutil.copy(self.target / name, place / name)

    def draw(self, job: Any) -> None:
        """Draw until every seat is accepted, and send every message on its way."""
        from accounts.services import outbox
        from experts.models import Draw, Seat
        from experts.services import answers, rosters, rounds

        row = Draw.objects.get(pk=job.draw)
        for account in ("zjj", "zbr2"):
            rounds.contribute(actor=job.cast[account], draw=row.pk, value="3 1 4 1 5 9")
        rounds.open_round(actor=job.cast["jyzx1"], draw=row.pk)
        rounds.run_round(actor=job.cast["jyzx1"], draw=row.pk)
        sent = outbox.send_due()
        seats = list(Seat.objects.filter(draw=row, state="selected"))
        for seat in seats:
            answers.answer(actor=seat.actor, draw=row.pk, answer="accepted")
        sent += outbox.send_due()
        people = rosters.identities_of(Draw.objects.get(pk=row.pk))
        drawn = sorted(people[seat.candidate].expert for seat in seats)
        known = {"draw": row.pk, "drawn": drawn, "sent": sent, "title": job.case.title}
        (self.target / "known.json").write_text(json.dumps(known))

    def seal_sheets(self, job: Any) -> None:
        """The experts seal through the service, the representative through the API."""
        from evaluation.services import scoring

        code, lot = job.lots[0]
        for member in job.members[:-1]:
            scoring.seal_sheet(actor=member, project=code, scores=sheet(lot, planted.SCORE))
        client, address = self.client("zbdb"), f"/api/v1/projects/{code}/seal-sheet/"
        for score, status in ((planted.WRONG_SCORE, 422), (planted.SCORE, 201)):
            body = {"scores": sheet(lot, score)}
            answer = client.post(address, body, content_type="application/json")
            assert answer.status_code == status, answer.content.decode()

    def open_sheets(self, job: Any) -> None:
        from evaluation.services import scoring

        scoring.open_sheets(actor=job.cast["jyzx1"], project=job.lots[0][0])

    def cast_ballots(self, job: Any) -> None:
        """The first member votes on the page, once wrongly; the others through the service."""
        from award.services import meeting
        from config.demo.job import award_members

        code, _ = job.lots[0]
        meeting.open_ballot(actor=job.cast["zbr1"], project=code)
        current = job.project(code).rounds.get()
        choices = current.eligible[: current.seats]
        first, *others = award_members(job)
        for member in others:
            meeting.cast_ballot(
                actor=job.cast[member], project=code, choices=choices, reason=planted.REASON
            )
        client, address = self.client(first), f"/project/{code}/cast-ballot/"
        ballot = {"reason": planted.REASON, "choices": "\n".join(choices)}
        for step, wrong, status in (("confirm", {}, 200), ("do", {"choices": ""}, 422)):
            answer = client.post(address, ballot | wrong | {"step": step})
            assert answer.status_code == status, answer.content.decode()
        answer = client.post(address, ballot | {"step": "do"})
        assert answer.status_code == 302, answer.content.decode()

    def close_ballot(self, job: Any) -> None:
        from award.services import meeting

        meeting.close_ballot(actor=job.cast["zbr1"], project=job.lots[0][0])

    def client(self, account: str) -> Client:
        """A browser in which the account has signed in."""
        client = Client()
        form = {"code": account, "password": self.passwords[account]}
        assert client.post("/login/", form).status_code == 302
        return client


def case() -> Any:
    """The ladder's small case, its first bidder at the planted price."""
    from config.demo import case as cases
    from tests.scenarios import case_data

    data = case_data()
    data["lots"][0]["ceiling_yuan"] = "80000000000.00"
    data["lots"][0]["bidders"][0]["price_yuan"] = planted.PRICE_YUAN
    return cases.parse(data)


def application(number: int) -> dict[str, Any]:
    from config.demo import synthetic

    return {
        "code": f"Zexpert{number:03d}",
        "person": {
            "name": f"{planted.NAME}{number}",
            "id_number": f"{planted.ID_NUMBER}{number:06d}",
            "phone": f"100998877{number:02d}",
        },
        "employer": synthetic.credit_code(f"employer/{number}"),
        "region": "330402",
        "title": "高级工程师",
        "years": 12,
        "specialties": ["A080104", "A060101", "A050101"],
        "term_from": date(2024, 1, 1),
        "term_to": date(2027, 12, 31),
    }


def sheet(lot: Any, score: str) -> list[dict[str, str]]:
    """A sheet with the planted score for the first bidder."""
    first, *others = lot.scored
    rows = [{"bidder": first.org, "factor": "total", "score": score}]
    return rows + [{"bidder": one.org, "factor": "total", "score": one.scores[0]} for one in others]


def sessions() -> list[dict[str, Any]]:
    """What the sessions hold, decoded: in their table they are signed and packed."""
    from django.contrib.sessions.models import Session

    return [one.get_decoded() for one in Session.objects.all()]


if __name__ == "__main__":
    main(Path(sys.argv[1]))

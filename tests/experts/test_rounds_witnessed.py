"""Rounds with the commission's tool at work: a process of its own, with keys of its own."""

import contextlib
import subprocess
import sys

import pytest

from audit_log.domain import canonical
from audit_log.services import keys
from audit_log.witness import state
from experts.models import Seat
from experts.selectors import draws as reading
from experts.services import answers, draws, rounds
from tests.experts import world
from tests.experts.world import CENTRE, TENDERER, accept, commit, contribute, draw_round, refused

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
OPEN = {"actor": CENTRE, "draw": "T-D1"}


class Commission:
    """The commission's own folder, and the one it shares with the operator."""

    def __init__(self, home, settings):
        self.home, self.shared = home, settings.WITNESS_DIR
        public = state.create(home, "w.example/discipline", "draw")
        known = {key: public[key] for key in ("vkey", "draw_key")}
        settings.WITNESS_VKEY_FILE.write_bytes(canonical.dumps(known))
        for name in ("in", "out"):
            (self.shared / name).mkdir(parents=True)
        self.draw_key = public["draw_key"]
        self.call("trust", "--log", keys.log_vkey())

    def words(self, *words):
        return [sys.executable, "-m", "audit_log.witness", "--home", str(self.home), *words]

    def call(self, *words):
        subprocess.run(self.words(*words), check=True, capture_output=True)

    @contextlib.contextmanager
    def at_work(self):
        folders = ["--inbox", str(self.shared / "in"), "--outbox", str(self.shared / "out")]
        words = self.words("run", *folders, "--poll", "0.005")
        with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
            try:
                yield
            finally:
                process.kill()


@pytest.fixture
def commission(district, tmp_path, settings):
    settings.WITNESS_TIMEOUT = 10
    return Commission(tmp_path / "commission", settings)


def test_a_witnessed_draw_from_commitment_to_close(commission, district):
    with commission.at_work():
        world.enter_dozen()
        commit()
        seats = draw_round()
        answers.answer(actor=seats[0].actor, draw="T-D1", answer="declined", reason="away")
        accept(*seats[1:])
        accept(*draw_round())
        for seat in Seat.objects.filter(draw="T-D1", state="accepted"):
            draws.sign_in(actor=seat.actor, draw="T-D1")
        draws.close(actor=CENTRE, draw="T-D1")
    outcome = reading.outcome("T-D1")
    assert [one.witnessed for one in outcome.rounds] == [True, True]
    assert outcome.mark_key == commission.draw_key
    assert outcome.closed
    assert len(outcome.opened) == 3


def test_without_its_mark_a_committed_draw_is_not_run_and_is_run_once_it_comes(
    commission, district, settings
):
    with commission.at_work():
        world.enter_dozen()
        commit()
        contribute()
        rounds.open_round(**OPEN)
    settings.WITNESS_TIMEOUT = 0.05
    assert refused(rounds.run_round, **OPEN) == ["mark_awaited"]
    assert not Seat.objects.filter(draw="T-D1").exists()
    settings.WITNESS_TIMEOUT = 10
    with commission.at_work():
        rounds.run_round(**OPEN)
    assert reading.outcome("T-D1").rounds[0].witnessed


def test_contributions_wait_for_the_commission_s_cosignature(commission, district, settings):
    settings.WITNESS_TIMEOUT = 0.05
    world.enter_dozen()
    commit()
    given = {"actor": TENDERER, "draw": "T-D1", "value": "123456"}
    assert refused(rounds.contribute, **given) == ["commitment_unsealed"]
    settings.WITNESS_TIMEOUT = 10
    with commission.at_work():
        world.sealer.seal_now()
    assert refused(rounds.contribute, **given) == []


def test_a_draw_committed_without_a_commission_is_run_unwitnessed_for_ever(
    dozen, tmp_path, settings
):
    commit()
    with Commission(tmp_path / "commission", settings).at_work():
        draw_round()
    assert [one.witnessed for one in reading.outcome("T-D1").rounds] == [False]

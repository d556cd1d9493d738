"""Two processes of the product on one database, made to collide."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes.copies import Copy

ROOT = Path(__file__).resolve().parents[2]
HEAD_START = 0.03
"""Seconds between sending two jobs and their common start."""


@dataclass(frozen=True)
class Result:
    """What came of a race: the parties' answers, and what the database showed before and after."""

    answers: tuple[dict[str, Any], dict[str, Any]]
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def outcomes(self) -> list[str]:
        """`done`, `refused` or the traceback, for each party."""
        return sorted(
            "refused" if "refused" in one else one.get("answer") or one["error"]
            for one in self.answers
        )

    @property
    def collided(self) -> bool:
        """Whether both were at it at the same time."""
        first, second = self.answers
        return first["began"] < second["ended"] and second["began"] < first["ended"]


class Worker:
    """One process; `ask` sends a job, `answer` waits for what came of it."""

    def __init__(self, copy: Copy) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.processes.worker"],
            cwd=ROOT,
            env=copy.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, do: str, at: float = 0.0, **given: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, "at": at, "with": given}) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def do(self, do: str, **given: Any) -> Any:
        """Ask and wait; raise AssertionError with whatever the process refused or leaked."""
        self.ask(do, **given)
        answer = self.answer()
        assert "answer" in answer, answer.get("refused") or answer["error"]
        return answer["answer"]

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Stage:
    """Both processes."""

    def __init__(self, copy: Copy) -> None:
        self.workers = Worker(copy), Worker(copy)

    def race(self, name: str) -> Result:
        """Let both processes take the same edge at the same moment."""
        first, second = self.workers
        part = first.do("prepare", race=name)
        before = first.do("look", race=name, part=part)
        at = time.monotonic() + HEAD_START
        for worker in self.workers:
            worker.ask("call", at, race=name, part=part)
        answers = first.answer(), second.answer()
        return Result(answers, before, first.do("look", race=name, part=part))


@contextmanager
def standing(copy: Copy) -> Iterator[Stage]:
    """Start both processes; stop them at the end."""
    stage = Stage(copy)
    try:
        yield stage
    finally:
        for worker in stage.workers:
            worker.stop()

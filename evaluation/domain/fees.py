"""专家劳务费: what one member is due for his time, in whole fen by the values of the profile."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tariff:
    """A base fee for so many minutes, a fee for each further step begun, one for a sub-site."""

    base_fen: int
    base_minutes: int
    step_fen: int
    step_minutes: int
    remote_fen: int


@dataclass(frozen=True, slots=True)
class Fee:
    """What one member is due, in fen; `steps` are the steps of overtime begun."""

    base_fen: int
    steps: int
    overtime_fen: int
    remote_fen: int

    @property
    def total_fen(self) -> int:
        """The sum."""
        return self.base_fen + self.overtime_fen + self.remote_fen


def fee(tariff: Tariff, *, minutes: int, remote: bool) -> Fee:
    """Return what `minutes` of presence are due, at a sub-site where `remote`.

    Raise ValueError for a negative time.
    """
    if minutes < 0:
        raise ValueError("a member cannot leave before he came")
    over = max(0, minutes - tariff.base_minutes)
    steps = -(-over // tariff.step_minutes)
    extra = tariff.remote_fen if remote else 0
    return Fee(tariff.base_fen, steps, steps * tariff.step_fen, extra)

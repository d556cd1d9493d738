"""How drawn experts are asked: time to answer, quiet hours, when the next round comes by itself.

Rules pinned before there were such parameters say nothing of them.
"""

from datetime import timedelta
from fractions import Fraction

from rulebook.domain.rules import Profile


def time_to_answer(profile: Profile, round: int) -> timedelta:
    """Parameter invitation_minutes; supplement_minutes for rounds after the first (补抽)."""
    supplement = round > 1 and "supplement_minutes" in profile.rules
    return timedelta(
        minutes=profile.number("supplement_minutes" if supplement else "invitation_minutes")
    )


def quiet_hours(profile: Profile) -> str:
    """Parameter quiet_hours, like `22:00-07:00`; "": there are none."""
    return profile.text("quiet_hours") if "quiet_hours" in profile.rules else ""


def next_round_wait(profile: Profile) -> timedelta | None:
    """Parameter next_round_minutes: how long the next round waits for somebody to open it.

    None: it never comes by itself.
    """
    if "next_round_minutes" not in profile.rules:
        return None
    return timedelta(minutes=profile.number("next_round_minutes"))


def refusal_alarm(profile: Profile) -> tuple[int, Fraction] | None:
    """Parameters refusal_answers and refusal_chance: from how many answers, below which chance.

    None: nobody is told of.
    """
    if "refusal_chance" not in profile.rules:
        return None
    return profile.number("refusal_answers"), profile.ratio("refusal_chance")

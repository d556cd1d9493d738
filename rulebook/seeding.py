"""What a new installation starts from: the bundled rule profiles and the kept holiday calendar."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import chinese_calendar

from rulebook.domain.profile_json import parse_profile
from rulebook.domain.rules import Profile, lineage, merge

DATA = Path(__file__).parent / "data"


@cache
def bundled_profiles() -> MappingProxyType[str, Profile]:
    """Return the profiles under `rulebook/data` by code, each as its file states it."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(DATA.glob("*.json")))
    profiles = (parse_profile(json.loads(text)) for text in texts)
    return MappingProxyType({profile.code: profile for profile in profiles})


def bundled_profile(code: str) -> Profile:
    """Return the bundled profile `code` merged with its parents; ProfileError where unknown."""
    return merge(lineage(code, bundled_profiles()))


def calendar_from_library(first: int, last: int) -> dict[str, Any]:
    """Return the years `first` … `last` that the kept library knows, for `parse_calendar`.

    A year the library does not know is left out. The version names library and release.
    """
    version = f"chinesecalendar {chinese_calendar.__version__}"
    known = {day.year for day in chinese_calendar.holidays}
    years = {str(year): _year(year) for year in range(first, last + 1) if year in known}
    return {"version": version, "years": years}


def _year(year: int) -> dict[str, list[str]]:
    return {
        "holidays": _days(year, chinese_calendar.holidays),
        "workdays": _days(year, chinese_calendar.workdays),
    }


def _days(year: int, days: dict[date, Any]) -> list[str]:
    return [day.isoformat() for day in sorted(days) if day.year == year]

"""The cells of a list of experts, column by column: read strictly, faults noted on the line."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime

from accounts.domain import credit_code, id_number
from experts.domain.pool_columns import EXAMPLES, STATUSES, plain
from experts.domain.pool_faults import Broken, Formula, Line

_REGIONS = (11, 12, 13, 14, 15, 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55))
PROVINCES = frozenset(map(str, (*_REGIONS, *range(61, 66), 71, 81, 82)))
"""First two digits of a region (GB/T 2260)."""
SPECIALTY = re.compile(r"[ABC]([0-9]{2}){2,3}")
CODE = re.compile(r"[A-Za-z0-9._-]{1,20}")
EXACT_DIGITS = 15
"""Numbers with more digits than these have been rounded by the spreadsheet."""
_PHONE = re.compile(r"1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_DATE = re.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?|([0-9]{8})")
_SPLIT = re.compile(r"[、,;|\s/]+")
_LONGEST = {"name": 40, "title": 20}


def _text(line: Line, key: str, cell: object, *, optional: bool = False) -> str:
    """The text of a cell, "" where there is none or it is no text, with the fault noted."""
    match cell:
        case Formula():
            line.fault(key, "cell_formula")
            return ""
        case Broken() | bool() | float() if not _is_finite(cell):
            line.fault(key, "cell_error")
            return ""
        case datetime() | date():
            return cell.strftime("%Y-%m-%d")
        case int() | float():
            return str(int(cell)) if cell == int(cell) else str(cell)
        case str() if text := plain(cell):
            if text.startswith("="):
                line.fault(key, "cell_formula")
                return ""
            return text
    if not optional:
        line.fault(key, "cell_missing")
    return ""


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _is_finite(cell: object) -> bool:
    return isinstance(cell, float) and math.isfinite(cell)


def _words(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell)
    if len(text) > _LONGEST[key]:
        line.fault(key, "cell_too_long")
    line.values[key] = text


def _code(line: Line, key: str, cell: object) -> None:
    if _is_number(cell):
        line.fault(key, "code_as_number")
        return
    text = _text(line, key, cell)
    if text and not CODE.fullmatch(text):
        line.fault(key, "code_form")
    line.values[key] = text


def _long_number(line: Line, key: str, cell: object) -> str:
    """A number too long for a spreadsheet's: as text, in capitals; "" with the fault noted."""
    rounded = isinstance(cell, int | float) and abs(cell) >= 10**EXACT_DIGITS
    text = "" if rounded else _text(line, key, cell).upper().replace(" ", "")
    if rounded or _SCIENTIFIC.fullmatch(text):
        line.fault(key, "digits_lost")
        return ""
    return text


def _id_number(line: Line, key: str, cell: object) -> None:
    text = _long_number(line, key, cell)
    if text and not id_number.FORM.fullmatch(text):
        line.fault(key, "id_number_form")
    elif text and id_number.birth(text) is None:
        line.fault(key, "id_number_birth")
    elif text and not id_number.is_valid(text):
        line.fault(key, "id_number_check")
    elif text == EXAMPLES[key]:
        line.fault(key, "example_left")
    line.values[key] = text


def _employer(line: Line, key: str, cell: object) -> None:
    text = _long_number(line, key, cell)
    if text and (len(text) != credit_code.LENGTH or set(text) - set(credit_code.ALPHABET)):
        line.fault(key, "employer_form")
    elif text and not credit_code.is_valid(text):
        line.fault(key, "employer_check")
    line.values[key] = text


def _phone(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell).replace(" ", "")
    if text and not _PHONE.fullmatch(text):
        line.fault(key, "phone_form")
    line.values[key] = text


def _region(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell)
    well_formed = len(text) == 6 and text.isascii() and text.isdigit() and text[:2] in PROVINCES
    if text and not well_formed:
        line.fault(key, "region_form")
        return
    line.values[key] = text


def _years(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell)
    if text and not (text.isascii() and text.isdigit() and int(text) <= 70):
        line.fault(key, "years_form")
    elif text:
        line.values[key] = int(text)


def _main(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell).upper()
    if text and not SPECIALTY.fullmatch(text):
        line.fault(key, "specialty_form")
    elif text:
        line.values[key] = text


def _others(line: Line, key: str, cell: object) -> None:
    codes = [one for one in _SPLIT.split(_text(line, key, cell, optional=True).upper()) if one]
    if not all(map(SPECIALTY.fullmatch, codes)):
        line.fault(key, "specialty_form")
        codes = []
    line.values[key] = codes


def _date(line: Line, key: str, cell: object) -> None:
    if _is_number(cell) and len(str(cell)) < 8:
        line.fault(key, "date_as_number")
        return
    text = "".join(_text(line, key, cell).split())
    found = _day(text) if text else None
    if found is not None:
        line.values[key] = found
    elif text:
        line.fault(key, "date_form")


def _day(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    whole = found[4] or f"{int(found[1]):04d}{int(found[2]):02d}{int(found[3]):02d}"
    try:
        return date(int(whole[:4]), int(whole[4:6]), int(whole[6:]))
    except ValueError:
        return None


def _status(line: Line, key: str, cell: object) -> None:
    text = _text(line, key, cell, optional=True)
    if text and text not in STATUSES:
        line.fault(key, "status_form")
    line.values[key] = STATUSES.get(text, "active")


READERS: dict[str, Callable[[Line, str, object], None]] = {
    "code": _code,
    "name": _words,
    "id_number": _id_number,
    "phone": _phone,
    "employer": _employer,
    "region": _region,
    "title": _words,
    "years": _years,
    "main": _main,
    "others": _others,
    "term_from": _date,
    "term_to": _date,
    "status": _status,
}

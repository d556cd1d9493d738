"""公民身份号码: 18 characters, the date of birth inside, a check character (GB 11643-1999)."""

import re
from datetime import date

FORM = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def check_character(first17: str) -> str:
    """Return the 18th character of 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def birth(number: str) -> date | None:
    """The date of birth in a number of the right form, None where it is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_valid(number: str) -> bool:
    """Whether form, date of birth and check character hold."""
    well_formed = FORM.fullmatch(number) is not None and birth(number) is not None
    return well_formed and check_character(number[:17]) == number[17]

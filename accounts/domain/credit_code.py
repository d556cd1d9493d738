"""统一社会信用代码: 18 characters with a check character (GB 32100-2015)."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18


def check_character(first17: str) -> str:
    """Return the 18th character; raise ValueError for a character outside GB 32100's alphabet."""
    total = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(first17))
    return ALPHABET[(31 - total % 31) % 31]


def is_valid(code: str) -> bool:
    """Whether `code` is a well-formed 统一社会信用代码."""
    if len(code) != LENGTH or any(char not in ALPHABET for char in code):
        return False
    return check_character(code[:17]) == code[17]

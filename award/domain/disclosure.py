"""What must not go public by mistake: personal data, account numbers, and what is still secret.

A pure check over a document of texts. It finds by form (a number with its check digit, an address)
and by what the caller knows (codes of people, names of bodies); it names place and kind, never what
it found, so that neither message nor entry repeats it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.domain import id_number

KINDS = {
    "id_number": "身份证号码",
    "mobile": "手机号码",
    "bank_card": "银行卡号",
    "person_code": "评委、专家或者定标委员的代码",
    "bidder": "开标前的投标单位",
    "office_phone": "固定电话",
    "email": "电子邮箱",
    "bank_account": "银行账号",
    "evaluator": "评标专家的姓名",
}
"""Kind of hit → its name."""
IDENTIFIERS = frozenset({"v", "project", "org", "bidder", "plan", "report", "rules", "notice"})
"""Keys of a notice whose values are codes and hashes of the program's own."""

_START, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_GAP = r"[ -]?"
_ID = re.compile(rf"{_START}[0-9]{{6}}{_GAP}[0-9]{{8}}{_GAP}[0-9]{{3}}[0-9Xx]{_END}")
_NAMED_ID = re.compile(r"(?:身份证|证件)[^0-9]{0,8}[0-9]{15}(?:[0-9]{2}[0-9Xx])?(?![0-9])")
"""Called one: with a slip in its check digit, or of the old form with fifteen digits."""
_CARD = re.compile(rf"{_START}[0-9](?:{_GAP}[0-9]){{15,18}}{_END}")
_FORMS = {
    "mobile": re.compile(rf"(?:{_START}|(?<=86))1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}{_END}"),
    "office_phone": re.compile(rf"{_START}0[1-9][0-9]{{1,2}}{_GAP}[2-9][0-9]{{6,7}}{_END}"),
    "email": re.compile(r"[0-9A-Za-z._%+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+"),
    "bank_account": re.compile(
        r"(?:账号|帐号|账户|帐户|开户)[^0-9]{0,12}[0-9](?:[ -]?[0-9]){7,29}"
    ),
    "evaluator": re.compile(
        r"(?:评标专家|评审专家|评标委员会成员|评委)(?:姓名|名单)?[为是::]?\s?"
        r"[\u4e00-\u9fff]{2,3}(?=[、,。;;\s)]|$)"
    ),
}
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*[0-9A-Za-z]")


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """Where something was found and of what kind; `place` is a path like `rejected/0/reason`."""

    place: str
    kind: str

    def as_data(self) -> dict[str, str]:
        """`{"place", "kind"}`, for an entry."""
        return {"place": self.place, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Known:
    """What only the caller can know: codes of people, and bodies that must not be named yet."""

    people: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()


def find(document: Any, known: Known) -> list[Hit]:
    """Return every hit of a document, by place and kind, each pair once."""
    found = {
        Hit(place, kind) for place, text in texts(document) for kind in _kinds(_plain(text), known)
    }
    return sorted(found)


def codes(document: Any) -> set[str]:
    """Return whatever in the texts may be a code, for the caller to look up."""
    return {code for _, text in texts(document) for code in _CODE.findall(_plain(text))}


def texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of a document with their places, without the program's own identifiers."""
    match value:
        case str():
            yield place, value
        case dict():
            for key, one in value.items():
                if key not in IDENTIFIERS or isinstance(one, dict):
                    yield from texts(one, f"{place}/{key}".lstrip("/"))
        case list() | tuple():
            for number, one in enumerate(value):
                yield from texts(one, f"{place}/{number}".lstrip("/"))


def _plain(text: str) -> str:
    """Full-width figures and letters as plain ones; no invisible characters inside a number."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(one for one in plain if unicodedata.category(one) != "Cf")


def _kinds(text: str, known: Known) -> Iterator[str]:
    numbers = (_digits(one) for one in _ID.findall(text))
    if any(id_number.is_valid(number) for number in numbers) or _NAMED_ID.search(text):
        yield "id_number"
    if any(_luhn(_digits(one)) for one in _CARD.findall(text)):
        yield "bank_card"
    yield from (kind for kind, form in _FORMS.items() if form.search(text))
    if known.people & set(_CODE.findall(text)):
        yield "person_code"
    if any(body in text for body in known.bodies):
        yield "bidder"


def _digits(text: str) -> str:
    return re.sub(r"[ -]", "", text).upper()


def _luhn(number: str) -> bool:
    """Whether the check digit of a card number holds (ISO/IEC 7812-1)."""
    doubled = (
        sum(divmod(int(digit) * 2, 10)) if place % 2 else int(digit)
        for place, digit in enumerate(reversed(number))
    )
    return sum(doubled) % 10 == 0

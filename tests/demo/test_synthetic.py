"""The people of the demonstration: the same on every run, and evidently nobody."""

import hashlib
import re

from accounts.domain import credit_code
from audit_log.domain import canonical
from config.demo import synthetic

COUNT = 12_000
FIRST_300 = "9bacc41177944280a0f4fc844c09bace9cb228b991509cf0c87062053cbbd1fe"
"""SHA-256 of the first 300 applications; it changes with the data alone."""


def applications(count=COUNT):
    return list(synthetic.applications(count, synthetic.employers(40)))


def digest(rows):
    dates = ("term_from", "term_to")
    plain = [
        row
        | {name: row[name].isoformat() for name in dates}
        | {
            "documents": [
                {key: str(value) for key, value in one.items()} for one in row["documents"]
            ]
        }
        for row in rows
    ]
    return hashlib.sha256(canonical.dumps(plain)).hexdigest()


def test_every_run_makes_the_same_people():
    assert digest(applications(300)) == FIRST_300


def test_everyone_is_somebody_else():
    persons = [row["person"] for row in applications()]
    for key in ("id_number", "phone"):
        assert len({person[key] for person in persons}) == COUNT


def test_everyone_is_evidently_invented():
    name = re.compile(f"[{synthetic.SURNAMES}][{synthetic.STEMS}][{synthetic.BRANCHES}]")
    strange = [
        person
        for person in (row["person"] for row in applications())
        if not name.fullmatch(person["name"])
        or not re.fullmatch("00[0-9]{16}", person["id_number"])
        or not re.fullmatch("100[0-9]{8}", person["phone"])
    ]
    assert strange == []


def test_every_credit_code_is_valid_and_registered_nowhere():
    codes = synthetic.employers(500)
    assert {(credit_code.is_valid(code), code[2:8]) for code in codes} == {(True, "330499")}

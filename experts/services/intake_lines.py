"""The lines of an import in batches, each held against the rules, the file itself and the pool.

Both passes, the check and the writing, read the file through this: what is written is what was
checked, and what has changed in the pool meanwhile is found again.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from accounts.domain import policy
from accounts.models import Organisation, Person, User
from accounts.services import vault
from audit_log.selectors import trail
from experts.domain.modes import OWNER
from experts.domain.pool_changes import LEFT, Change, change
from experts.domain.pool_faults import Line
from experts.domain.pool_rows import Asked, read
from experts.domain.seen import Seen
from experts.models import Expert, Intake
from experts.selectors import rules, specialties
from experts.services import intake_files, tables

BATCH = 500
UNDER_APPLICATION = ("applied", "under_review", "rejected", "testing")


@dataclass(slots=True)
class Listed:
    """A sound line with the expert it is about (None: unknown so far) and what it changes."""

    line: Line
    expert: Expert | None = None
    change: Change = field(default_factory=Change)

    @property
    def kind(self) -> str:
        """One of pool_changes.KINDS."""
        if self.expert is not None:
            return self.change.kind
        return "skipped" if self.line.values["status"] in LEFT else "new"


@dataclass(slots=True)
class Batch:
    """Up to BATCH lines: the sound ones with what they change, the faults of the others.

    `place` of `size` bytes of the file have been read.
    """

    count: int
    listed: list[Listed]
    faulty: list[Line]
    place: int
    size: int


class Pass:
    """One reading of an import's file from its beginning to its end."""

    def __init__(self, row: Intake) -> None:
        self.row = row
        self.asked = asked_of(row)
        self.seen = Seen()

    def batches(self) -> Iterator[Batch]:
        """Yield the batches; raise BadInput where the file cannot be read as a table."""
        size = sum(self.row.parts.values_list("size", flat=True))
        with closing(intake_files.opened(self.row)) as file:
            kind = tables.kind_of(file.read(intake_files.PIECE))
            file.seek(0)
            with closing(tables.lines(file, kind)) as rows:
                while cells := list(islice(rows, BATCH)):
                    lines = [read(number, one, self.asked) for number, one in cells]
                    place = file.raw.tell()  # type: ignore[attr-defined]
                    yield self._batch(lines, place, size)

    def absent(self) -> Iterator[list[str]]:
        """Yield, in batches, the codes of those of this owner whom the file does not name."""
        rows = Expert.objects.filter(state__in=("active", "suspended")).order_by("pk")
        rows = rows.filter(from_pool=self.row.from_pool)
        codes = rows.values_list("pk", flat=True).iterator(chunk_size=BATCH)
        while batch := list(islice(codes, BATCH)):
            yield [code for code in batch if _code_key(code) not in self.seen]

    def _batch(self, lines: list[Line], place: int, size: int) -> Batch:
        numbers = [line.values.get("id_number") or "" for line in lines]
        tags = vault.tags(number for number in numbers if number)
        for line, number in zip(lines, numbers, strict=True):
            self._repeated(line, tags.get(number))
        if self.row.mode == OWNER:
            found = _as_owner(lines, tags)
        else:
            found = _as_terminal(self.row, lines, tags)
        faulty = [line for line in lines if line.faults]
        return Batch(len(lines), found, faulty, place, size)

    def _repeated(self, line: Line, tag: bytes | None) -> None:
        code = line.values.get("code")
        if code and not self.seen.add(_code_key(code)):
            line.fault("code", "code_repeated")
        if tag and not self.seen.add(b"tag/" + tag):
            line.fault("id_number", "person_repeated")


def asked_of(row: Intake) -> Asked:
    """What the lines of this import are held to."""
    received = trail.events(row.stream)[0]
    body = Organisation.objects.get(pk=received["actor"]["org"])
    least = rules.of_pool().number("expert_years") if row.mode == OWNER else None
    return Asked(
        specialties=specialties.listed(),
        covers=lambda region: policy.covers(body.region, region),
        least_years=least,
    )


def facts_of(expert: Expert, held: Sequence[tuple[str, bool]]) -> dict[str, Any]:
    """An expert's facts as a list gives them; `held` are his specialties and which is the main."""
    main = [code for code, is_main in held if is_main]
    others = sorted(code for code, is_main in held if not is_main)
    return {
        "employer": expert.employer,
        "region": expert.region,
        "title": expert.title,
        "years": expert.years,
        "term_from": expert.term_from,
        "term_to": expert.term_to,
        "from_pool": expert.from_pool,
        "specialties": [*main, *others],
    }


def _as_owner(lines: list[Line], tags: dict[str, bytes]) -> list[Listed]:
    """Everyone in the file is new to the pool."""
    codes = [line.values["code"] for line in lines if line.values.get("code")]
    taken = set(Expert.objects.filter(pk__in=codes).values_list("pk", flat=True))
    taken |= set(User.objects.filter(pk__in=codes).values_list("pk", flat=True))
    taken |= set(Person.objects.filter(pk__in=codes).values_list("pk", flat=True))
    held = vault.holders(tags.values())
    for line in lines:
        if line.values.get("code") in taken:
            line.fault("code", "code_taken")
        if tags.get(line.values.get("id_number") or "") in held:
            line.fault("id_number", "person_known")
    return [Listed(line) for line in lines if not line.faults]


def _as_terminal(row: Intake, lines: list[Line], tags: dict[str, bytes]) -> list[Listed]:
    """Those known here by their code are brought up to the list; the others are new."""
    codes = [line.values["code"] for line in lines if line.values.get("code")]
    experts = Expert.objects.prefetch_related("specialties").in_bulk(codes)
    persons = Person.objects.in_bulk(codes)
    accounts = set(User.objects.filter(pk__in=codes).values_list("pk", flat=True))
    held = vault.holders(tags.values())
    for line in lines:
        code, number = line.values.get("code"), line.values.get("id_number") or ""
        tag, expert = tags.get(number), experts.get(code or "")
        if code in accounts:
            line.fault("code", "code_taken")
        if expert is not None:
            _same_person(line, expert, persons[expert.pk], tag)
        elif tag in held:
            line.fault("id_number", "person_known")
    sound = [line for line in lines if not line.faults]
    return _changes(row, sound, experts)


def _same_person(line: Line, expert: Expert, person: Person, tag: bytes | None) -> None:
    if person.erased:
        if line.values.get("status") not in LEFT:
            line.fault("code", "person_forgotten")
    elif tag and bytes(person.identity_tag) != tag:
        line.fault("id_number", "person_differs")
    if expert.state in UNDER_APPLICATION:
        line.fault("code", "under_application")


def _changes(row: Intake, lines: list[Line], experts: dict[str, Expert]) -> list[Listed]:
    known = [line for line in lines if line.values["code"] in experts]
    persons = [(line.values["code"], line.entry["person"]) for line in known]
    moved = set(vault.differing(persons))
    found = []
    for line in lines:
        code = line.values["code"]
        expert = experts.get(code)
        if expert is None:
            found.append(Listed(line))
            continue
        held = [(one.code, one.main) for one in expert.specialties.all()]
        given = line.entry | {"from_pool": row.from_pool}
        given["specialties"] = [given["specialties"][0], *sorted(given["specialties"][1:])]
        what = change(
            expert.state,
            facts_of(expert, held),
            line.values["status"],
            given,
            contact=code in moved,
        )
        found.append(Listed(line, expert, what))
    return found


def _code_key(code: str) -> bytes:
    return b"code/" + code.encode()

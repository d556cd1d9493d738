"""From the frozen list of eligible experts to the manifest of a draw, and back to the names.

Handles, group numbers and salts all follow from the draw's secret x by HMAC, each under a label of
its own, so that x and the list are all it takes to know who was drawn (formats.md section 4).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from audit_log.domain import canonical
from audit_log.domain.envelope import commit, frame
from experts.domain.mac import keyed
from experts.domain.manifest import Manifest, ManifestError, parse_manifest

SECRET_BYTES = 32
CANDIDATE_KIND = "draw_candidate"
AUTHOR = "system"


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """What is asked for: `count` experts of a specialty and region under the name `slot`."""

    slot: str
    specialty: str
    region: str
    count: int


class Eligible(NamedTuple):
    """An eligible expert: code, employer (统一社会信用代码, "" for none) and the slots he fits."""

    expert: str
    org: str
    slots: frozenset[str]

    @property
    def employer(self) -> str:
        """What makes two experts colleagues; one without an employer is nobody's colleague."""
        return f"org\n{self.org}" if self.org else f"expert\n{self.expert}"


class Identity(NamedTuple):
    """Who stands behind a handle, with what opens his commitment. Secret until he signs in."""

    candidate: str
    expert: str
    org: str
    salt: bytes
    commitment: str

    def opening(self) -> dict[str, Any]:
        """Return the data of his `draw.candidate_opened` entry."""
        return {
            "commitment": self.commitment,
            "kind": CANDIDATE_KIND,
            "author": AUTHOR,
            "salt": self.salt.hex(),
            "content": {"candidate": self.candidate, "expert": self.expert, "org": self.org},
        }


def identity_commitment(*, draw: str, salt: bytes, content: dict[str, Any]) -> str:
    """Return the hex commitment to `{"candidate","expert","org"}` in the stream of this draw."""
    return commit(
        salt=salt, kind=CANDIDATE_KIND, stream=f"draw/{draw}", author=AUTHOR, content=content
    )


def identities(*, draw: str, eligible: Iterable[Eligible], secret: bytes) -> list[Identity]:
    """Return who stands behind each handle, ascending by handle.

    The same secret (32 bytes) and the same experts give the same answer in whatever order they are
    listed. Raises ManifestError for a secret of another length.
    """
    return [
        Identity(handle, person.expert, person.org, salt, commitment)
        for handle, person, salt, commitment in _sealed(draw, eligible, secret)
    ]


def _sealed(
    draw: str, eligible: Iterable[Eligible], secret: bytes
) -> Iterator[tuple[str, Eligible, bytes, str]]:
    """Yield handle, expert, salt and commitment (hex) of everyone, ascending by handle."""
    if len(secret) != SECRET_BYTES:
        raise ManifestError("secret_malformed")
    order, salt_of = keyed(_key(secret, "order")), keyed(_key(secret, "salt"))
    people = sorted([(order(person[0]), person) for person in eligible])
    # Equal width, so that ascending text stays ascending numbers beyond c9999.
    width = max(4, len(str(len(people))))
    before, after = frame(kind=CANDIDATE_KIND, stream=f"draw/{draw}", author=AUTHOR)
    text, sha256 = canonical.text, hashlib.sha256
    for number, (_, person) in enumerate(people, start=1):
        handle = f"c{number:0{width}d}"
        expert, org, _ = person
        salt = salt_of(handle)
        content = f'{{"candidate":"{handle}","expert":{text(expert)},"org":{text(org)}}}'
        committed = b"".join((salt, before, content.encode(), after))
        yield handle, person, salt, sha256(committed).hexdigest()


def manifest_body(
    *,
    draw: str,
    project: str,
    attempt: int,
    one_per_group: bool,
    slots: Sequence[SlotRequest],
    eligible: Sequence[Eligible],
    secret: bytes,
) -> bytes:
    """Return the canonical bytes of the manifest, written as they are made.

    `secret` is x, the start of the code chain (32 fresh bytes). Raises ManifestError where a
    candidate stands twice or in a slot nobody asked for; `build_manifest` finds any other mistake.
    """
    _check_eligible(slots, eligible)
    groups = _groups(eligible, secret)
    lines: dict[str, list[str]] = {slot.slot: [] for slot in slots}
    choices: dict[str, set[str]] = {slot.slot: set() for slot in slots}
    for handle, person, _, commitment in _sealed(draw, eligible, secret):
        group = groups[person[0]]
        line = f'{{"candidate":"{handle}","group":"{group}","id":"{commitment}"}}'
        for slot in person[2]:
            lines[slot].append(line)
            choices[slot].add(group if one_per_group else handle)
    filled = sorted(
        (
            len(choices[slot.slot]) - slot.count,
            slot.slot,
            _around(asdict(slot), "candidates", ",".join(lines[slot.slot])),
        )
        for slot in slots
    )
    request = {"v": 1, "draw": draw, "project": project, "attempt": attempt}
    bodies = ",".join(body for _, _, body in filled)
    return _around(request | {"one_per_group": one_per_group}, "slots", bodies).encode()


def build_manifest(
    *, draw: str, eligible: Sequence[Eligible], secret: bytes, **request: Any
) -> tuple[Manifest, list[Identity]]:
    """Return the manifest, strictly read again, and the identities behind its handles (ascending).

    Takes what `manifest_body` takes; raises ManifestError where the request would not give a valid
    manifest.
    """
    body = manifest_body(draw=draw, eligible=eligible, secret=secret, **request)
    return parse_manifest(body), identities(draw=draw, eligible=eligible, secret=secret)


def omissions_content(omitted: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the content of the `draw_omissions` commitment from pairs of expert and reason."""
    return {"omitted": [{"expert": expert, "reason": reason} for expert, reason in sorted(omitted)]}


def _check_eligible(slots: Iterable[SlotRequest], eligible: Sequence[Eligible]) -> None:
    asked = {request.slot for request in slots}
    if len({person.expert for person in eligible}) != len(eligible):
        raise ManifestError("expert_twice")
    if not all(some and some <= asked for some in {person.slots for person in eligible}):
        raise ManifestError("slot_unknown")


def _around(about: dict[str, Any], name: str, items: str) -> str:
    """The canonical text of an object whose list `name` has these items, written already."""
    before, empty, after = canonical.dumps(about | {name: []}).decode().partition(f'"{name}":[]')
    return f"{before}{empty[:-1]}{items}]{after}"


def _groups(eligible: Sequence[Eligible], secret: bytes) -> dict[str, str]:
    """Number the employers in an order of the secret's making; return the group of each expert."""
    place = keyed(_key(secret, "group"))
    names = [person.employer for person in eligible]
    employers = sorted(set(names), key=place)
    number = {name: f"g{place}" for place, name in enumerate(employers, start=1)}
    return {person[0]: number[name] for person, name in zip(eligible, names, strict=True)}


def _key(secret: bytes, purpose: str) -> bytes:
    # The code chain publishes SHA-256 images of the secret; a labelled HMAC is none of them.
    return keyed(secret)(f"draw-manifest/v1\n{purpose}\n")

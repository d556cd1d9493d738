"""From the frozen list of eligible experts to the manifest of a draw, and back to the names.

Handles, group numbers and salts all follow from the draw's secret x by HMAC, each under a label of
its own, so that x and the list are all it takes to know who was drawn (formats.md section 4).
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from audit_log.domain import canonical
from audit_log.domain.envelope import commit
from experts.domain.manifest import Manifest, ManifestError, Slot, filling_order, parse_manifest

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


@dataclass(frozen=True, slots=True)
class Eligible:
    """An eligible expert: code, employer (统一社会信用代码, "" for none) and the slots he fits."""

    expert: str
    org: str
    slots: frozenset[str]

    @property
    def employer(self) -> str:
        """What makes two experts colleagues; one without an employer is nobody's colleague."""
        return f"org\n{self.org}" if self.org else f"expert\n{self.expert}"


@dataclass(frozen=True, slots=True)
class Identity:
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
    if len(secret) != SECRET_BYTES:
        raise ManifestError("secret_malformed")
    order, salt = _key(secret, "order"), _key(secret, "salt")
    people = sorted(eligible, key=lambda person: _mac(order, person.expert))
    # Equal width, so that ascending text stays ascending numbers beyond c9999.
    width = max(4, len(str(len(people))))
    return [
        _identity(draw, f"c{number:0{width}d}", person, salt)
        for number, person in enumerate(people, start=1)
    ]


def build_manifest(
    *,
    draw: str,
    project: str,
    attempt: int,
    one_per_group: bool,
    slots: Sequence[SlotRequest],
    eligible: Sequence[Eligible],
    secret: bytes,
) -> tuple[Manifest, list[Identity]]:
    """Return the manifest and the identities behind its handles (ascending).

    `secret` is x, the start of the code chain (32 fresh bytes). Raises ManifestError where the
    request would not give a valid manifest.
    """
    _check_eligible(slots, eligible)
    known = identities(draw=draw, eligible=eligible, secret=secret)
    groups = _groups(eligible, secret)
    fits = {person.expert: person.slots for person in eligible}
    filled = [
        _slot(request, [one for one in known if request.slot in fits[one.expert]], groups)
        for request in slots
    ]
    manifest: Manifest = {
        "v": 1,
        "draw": draw,
        "project": project,
        "attempt": attempt,
        "one_per_group": one_per_group,
        "slots": sorted(filled, key=lambda slot: filling_order(slot, one_per_group)),
    }
    return parse_manifest(canonical.dumps(manifest)), known


def omissions_content(omitted: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the content of the `draw_omissions` commitment from pairs of expert and reason."""
    return {"omitted": [{"expert": expert, "reason": reason} for expert, reason in sorted(omitted)]}


def _check_eligible(slots: Iterable[SlotRequest], eligible: Sequence[Eligible]) -> None:
    asked = {request.slot for request in slots}
    if len({person.expert for person in eligible}) != len(eligible):
        raise ManifestError("expert_twice")
    if not all(person.slots and person.slots <= asked for person in eligible):
        raise ManifestError("slot_unknown")


def _slot(request: SlotRequest, fitting: Iterable[Identity], groups: dict[str, str]) -> Slot:
    return {
        "slot": request.slot,
        "specialty": request.specialty,
        "region": request.region,
        "count": request.count,
        "candidates": [
            {"candidate": one.candidate, "group": groups[one.expert], "id": one.commitment}
            for one in fitting
        ],
    }


def _groups(eligible: Sequence[Eligible], secret: bytes) -> dict[str, str]:
    """Number the employers in an order of the secret's making; return the group of each expert."""
    key = _key(secret, "group")
    employers = sorted({person.employer for person in eligible}, key=lambda name: _mac(key, name))
    number = {name: f"g{place}" for place, name in enumerate(employers, start=1)}
    return {person.expert: number[person.employer] for person in eligible}


def _identity(draw: str, handle: str, person: Eligible, salt_key: bytes) -> Identity:
    salt = _mac(salt_key, handle)
    content = {"candidate": handle, "expert": person.expert, "org": person.org}
    commitment = identity_commitment(draw=draw, salt=salt, content=content)
    return Identity(handle, person.expert, person.org, salt, commitment)


def _key(secret: bytes, purpose: str) -> bytes:
    # The code chain publishes SHA-256 images of the secret; a labelled HMAC is none of them.
    return _mac(secret, f"draw-manifest/v1\n{purpose}\n")


def _mac(key: bytes, message: str) -> bytes:
    return hmac.digest(key, message.encode(), "sha256")

"""What a verifier demands of a checkpoint: logs, witnesses, groups, quorum (C2SP `tlog-policy`).

The file is in the verifier's own hands. A 0x01 key never counts as a witness, a 0x04 key never as
the log.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from audit_log.domain import checkpoint
from audit_log.domain.checkpoint import Checkpoint
from audit_log.domain.note import (
    COSIGNATURE,
    ED25519,
    NoteError,
    OpenedNote,
    Vkey,
    open_note,
    parse_vkey,
)

NONE = "none"
_SPACE = re.compile("[ \t]+")


class PolicyError(ValueError):
    """A policy file that is malformed; `str()` names line and reason."""


class Untrusted(ValueError):
    """A checkpoint without a valid signature by a log of the policy; `str()` says why."""


class Group(NamedTuple):
    """At least `needed` of the members (witnesses or earlier groups) must have witnessed."""

    needed: int
    members: tuple[str, ...]


class Verdict(NamedTuple):
    """A checkpoint signed by a log of the policy.

    `witnesses` gives the times (POSIX seconds) of the valid cosignatures by the policy's names.
    Where `met` is False the quorum is missing: the checkpoint is sealed, not witnessed.
    """

    checkpoint: Checkpoint
    log: Vkey
    witnesses: Mapping[str, int]
    met: bool


@dataclass(frozen=True)
class Policy:
    """A parsed policy; evaluate notes with `judge`."""

    logs: tuple[Vkey, ...]
    witnesses: Mapping[str, Vkey]
    groups: Mapping[str, Group]
    quorum: str

    @property
    def vkeys(self) -> tuple[Vkey, ...]:
        """All keys, logs first."""
        return (*self.logs, *self.witnesses.values())

    def judge(self, note: str) -> Verdict:
        """Return the verdict on a signed checkpoint; raise Untrusted where no log signed it.

        One failing signature by a known key, log or witness, makes the whole note untrusted.
        """
        try:
            opened = open_note(note, self.vkeys)
            head = checkpoint.parse(opened.text)
        except NoteError as error:
            raise Untrusted(str(error)) from error
        signers = [log for log in self.logs if log.name == head.origin and opened.by(log)]
        if not signers:
            raise Untrusted("no log of the policy signed the checkpoint")
        times = _times(opened, self.witnesses)
        return Verdict(head, signers[0], times, self._holds(self.quorum, times))

    def _holds(self, name: str, times: Mapping[str, int]) -> bool:
        if name == NONE or name in times:
            return True
        group = self.groups.get(name, Group(1, ()))
        return sum(self._holds(member, times) for member in group.members) >= group.needed


def parse_policy(text: str) -> Policy:
    """Return the policy of a file's text; raise PolicyError unless every line keeps the rules."""
    if any((char < " " and char not in "\t\n") or char == "\x7f" for char in text):
        raise PolicyError("a control character in the policy")
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        words = _SPACE.split(line.strip(" \t"))
        if words != [""] and not words[0].startswith("#"):
            try:
                reader.read(words)
            except (PolicyError, NoteError) as error:
                raise PolicyError(f"line {number}: {error}") from error
    if reader.quorum is None:
        raise PolicyError("no quorum line")
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)


def format_policy(logs: Sequence[Vkey], witnesses: Sequence[Vkey], needed: int) -> str:
    """Return the text of a policy that wants `needed` of the witnesses; 0 wants none."""
    lines = [f"log {log}" for log in logs]
    names = [f"witness-{number}" for number, _ in enumerate(witnesses, 1)]
    lines += [f"witness {name} {key}" for name, key in zip(names, witnesses, strict=True)]
    if needed:
        lines.append(f"group witnesses {needed} {' '.join(names)}")
    lines.append(f"quorum {'witnesses' if needed else NONE}")
    text = "\n".join(lines) + "\n"
    parse_policy(text)
    return text


def _times(opened: OpenedNote, witnesses: Mapping[str, Vkey]) -> dict[str, int]:
    lines = {name: opened.by(vkey) for name, vkey in witnesses.items()}
    return {name: line.time for name, line in lines.items() if line and line.time is not None}


@dataclass
class _Reader:
    """Collects the lines of one file; names are known only below the line that defines them."""

    logs: list[Vkey] = field(default_factory=list)
    witnesses: dict[str, Vkey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str | None = None
    _members: set[str] = field(default_factory=set)

    def read(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(_key(vkey, ED25519, self.logs))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._define(name)
                self.witnesses[name] = _key(vkey, COSIGNATURE, self.witnesses.values())
            case ["group", name, threshold, first, *more]:
                self._define(name)
                self.groups[name] = self._group(threshold, (first, *more))
            case ["quorum", name] if self.quorum is None:
                if name != NONE and not self._defined(name):
                    raise PolicyError(f"{name} is not defined")
                self.quorum = name
            case _:
                raise PolicyError(f"{words[0]} is not understood here")

    def _group(self, threshold: str, members: tuple[str, ...]) -> Group:
        for member in members:
            if not self._defined(member):
                raise PolicyError(f"{member} is not defined")
            if member in self._members:
                raise PolicyError(f"{member} is a member already")
            self._members.add(member)
        words = {"any": 1, "all": len(members)}
        if threshold not in words and not re.fullmatch("[1-9][0-9]{0,3}", threshold):
            raise PolicyError(f"{threshold} is no threshold")
        needed = words.get(threshold) or int(threshold)
        if needed > len(members):
            raise PolicyError(f"{needed} of {len(members)} members")
        return Group(needed, members)

    def _define(self, name: str) -> None:
        if name == NONE or self._defined(name):
            raise PolicyError(f"{name} is taken")

    def _defined(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups


def _key(text: str, type: int, known: Iterable[Vkey]) -> Vkey:
    vkey = parse_vkey(text)
    if vkey.type != type:
        raise PolicyError("a log has a 0x01 key, a witness a 0x04 key")
    if any(other.public == vkey.public for other in known):
        raise PolicyError(f"the key of {vkey.name} stands here already")
    return vkey

"""The exact `data` of every entry a committed draw may have (formats.md section 4).

Any entry may carry `from` and `to` of the draw's own state. `refs` stands only where a fact of
another stream can have decided; a contribution, a result and an opening rest on this draw alone.
What tells of messages (delivered, calls opened) decides nothing in the draw.
"""

from collections.abc import Mapping

from experts.domain.draw import ANSWERS
from experts.domain.freeze import AUTHOR, CANDIDATE_KIND
from experts.domain.shapes import (
    HASH,
    NAME,
    Shape,
    either,
    exactly,
    integer,
    is_object,
    list_of,
    map_of,
    matching,
    record,
    text,
)

COMMITTED = "draw.committed"
CONTRIBUTED = "draw.contributed"
ROUND_OPENED = "draw.round_opened"
ROUND_RUN = "draw.round_run"
ANSWERED = "draw.answered"
DELIVERED = "draw.delivered"
CALLS_OPENED = "draw.calls_opened"
CANDIDATE_OPENED = "draw.candidate_opened"
CLOSED = "draw.closed"
ABANDONED = "draw.abandoned"
CANCELLED = "draw.cancelled"
ENDS = (CLOSED, ABANDONED, CANCELLED)

_STATE = {"from": text(1), "to": text(1)}
_REF = record({"stream": text(1), "n": integer(0), "hash": HASH})
_STATE_AND_REFS = {**_STATE, "refs": list_of(_REF, least=1)}
_EMPTY = exactly("")
_SEATS = map_of(NAME, integer(1))

DATA: Mapping[str, Shape] = {
    COMMITTED: record(
        {
            "project": text(1),
            "attempt": integer(1),
            "replaces": either(exactly(None), HASH),
            "manifest": HASH,
            "code": HASH,
            "chain": integer(1),
            "parties": list_of(text(1)),
            "mark_key": either(_EMPTY, HASH),
            "pool": record({"size": integer(0), "rules": text(1)}),
            "omissions": HASH,
        },
        _STATE_AND_REFS,
    ),
    CONTRIBUTED: record({"party": text(1), "value": text(6, 256)}, _STATE),
    ROUND_OPENED: record(
        {
            "round": integer(1),
            "needs": _SEATS,
            "excluded": list_of(record({"candidate": NAME, "reason": text(1)})),
        },
        _STATE_AND_REFS,
    ),
    ROUND_RUN: record(
        {
            "round": integer(1),
            "code": HASH,
            "mark": either(_EMPTY, matching("[0-9a-f]{128}")),
            "selected": list_of(record({"slot": NAME, "candidate": NAME, "ticket": HASH})),
            "short": _SEATS,
        },
        _STATE,
    ),
    ANSWERED: record(
        {
            "candidate": NAME,
            "answer": exactly(*ANSWERS),
            "reason": text(),
            "evidence": either(_EMPTY, HASH),
        },
        _STATE_AND_REFS,
    ),
    DELIVERED: record(
        {
            "candidate": NAME,
            "template": text(1),
            "channel": text(1),
            "status": exactly("delivered", "undelivered"),
            "receipt": HASH,
        },
        _STATE,
    ),
    CALLS_OPENED: record({"candidates": list_of(NAME, least=1), "reason": text(1)}, _STATE),
    CANDIDATE_OPENED: record(
        {
            "commitment": HASH,
            "kind": exactly(CANDIDATE_KIND),
            "author": exactly(AUTHOR),
            "salt": HASH,
            "content": record({"candidate": NAME, "expert": text(1), "org": text()}),
        },
        _STATE,
    ),
    CLOSED: record(
        {"seated": map_of(NAME, list_of(NAME)), "short": _SEATS},
        _STATE_AND_REFS,
    ),
    ABANDONED: record({"reason": text(1)}, _STATE_AND_REFS),
    CANCELLED: record({"reason": text(1)}, _STATE_AND_REFS),
}

ENTRY = record(
    {
        "v": exactly(1),
        "stream": matching("draw/[A-Za-z0-9._-]{1,64}"),
        "n": integer(0),
        "prev": HASH,
        "type": matching("draw\\.[a-z0-9_]+"),
        "at": text(1),
        "actor": record({"id": text(1), "role": text(1), "org": text()}),
        "data": is_object,
    }
)

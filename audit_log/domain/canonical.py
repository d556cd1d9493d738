"""Canonical JSON: the restricted profile of RFC 8785 in which every entry is written.

Inside the profile (ASCII keys, integers within ±(2^53−1), no floats, no lone surrogates) the
standard library's sorted, compact output equals RFC 8785 byte for byte, so the product needs no
number formatter of its own (formats.md section 1).
"""

import json
import re
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Any

MAX_INTEGER = 2**53 - 1

_ENCODER = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class CanonicalError(ValueError):
    """The value or the bytes lie outside the profile; `str()` names the path or reason."""


def dumps(value: Any) -> bytes:
    """Return the canonical UTF-8 bytes of `value`; raise CanonicalError outside the profile."""
    try:
        if _ordinary(value):
            return _ENCODER.encode(value).encode()
    except UnicodeEncodeError:
        pass  # a lone surrogate: _check says where
    _check(value, "$")
    return _ENCODER.encode(value).encode()


def text(value: str) -> str:
    """Return one string as it stands in canonical JSON, for bytes that are made piece by piece.

    A lone surrogate is found when the text is encoded (UnicodeEncodeError).
    """
    return encode_basestring(value)


def trusted(data: bytes) -> Any:
    """Parse bytes that the caller knows to be the product's own, by their hash or their cipher."""
    return json.loads(data)


def loads(data: bytes) -> Any:
    """Parse canonical bytes; refuse duplicate keys and what is not its own canonical form."""
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=_unique, parse_float=_refuse, parse_constant=_refuse
        )
        same = dumps(value) == data
    except CanonicalError:
        raise
    except (ValueError, RecursionError) as error:  # also an integer of thousands of digits
        raise CanonicalError(f"not JSON: {error}") from error
    if not same:
        raise CanonicalError("not in canonical form")
    return value


def _ordinary(value: Any) -> bool:
    """Tell without a path whether nothing but surrogates can keep `value` out of the profile."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-MAX_INTEGER <= value <= MAX_INTEGER)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or not _ordinary(item):
                return False
        return True
    return kind is list and all(map(_ordinary, value))


def _check(value: Any, path: str) -> None:
    match value:
        case None | bool():
            return
        case int():
            if abs(value) > MAX_INTEGER:
                raise CanonicalError(f"{path}: integer beyond 2^53-1")
        case str():
            if _SURROGATE.search(value):
                raise CanonicalError(f"{path}: lone surrogate")
        case list() | tuple():
            for index, item in enumerate(value):
                _check(item, f"{path}[{index}]")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise CanonicalError(f"{path}: key {key!r} is not ASCII text")
                _check(item, f"{path}.{key}")
        case _:
            raise CanonicalError(f"{path}: {type(value).__name__} is not allowed")


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise CanonicalError(f"duplicate key {key!r}")
        result[key] = value
    return result


def _refuse(text: str) -> Any:
    raise CanonicalError(f"number {text} is not an integer")

"""Exact shapes of parsed JSON, as predicates that combine.

A verifier has to refuse what is merely similar: `True` is not 1, an extra key is an error. Each
function returns a predicate over one parsed value; none of them raises.
"""

import re
from collections.abc import Callable, Mapping
from math import inf

Shape = Callable[[object], bool]


def is_object(value: object) -> bool:
    """Any object, whatever its keys."""
    return isinstance(value, dict)


def exactly(*values: object) -> Shape:
    """One of these values, of the same type (so that `True` is not taken for 1)."""
    return lambda value: any(type(value) is type(one) and value == one for one in values)


def integer(least: int) -> Shape:
    """An integer (no boolean) of at least `least`."""
    return lambda value: type(value) is int and value >= least


def text(least: int = 0, most: float = inf) -> Shape:
    """A string of `least` to `most` characters (code points)."""
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def matching(pattern: str) -> Shape:
    """A string that matches the whole pattern."""
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def either(*shapes: Shape) -> Shape:
    """A value of at least one of the shapes."""
    return lambda value: any(shape(value) for shape in shapes)


def list_of(shape: Shape, least: int = 0) -> Shape:
    """A list of at least `least` items, each of the shape."""
    return lambda value: (
        isinstance(value, list) and len(value) >= least and all(shape(item) for item in value)
    )


def map_of(key: Shape, item: Shape) -> Shape:
    """An object whose keys are data: every key and every value of its shape."""
    return lambda value: (
        isinstance(value, dict) and all(key(name) and item(one) for name, one in value.items())
    )


def record(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """An object with all `required` keys, perhaps some `optional` ones, and no other."""
    every = {**(optional or {}), **required}
    return lambda value: (
        isinstance(value, dict)
        and required.keys() <= value.keys() <= every.keys()
        and all(every[key](item) for key, item in value.items())
    )


HASH = matching("[0-9a-f]{64}")
NAME = matching("[A-Za-z0-9._-]{1,64}")

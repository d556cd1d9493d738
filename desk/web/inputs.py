"""The fields of an act's serializer as a form shows them, nested rows as tables.

Names follow DRF's HTML input (`scores[0]bidder`), so the serializer itself parses the form. What
was typed is never lost: fields are drawn from the submitted values wherever there are any.
"""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers as drf

from desk.domain import labels
from desk.selectors.options import ORDERED
from desk.web.fields import Input, Words, default_of, flat, one_input, places_of

BLANK_ROWS = 3
MOST_ROWS = 200


def inputs(
    serializer: drf.Serializer[Any],
    *,
    initial: Mapping[str, Any],
    posted: QueryDict | None = None,
    errors: Mapping[str, Any] | None = None,
    words: Words | None = None,
    more: str = "",
) -> list[Input]:
    """The inputs of a form. `more` names the nested table that gets another row."""
    found, known = [], words or {}
    for name, one in serializer.fields.items():
        if one.read_only or isinstance(one, drf.HiddenField):
            continue
        if _is_list(one) and not one.required and initial and name not in initial:
            continue  # the act's other forms of the same question
        wrong = (errors or {}).get(name, [])
        if isinstance(one, drf.ListSerializer):
            table = _table(name, one, initial, posted, wrong, known, more == name)
            found += [table] if table.rows else []
        else:
            given = initial.get(name, default_of(one))
            ordered = (name, "") in known.get(ORDERED, [])
            found.append(one_input(name, one, given, posted, wrong, known.get(name), ordered))
    return found


def troubles(drawn: list[Input]) -> list[tuple[str, str]]:
    """(element id, label and message) of every error of a drawn form, for the summary."""
    found = []
    for one in drawn:
        found += [(one.id, f"{one.label}:{text}") for text in one.errors]
        for number, row in enumerate(one.rows, start=1):
            for cell in row:
                found += [
                    (cell.id, f"{one.label}第 {number} 行 {cell.label}:{text}")
                    for text in cell.errors
                ]
    return found


def _is_list(one: Any) -> bool:
    return isinstance(one, drf.ListField | drf.ListSerializer)


def _table(
    name: str,
    one: drf.ListSerializer[Any],
    initial: Mapping[str, Any],
    posted: QueryDict | None,
    wrong: Any,
    words: Words,
    growing: bool,
) -> Input:
    given = list(initial.get(name, []))
    fields = {key: cell for key, cell in _fields_of(one).items() if not cell.read_only}
    extras = [key for key in labels.BESIDE if given and key in given[0] and key not in fields]
    rows = []
    for index in range(min(_row_count(name, given, posted) + growing, MOST_ROWS)):
        prefilled = given[index] if index < len(given) else {}
        trouble = _row_errors(wrong, index)
        cells = [
            _cell(f"{name}[{index}]{key}", key, cell, prefilled, posted, trouble, words)
            for key, cell in fields.items()
        ]
        rows.append(cells + [_beside(key, prefilled) for key in extras])
    heads = [str(cell.label or key) for key, cell in fields.items()]
    return Input(
        name=name,
        label=str(one.label or name),
        kind="table",
        required=one.required,
        hint=str(one.help_text or ""),
        errors=[] if wrong and _by_row(wrong) else [message for _, message in flat(wrong)],
        heads=heads + [labels.BESIDE[key] for key in extras],
        rows=rows,
        growing=not any(cell.kind == "fixed" for row in rows for cell in row),
    )


def _cell(
    name: str,
    key: str,
    cell: Any,
    given: Mapping[str, Any],
    posted: QueryDict | None,
    trouble: Mapping[str, Any],
    words: Words,
) -> Input:
    """A cell; what the act prefilled with a code and its name is shown, not asked."""
    typed = posted if posted is not None and name in posted else None
    found = one_input(name, cell, given.get(key, default_of(cell)), typed, trouble.get(key, []))
    found.choices = words.get(key, found.choices)
    if given.get(key) and (f"{key}_name" in given or key in words):
        found.kind, found.value = "fixed", str(given[key])
        found.choices = [(found.value, str(given.get(f"{key}_name") or found.shown))]
    elif key in words:
        found.kind = "choice"
    return found


def _beside(key: str, given: Mapping[str, Any]) -> Input:
    """What an act shows beside a row without asking for it."""
    return Input("", labels.BESIDE[key], "shown", False, value=str(given.get(key, "")))


def _fields_of(one: drf.ListSerializer[Any]) -> Mapping[str, Any]:
    child = one.child
    return child.fields if isinstance(child, drf.Serializer) else {}


def _row_count(name: str, given: list[Any], posted: QueryDict | None) -> int:
    if posted is not None:
        return max((place + 1 for place in places_of(posted, name)), default=0) or len(given)
    return len(given) or BLANK_ROWS


def _by_row(wrong: Any) -> bool:
    return isinstance(wrong, list) and any(isinstance(one, Mapping) for one in wrong)


def _row_errors(wrong: Any, index: int) -> Mapping[str, Any]:
    if _by_row(wrong) and index < len(wrong):
        found: Mapping[str, Any] = wrong[index]
        return found
    return {}

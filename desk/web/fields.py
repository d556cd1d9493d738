"""One field of an act's form: how it is drawn, prefilled, and what is wrong with it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from rest_framework import serializers as drf
from rest_framework.fields import empty

from desk.domain import display
from desk.web.documents import Node, shown

Words = Mapping[str, list[tuple[str, str]]]
"""Field name → (code, words) of what can be chosen there."""

BRIEF_TEXT = 20
"""Texts of at most so many characters get a short box."""
LONG_TEXT = 400
"""Texts that may be this long get an area of several lines."""
MONEY = "_fen"
"""Fields in fen are typed and shown in yuan."""
_YUAN = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
WIDGETS: tuple[tuple[type[drf.Field[Any, Any, Any, Any]], str], ...] = (
    (drf.BooleanField, "boolean"),
    (drf.MultipleChoiceField, "checks"),
    (drf.ChoiceField, "choice"),
    (drf.IntegerField, "integer"),
    (drf.DecimalField, "decimal"),
    (drf.DateTimeField, "moment"),
    (drf.DateField, "day"),
    (drf.JSONField, "json"),
    (drf.DictField, "json"),
    (drf.ListField, "lines"),
)
LISTS = ("lines", "checks", "order")
_PRETTY = json.JSONEncoder(ensure_ascii=False, indent=2)


@dataclass
class Input:
    """One field as the template draws it. `rows` are the cells of a nested table."""

    name: str
    label: str
    kind: str
    required: bool
    hint: str = ""
    value: str = ""
    values: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list["Input"]] = field(default_factory=list)
    growing: bool = False
    brief: bool = False

    @property
    def id(self) -> str:
        """The element's id: the name in characters that an address may hold."""
        return "f-" + self.name.replace("[", "-").replace("]", "-").replace(".", "-")

    @property
    def wide(self) -> bool:
        """Whether the field needs the whole width of the form."""
        return self.kind in ("table", "long", "json", "lines", "order") or len(self.choices) > 12

    @property
    def document(self) -> Node | None:
        """A typed document as people read it; None where it is none."""
        try:
            return shown(json.loads(self.value))
        except ValueError:
            return None

    @property
    def shown(self) -> str:
        """The value in words, for the confirmation."""
        if self.kind == "boolean":
            return {"true": "是", "false": "否"}.get(self.value, "—")
        words = dict(self.choices)
        if self.kind == "money":
            fen = to_fen(self.value)
            return f"{display.yuan(int(fen))} 元" if fen.isdigit() else self.value
        if self.kind in LISTS:
            return "、".join(words.get(one, one) for one in self.values) or "—"
        if self.kind == "moment" and self.value:
            return self.value.replace("T", " ")
        return words.get(self.value, self.value) or "—"


def flat(errors: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(input name, message) of every error of a serializer, nested rows included."""
    if isinstance(errors, Mapping):
        for name, below in errors.items():
            own = prefix if name == "non_field_errors" else f"{prefix}{name}"
            yield from flat(below, own)
    elif isinstance(errors, list):
        for index, below in enumerate(errors):
            if isinstance(below, Mapping):
                yield from flat(below, f"{prefix}[{index}]")
            else:
                yield prefix, str(below)
    else:
        yield prefix, str(errors)


def one_input(
    name: str,
    one: Any,
    given: Any,
    posted: QueryDict | None,
    wrong: Any,
    known: list[tuple[str, str]] | None = None,
    ordered: bool = False,
) -> Input:
    """Draw one field: from what was typed where there is any, else from what is given."""
    kind = kind_of(one)
    if known is not None:
        kind = {"lines": "order" if ordered else "checks", "text": "choice"}.get(kind, kind)
    if name.endswith(MONEY):
        kind = "money"
    label = str(one.label or name)
    found = Input(
        name=name,
        label=label.replace("(分)", "(元)") if kind == "money" else label,
        kind=kind,
        required=one.required,
        hint=str(one.help_text or ""),
        brief=0 < (getattr(one, "max_length", None) or 0) <= BRIEF_TEXT,
        choices=known if known is not None else _choices(one),
    )
    if posted is not None:
        found.values = posted.getlist(name)
        found.value = found.values[-1] if found.values else ""
        if kind in LISTS:
            found.values = list(lines_of(found.values))
    else:
        _prefill(found, given)
    if kind in ("lines", "order"):
        found.value = "\n".join(found.values)
    found.errors = _said(wrong, found)
    return found


def _said(wrong: Any, field: Input) -> list[str]:
    """A field's errors as an office says them."""
    if wrong and not any(field.values or [field.value]) and field.kind != "boolean":
        return ["请选择" if field.kind in ("choice", "checks") else "请填写"]
    found = []
    for detail in wrong if isinstance(wrong, list) else []:
        if getattr(detail, "code", "") == "invalid" and field.kind == "money":
            found.append("请填写金额,最多两位小数,例如 28378613.89")
        else:
            found.append(str(detail))
    return found or [message for _, message in flat(wrong)]


def _prefill(found: Input, given: Any) -> None:
    if isinstance(given, list | tuple | set | frozenset) and found.kind in LISTS:
        found.values = [str(one) for one in given]
    elif given is not None:
        found.value = _written(found.kind, given)
        found.values = [found.value]


def _written(kind: str, given: Any) -> str:
    if kind == "json":
        return given if isinstance(given, str) else _PRETTY.encode(given)
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, datetime):
        return timezone.localtime(given).strftime("%Y-%m-%dT%H:%M")
    return given.isoformat() if isinstance(given, date) else str(given)


def default_of(one: Any) -> Any:
    """A plain default stands in the form; a yes-or-no question starts unanswered."""
    if isinstance(one, drf.BooleanField) or one.default is empty or callable(one.default):
        return None
    return one.default


def to_fen(text: str) -> str:
    """Turn yuan as typed (28,378,613.89) into fen; what is no amount stays for its error."""
    plain = text.replace(",", "").replace(" ", "").replace("，", "")
    return str(int(Decimal(plain) * 100)) if _YUAN.fullmatch(plain) else text


def kind_of(one: Any) -> str:
    """The widget of a serializer field, by its class and length."""
    if isinstance(one, drf.ListField) and isinstance(one.child, drf.ChoiceField):
        return "checks"
    kind = next((kind for base, kind in WIDGETS if isinstance(one, base)), "text")
    long = (getattr(one, "max_length", None) or 0) >= LONG_TEXT
    return "long" if kind == "text" and long else kind


def _choices(one: Any) -> list[tuple[str, str]]:
    source = one.child if isinstance(one, drf.ListField) else one
    known = getattr(source, "choices", None)
    return [(str(value), str(word)) for value, word in known.items()] if known else []


def lines_of(values: list[str]) -> Iterator[str]:
    """The filled lines of several texts."""
    for value in values:
        yield from filter(None, (line.strip() for line in value.splitlines()))


def places_of(data: QueryDict, name: str) -> set[int]:
    """The row numbers that occur in the names of a nested table."""
    start = f"{name}["
    found = (key[len(start) :].partition("]")[0] for key in data if key.startswith(start))
    return {int(text) for text in found if text.isdigit() and len(text) < 5}

"""What was typed into an act's form, as its serializer wants to read it."""

from typing import Any

from django.http import QueryDict
from rest_framework import serializers as drf

from desk.web.fields import MONEY, kind_of, lines_of, places_of, to_fen


def readable(serializer: drf.Serializer[Any], posted: QueryDict) -> QueryDict:
    """What was typed, as the serializer wants it: lists by line, money in fen, no empty rows."""
    data = posted.copy()
    for name, one in serializer.fields.items():
        if isinstance(one, drf.ListSerializer):
            _drop_blank_rows(data, name)
        elif kind_of(one) == "lines":
            data.setlist(name, list(lines_of(data.getlist(name))))
        elif name.endswith(MONEY) and name in data:
            data[name] = to_fen(str(data[name]))
        elif not one.required and not data.get(name, "x"):
            del data[name]
    return data


def unanswered(serializer: drf.Serializer[Any], posted: QueryDict) -> dict[str, list[str]]:
    """Yes-or-no questions that were left open: a missing choice is never read as a "no"."""
    return {
        name: ["请选择“是”或者“否”"]
        for name, one in serializer.fields.items()
        if isinstance(one, drf.BooleanField) and posted.get(name) not in ("true", "false")
    }


def hidden(posted: QueryDict) -> list[tuple[str, str]]:
    """Every submitted value but those of the page itself, for the confirmation's hidden inputs."""
    own = ("csrfmiddlewaretoken", "step")
    return [(name, one) for name in posted if name not in own for one in posted.getlist(name)]


def _drop_blank_rows(data: QueryDict, name: str) -> None:
    for place in places_of(data, name):
        keys = [key for key in data if key.startswith(f"{name}[{place}]")]
        if not any(data.get(key, "").strip() for key in keys):
            for key in keys:
                del data[key]

"""Every act as an explicit action of the API, made from the same declaration as its page."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.acts import ACTS, Act
from accounts.domain import policy
from accounts.services.gate import NotAllowed, NotFound
from audit_log.domain.entry import Actor
from desk.api.base import Problem, Receipt, View
from desk.selectors import things
from desk.web.acting import AT_THE_DOOR

PLURALS = {
    "project": "projects",
    "draw": "draws",
    "expert": "experts",
    "account": "accounts",
    "rules": "rules",
    "intake": "intakes",
    "mode": "modes",
    "report": "reports",
    "room": "rooms",
}


class ActView(View):
    """POST does the act and answers with its receipt."""

    act: ClassVar[Act]

    def get_parsers(self) -> list[Any]:
        """A file comes as a form does; everything else is JSON."""
        files = any(
            isinstance(one, serializers.FileField) for one in self.act.fields().fields.values()
        )
        return [MultiPartParser()] if files else super().get_parsers()

    def post(self, request: Request, code: str = "") -> Response:
        """Check the caller, read the fields strictly, run the service."""
        actor = self.actor(request)
        let_in(actor, self.act, code)
        refuse_unknown(self.act.fields(), request.data)
        fields = self.act.fields(data=request.data)
        fields.is_valid(raise_exception=True)
        ref = self.act.run(actor, code or None, fields.validated_data)
        return Response(Receipt(ref).data, status=201)


def let_in(actor: Actor, act: Act, code: str) -> None:
    """404 for what the actor may not see, 403 for what he may not do."""
    thing = None if act.creates else things.find(act.kind, code)
    relations = policy.known(actor, thing) if thing is not None else None
    if policy.may(actor, act.name, relations):
        return
    if relations is not None and not things.sees(actor, act.kind, relations):
        raise NotFound
    raise NotAllowed


def refuse_unknown(fields: serializers.Serializer[Any], data: Any) -> None:
    """Refuse members that no field reads, nested ones too: a misspelt one would be lost."""
    if not isinstance(data, Mapping):
        raise ValidationError({"": ["应为一个 JSON 对象"]})
    if unknown := sorted(set(data) - set(fields.fields)):
        raise ValidationError({name: ["没有这个字段"] for name in unknown})
    for name, field in fields.fields.items():
        child = getattr(field, "child", None)
        rows = data.get(name)
        if isinstance(child, serializers.Serializer) and isinstance(rows, list):
            for row in rows:
                refuse_unknown(child, row)


def patterns(prefix: str) -> list[URLPattern]:
    """One address per registered act."""
    return [_pattern(prefix, act) for act in ACTS.values() if act.name not in AT_THE_DOOR]


def _pattern(prefix: str, act: Act) -> URLPattern:
    place = "new" if act.creates else "<str:code>"
    address = f"{prefix}{PLURALS[act.kind]}/{place}/{act.slug}/"
    return path(address, _view(act).as_view(), name=f"api-{act.kind}-{act.slug}")


def _view(act: Act) -> type[ActView]:
    name = "".join(part.title() for part in act.name.replace(".", "_").split("_"))
    made: type[ActView] = type(f"{name}View", (ActView,), {"act": act, "__doc__": act.title})
    described = extend_schema(
        operation_id=act.name.replace(".", "_"),
        summary=act.title,
        tags=[act.kind],
        request=act.fields if act.fields().fields else None,
        responses={
            201: Receipt,
            (401, "application/problem+json"): Problem,
            (403, "application/problem+json"): Problem,
            (404, "application/problem+json"): Problem,
            (409, "application/problem+json"): Problem,
            (422, "application/problem+json"): Problem,
        },
    )
    viewed: type[ActView] = extend_schema_view(post=described)(made)
    return viewed

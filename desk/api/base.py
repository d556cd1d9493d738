"""What every API view shares: who is asking, what goes in and out, how the schema names it."""

from typing import Any

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from audit_log.domain.entry import Actor
from desk.web.doors import actor_of


class Caller:
    """The actor as DRF wants a user: no more than that somebody is signed in."""

    is_active = True
    is_authenticated = True

    def __init__(self, actor: Actor) -> None:
        self.actor = actor


class ActorAuthentication(SessionAuthentication):
    """The session of an account or of an expert, with the CSRF check that a session needs."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return the caller, or None for a visitor."""
        plain: HttpRequest = request._request
        actor = actor_of(plain)
        if actor is None:
            return None
        self.enforce_csrf(request)
        return Caller(actor), None

    def authenticate_header(self, request: Request) -> str:
        """Visitors get 401, which needs a challenge."""
        return "Session"


class ActorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of the session."""

    target_class = "desk.api.base.ActorAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """A cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class Schema(AutoSchema):
    """Component names carry their app, so that two forms called `ReasonForm` stay apart."""

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """`award.acts.ReasonForm` → `AwardReasonForm`."""
        kind = type(serializer)
        return f"{kind.__module__.partition('.')[0].title()}{kind.__name__}"


class View(APIView):
    """A view for somebody who is signed in."""

    authentication_classes = [ActorAuthentication]
    permission_classes = [AllowAny]
    schema = Schema()

    def actor(self, request: Request) -> Actor:
        """Who is asking; raise NotAuthenticated for a visitor."""
        if not isinstance(request.user, Caller):
            raise NotAuthenticated("请先登录")
        return request.user.actor


class Receipt(serializers.Serializer[Any]):
    """The entry that an act wrote."""

    stream = serializers.CharField()
    n = serializers.IntegerField()
    hash = serializers.CharField(help_text="SHA-256, lower-case hex")


class Reason(serializers.Serializer[Any]):
    """One reason of a refusal, with the rule and the article it rests on."""

    code = serializers.CharField()
    message = serializers.CharField()
    rule = serializers.CharField(allow_blank=True)
    basis = serializers.CharField(allow_blank=True)
    level = serializers.CharField()
    value = serializers.JSONField(allow_null=True)
    profile = serializers.CharField(allow_blank=True)


class Problem(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    blockers = Reason(many=True)

    def get_fields(self) -> dict[str, Any]:
        """`errors` is a name that a serializer keeps for itself, so the field is added here."""
        return {**super().get_fields(), "errors": serializers.DictField()}

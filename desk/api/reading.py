"""Reading over the API: session, projects, draws, entries; each as its page would show it."""

from typing import Any

from django.middleware.csrf import get_token
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audit_log.domain.entry import Actor
from desk.api.base import Problem, Reason, View
from desk.domain import audience
from desk.selectors import offers, things, timeline
from desk.web.doors import page_of
from evaluation.models import Project
from experts.models import Draw, Seat

PROBLEMS: dict[Any, Any] = {
    (401, "application/problem+json"): Problem,
    (404, "application/problem+json"): Problem,
}


class Session(serializers.Serializer[Any]):
    """Who is signed in, and the token that a POST sends as X-CSRFToken."""

    id = serializers.CharField()
    role = serializers.CharField()
    org = serializers.CharField(allow_blank=True)
    csrf = serializers.CharField()


class Offered(serializers.Serializer[Any]):
    """An act that belongs to the object's state."""

    act = serializers.CharField()
    title = serializers.CharField()
    mine = serializers.BooleanField()
    ready = serializers.BooleanField()
    blockers = Reason(many=True)


class ProjectLine(serializers.ModelSerializer[Project]):
    """A project as a list shows it."""

    state = serializers.CharField()

    class Meta:
        model = Project
        fields = ["code", "title", "lot", "state", "regime", "trade", "region", "tenderer"]


class ProjectPage(ProjectLine):
    """A project with the acts that belong to its state."""

    acts = serializers.SerializerMethodField()

    class Meta(ProjectLine.Meta):
        fields = [
            *ProjectLine.Meta.fields,
            "group",
            "order",
            "compulsory",
            "funds",
            "ceiling_fen",
            "profile",
            "rules",
            "deadline",
            "draw",
            "public_until",
            "acts",
        ]

    @extend_schema_field(Offered(many=True))
    def get_acts(self, row: Project) -> list[dict[str, Any]]:
        """The acts, as the caller's page shows them."""
        return _acts(self.context["actor"], "project", row)


class ProjectList(serializers.Serializer[Any]):
    """One page of the projects that the caller may see."""

    count = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = ProjectLine(many=True)


class SeatLine(serializers.Serializer[Any]):
    """A seat by handle; `expert` is empty until the sign-in, and for whoever may not know him."""

    candidate = serializers.CharField()
    slot = serializers.CharField()
    round = serializers.IntegerField()
    state = serializers.CharField()
    expert = serializers.SerializerMethodField()

    def get_expert(self, seat: Seat) -> str:
        """His code, for those to whom the draw's page shows it."""
        role = self.context["actor"].role
        return seat.expert if audience.may_read(audience.COMMITTEE, role, "opened") else ""


class DrawPage(serializers.ModelSerializer[Draw]):
    """A draw with its seats and the acts that belong to its state."""

    state = serializers.CharField()
    seats = serializers.SerializerMethodField()
    acts = serializers.SerializerMethodField()

    class Meta:
        model = Draw
        fields = [
            "code", "case", "attempt", "trade", "region", "held_at", "place", "manifest", "chain",
            "round", "state", "seats", "acts",
        ]  # fmt: skip

    @extend_schema_field(SeatLine(many=True))
    def get_seats(self, row: Draw) -> Any:
        """Seats in the order they were filled: the table's own order tells who was written last."""
        return SeatLine(row.seats.order_by("pk"), many=True, context=self.context).data

    @extend_schema_field(Offered(many=True))
    def get_acts(self, row: Draw) -> list[dict[str, Any]]:
        """The acts, as the caller's page shows them."""
        return _acts(self.context["actor"], "draw", row)


class EntryLine(serializers.Serializer[Any]):
    """An entry as far as the caller reads it; `entry` is null where its contents are not his."""

    stream = serializers.CharField()
    n = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    hash = serializers.CharField()
    seal = serializers.ChoiceField(choices=list(timeline.SEALS.items()))
    index = serializers.IntegerField(allow_null=True)
    entry = serializers.JSONField(allow_null=True)


class SessionView(View):
    """The caller's session."""

    @extend_schema(operation_id="session", responses={200: Session} | PROBLEMS)
    def get(self, request: Request) -> Response:
        """Who is signed in."""
        actor = self.actor(request)
        found = {"id": actor.id, "role": actor.role, "org": actor.org}
        return Response(found | {"csrf": get_token(request._request)})


class ProjectsView(View):
    """The projects that the caller may see."""

    @extend_schema(
        operation_id="projects",
        parameters=[OpenApiParameter("page", int), OpenApiParameter("state", str)],
        responses={200: ProjectList} | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """One page, newest change first."""
        rows = things.projects(self.actor(request))
        if state := request.GET.get("state"):
            rows = rows.filter(state=state)
        page = page_of(request._request, rows)
        results = ProjectLine(list(page.object_list), many=True).data
        pages = {"count": page.paginator.count, "pages": page.paginator.num_pages}
        return Response(pages | {"results": results})


class ProjectView(View):
    """One project."""

    @extend_schema(operation_id="project", responses={200: ProjectPage} | PROBLEMS)
    def get(self, request: Request, code: str) -> Response:
        """Facts and acts."""
        actor = self.actor(request)
        row = things.seen(actor, "project", code)
        return Response(ProjectPage(row, context={"actor": actor}).data)


class DrawView(View):
    """One draw."""

    @extend_schema(operation_id="draw", responses={200: DrawPage} | PROBLEMS)
    def get(self, request: Request, code: str) -> Response:
        """Facts, seats by handle, acts."""
        actor = self.actor(request)
        row = things.drawn(actor, code)
        return Response(DrawPage(row, context={"actor": actor}).data)


class EntriesView(View):
    """The entries of one stream."""

    @extend_schema(operation_id="entries", responses={200: EntryLine(many=True)} | PROBLEMS)
    def get(self, request: Request, kind: str, code: str) -> Response:
        """Oldest first, each as far as the caller reads it."""
        actor = self.actor(request)
        thing = things.drawn(actor, code) if kind == "draw" else things.seen(actor, kind, code)
        told = reversed(timeline.of(thing))
        return Response([_line(actor, one) for one in told])


def _acts(actor: Actor, kind: str, thing: Any) -> list[dict[str, Any]]:
    found = [offer for offer in offers.offers(actor, kind, thing) if offer.timely]
    rows = [
        {
            "act": offer.act.name,
            "title": offer.act.title,
            "mine": offer.mine,
            "ready": offer.ready,
            "blockers": offer.reasons,
        }
        for offer in found
    ]
    return [dict(row) for row in Offered(rows, many=True).data]


def _line(actor: Actor, told: timeline.Told) -> dict[str, Any]:
    readable = told.n is not None and timeline.readable(actor, told)
    line = {
        "stream": told.stream,
        "n": told.n,
        "title": told.title,
        "hash": told.hash,
        "seal": told.seal,
        "index": told.index if told.n is not None else None,
        "entry": told.value if readable else None,
    }
    return dict(EntryLine(line).data)

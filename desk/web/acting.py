"""The one page of every act: fill in, look at what will be submitted, do it, get the receipt.

Nothing is kept in the session between the steps: the confirmation carries the values in hidden
inputs and the last step checks them again. Doing it twice is harmless, because the service reads
the state after it has locked the object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.signing import Signer
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from rest_framework.serializers import Serializer

from accounts.acts import ACTS, Act
from accounts.domain import policy
from accounts.services.gate import BadInput, NotFound, Refusal
from audit_log.domain.entry import Actor, Ref
from desk.selectors import offers, options, things, timeline
from desk.web import fields, inputs, previews, typed
from desk.web.doors import for_actor
from rulebook.domain.blockers import Blocker, Refused

NEW = "new"
AT_THE_DOOR = {"draw.answer": "my", "draw.sign_in": "sign-in"}
"""Acts that are done at a page of their own: the answer by link, the sign-in with the room code."""
WITH_FILE = {"intake.receive": "intake-new"}
"""Acts with a page of their own because a file cannot be carried from step to step."""


@dataclass
class Attempt:
    """One visit to an act's page: who, which act, on what, with what was typed."""

    actor: Actor
    act: Act
    code: str
    thing: Any
    posted: QueryDict | None = None
    errors: dict[str, Any] = field(default_factory=dict)
    reasons: list[Blocker] = field(default_factory=list)
    refusal: str = ""

    @property
    def serializer(self) -> Serializer[Any]:
        return self.act.fields()

    @property
    def initial(self) -> Mapping[str, Any]:
        return self.act.initial(self.actor, self.thing)

    @property
    def words(self) -> fields.Words:
        return options.choices(self.actor, self.act.name, self.thing)


@for_actor
def act(request: HttpRequest, actor: Actor, kind: str, code: str, slug: str) -> HttpResponse:
    """Form (GET), confirmation (step=confirm), back to the form, another row, or do it."""
    attempt = _attempt(actor, kind, code, slug)
    if own := (AT_THE_DOOR | WITH_FILE).get(attempt.act.name):
        return redirect(own)
    if request.method != "POST":
        return _form(request, attempt) if attempt.serializer.fields else _confirm(request, attempt)
    attempt.posted = request.POST
    step = request.POST.get("step", "confirm")
    if step == "back" or step.startswith("more:"):
        return _form(request, attempt, more=step.partition(":")[2])
    values = _values(attempt)
    if values is None:
        return _form(request, attempt, status=422)
    return _do(request, attempt, values) if step == "do" else _confirm(request, attempt)


def address(act: Act, code: str = NEW) -> str:
    """The address of an act's page."""
    return reverse("act", args=[act.kind, NEW if act.creates else code, act.slug])


def receipt_address(ref: Ref) -> str:
    """The address of an entry's receipt; its signature lets whoever holds it open it."""
    kind, id, n = timeline.place(ref)
    page = reverse("receipt", args=[kind, id, n])
    return f"{page}?key={receipt_key(ref.stream, ref.n)}"


def receipt_key(stream: str, n: int) -> str:
    """The signature that opens a receipt."""
    return Signer(salt="receipt").signature(f"{stream}#{n}")


def find_act(kind: str, slug: str) -> Act:
    """The registered act of that address; raise NotFound."""
    found = ACTS.get(f"{kind}.{slug.replace('-', '_')}")
    if found is None or found.slug != slug:
        raise NotFound
    return found


def _attempt(actor: Actor, kind: str, code: str, slug: str) -> Attempt:
    """Let the actor in: 404 for what he may not see, 403 for what he may not do."""
    act = find_act(kind, slug)
    if act.creates != (code == NEW):
        raise Http404
    if act.creates:
        if not policy.may(actor, act.name, None):
            raise PermissionDenied
        return Attempt(actor, act, code, None)
    thing = things.find(kind, code)
    relations = policy.known(actor, thing)
    granted = policy.may(actor, act.name, relations)
    if not granted and not things.sees(actor, kind, relations):
        raise NotFound
    if not granted:
        raise PermissionDenied
    return Attempt(actor, act, code, thing)


def _values(attempt: Attempt) -> dict[str, Any] | None:
    """The validated values, or None with the errors noted."""
    posted = attempt.posted or QueryDict()
    blank = attempt.serializer
    serializer = attempt.act.fields(data=typed.readable(blank, posted))
    valid = serializer.is_valid()
    attempt.errors = dict(serializer.errors) | typed.unanswered(blank, posted)
    return dict(serializer.validated_data) if valid and not attempt.errors else None


def _do(request: HttpRequest, attempt: Attempt, values: dict[str, Any]) -> HttpResponse:
    code = None if attempt.act.creates else attempt.code
    try:
        ref = attempt.act.run(attempt.actor, code, values)
    except Refused as refused:
        attempt.reasons = refused.blockers
        return _form(request, attempt, status=409)
    except BadInput as bad:
        attempt.refusal = bad.message
        attempt.errors = {name: [message] for name, message in bad.fields.items()}
        return _form(request, attempt, status=bad.status)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        attempt.refusal = refusal.message
        return _form(request, attempt, status=refusal.status)
    return redirect(receipt_address(ref))


def _form(
    request: HttpRequest, attempt: Attempt, *, status: int = 200, more: str = ""
) -> HttpResponse:
    drawn = inputs.inputs(
        attempt.serializer,
        initial=attempt.initial,
        posted=attempt.posted,
        errors=attempt.errors,
        words=attempt.words,
        more=more,
    )
    summary = inputs.troubles(drawn) or [("", text) for _, text in fields.flat(attempt.errors)]
    context = _context(attempt) | {"fields": drawn, "summary": summary}
    return render(request, "desk/act_form.html", context, status=status)


def _confirm(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    posted = attempt.posted or QueryDict()
    drawn = inputs.inputs(
        attempt.serializer, initial=attempt.initial, posted=posted, words=attempt.words
    )
    for one in drawn:
        one.rows = [row for row in one.rows if any(cell.value for cell in row)]
    context = _context(attempt) | {"fields": drawn, "hidden": typed.hidden(posted)}
    return render(request, "desk/act_confirm.html", context)


def _context(attempt: Attempt) -> dict[str, Any]:
    act, thing = attempt.act, attempt.thing
    found = [] if thing is None else list(act.blockers(thing))
    offer = offers.Offer(act, thing, True, found)
    return {
        "act": act,
        "thing": thing,
        "code": attempt.code,
        "kind": act.kind,
        "offer": offer,
        "reasons": attempt.reasons,
        "refusal": attempt.refusal,
        "offered": thing is None or act.offered(attempt.actor, thing),
        "home": _home(attempt),
        "preview": previews.of(act.name, thing),
        "hint": "" if thing is None else options.hint(act.name, thing),
        "about": _about(attempt),
    }


def _about(attempt: Attempt) -> str:
    """What the object is called; an expert's title is a qualification, not his name."""
    if attempt.thing is None:
        return ""
    if attempt.act.kind == "expert":
        return f"专家 {attempt.code}"
    return str(getattr(attempt.thing, "title", "") or attempt.code)


def _home(attempt: Attempt) -> str:
    """Where the page leads back to."""
    if attempt.thing is None or not things.sees(
        attempt.actor, attempt.act.kind, policy.known(attempt.actor, attempt.thing)
    ):
        return reverse("home")
    return reverse(attempt.act.kind, args=[attempt.code])

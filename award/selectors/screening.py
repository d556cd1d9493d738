"""The check of a text before it may go public, with what only this installation knows."""

from typing import Any

from accounts.domain import roles
from accounts.models import Organisation, User
from award.domain import disclosure
from award.domain.disclosure import KINDS, Hit, Known
from award.selectors.rules import binding
from evaluation.models import Project
from experts.models import Expert

SECRET_ROLES = (roles.AWARD_MEMBER, roles.OBSERVER, roles.TENDERER_REP)
BEFORE_OPENING = ("registered", "tendering", "drawing")


def hits(row: Project, document: Any) -> list[Hit]:
    """What a document of the project would disclose, by place and kind."""
    return disclosure.find(document, _known(row, document))


def forbidden(row: Project, found: list[Hit]) -> list[Hit]:
    """The hits that no explanation saves."""
    profile, _ = binding(row)
    left = {*profile.names("notice_allowed"), *profile.names("notice_explained")}
    return [hit for hit in found if hit.kind not in left]


def unexplained(row: Project, found: list[Hit]) -> list[Hit]:
    """The hits that may stay where the drafter says why."""
    profile, _ = binding(row)
    return [hit for hit in found if hit.kind in profile.names("notice_explained")]


def basis(row: Project) -> str:
    """The article by which a text is refused."""
    profile, _ = binding(row)
    return profile.rule("notice_explained").basis


def words(found: list[Hit], names: dict[str, str]) -> str:
    """`异议受理部门和方式:手机号码;…`, for a refusal; `names` are those of a form's fields."""
    places = (names.get(hit.place.partition("/")[0], hit.place) for hit in found)
    told = [f"{place}:{KINDS[hit.kind]}" for place, hit in zip(places, found, strict=True)]
    return ";".join(dict.fromkeys(told))


def _known(row: Project, document: Any) -> Known:
    """Codes of anyone who may ever be secret, and before the opening every body but its own.

    Never only those of this case: whoever drafts could else ask the check who sits, or who bids.
    """
    codes = disclosure.codes(document)
    people = {*Expert.objects.filter(pk__in=codes).values_list("pk", flat=True)}
    people |= {
        *User.objects.filter(pk__in=codes, role__in=SECRET_ROLES).values_list("pk", flat=True)
    }
    bodies: set[str] = set()
    if (row.suspended_from or row.state) in BEFORE_OPENING:
        others = Organisation.objects.exclude(pk=row.tenderer_id).filter(trades=[])
        for code, name in others.values_list("pk", "name"):
            bodies |= {code, name}
    return Known(frozenset(people), frozenset(bodies))

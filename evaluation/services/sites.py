"""Sites of a remote evaluation, each with a sign-in code of its own."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import Organisation
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from evaluation.domain import rooms
from evaluation.models import Project, Site
from evaluation.selectors import sites as reading
from evaluation.services import lock
from experts.models import Seat
from experts.services import invitations
from rulebook.domain.blockers import Blocker, Refused, refuse


@transaction.atomic
def arrange_sites(*, actor: Actor, project: str, sites: Sequence[dict[str, Any]]) -> Ref:
    """Say which slots of the draw sit where: `{"kind","org","place","slots"}` for each site.

    One main site and at least one sub-site, each slot once. It may be arranged anew until the first
    member has signed in, on the lot on which it was arranged first.
    """
    row, lots = lock.lots_of(project)
    permit(actor, "project.arrange_sites", row)
    refuse(reading.arrange_sites(row))
    if other := next((lot for lot in lots if lot != row and lot.sites.exists()), None):
        raise Refused([Blocker("sites_elsewhere", f"评标场所已在标段 {other.pk} 安排")])
    if wrong := rooms.faults(sites, reading.slots_of(row)) or _unknown(sites):
        raise BadInput("sites_malformed", ";".join(wrong), {"sites": ";".join(wrong)})
    told = [
        {"number": number, **{name: site[name] for name in ("kind", "org", "place", "slots")}}
        for number, site in enumerate(sorted(sites, key=_main_first), start=1)
    ]
    ref = trail.record(row, "project.sites_arranged", actor, {"sites": told})
    row.sites.all().delete()
    Site.objects.bulk_create(
        Site(project=row, org_id=site["org"], **{k: site[k] for k in _COLUMNS}) for site in told
    )
    return ref


def code_of(group: str, draw: str, slot: str) -> str:
    """The code that who sits in that slot types at his site (six digits)."""
    site = reading.of_slot(group, slot)
    return invitations.room_code(draw, site.number if site else 0)


def seated_at(row: Project, handle: str) -> dict[str, int]:
    """What a sign-in tells of the site: a drawn member's by his slot, the main one for others."""
    if not handle:
        site = reading.main(row.group)
    else:
        site = reading.of_slot(row.group, Seat.objects.get(draw=row.draw, candidate=handle).slot)
    return {"site": site.number} if site else {}


_COLUMNS = ("number", "kind", "place", "slots")


def _main_first(site: dict[str, Any]) -> bool:
    return bool(site["kind"] != "main")


def _unknown(sites: Sequence[dict[str, Any]]) -> list[str]:
    known = Organisation.objects.filter(pk__in=[site["org"] for site in sites])
    missing = {site["org"] for site in sites} - set(known.values_list("pk", flat=True))
    return [f"没有登记单位 {code}" for code in sorted(missing)]

"""Which district and trades a body answers for."""

from accounts.domain import policy
from accounts.domain.groups import Edge
from accounts.models import BodyRelation, Organisation


def covers(org: str, region: str) -> bool:
    """Whether the body's district covers `region`; an unknown body covers nothing."""
    body = Organisation.objects.filter(pk=org).first() if org else None
    return body is not None and policy.covers(body.region, region)


def regulates(org: str, region: str, trade: str) -> bool:
    """Whether the body regulates the trade in `region`."""
    body = Organisation.objects.filter(pk=org).first() if org else None
    return body is not None and trade in body.trades and policy.covers(body.region, region)


def regulators(region: str, trade: str) -> list[str]:
    """The bodies that regulate the trade in `region`, by code."""
    rows = Organisation.objects.exclude(trades=[]).values_list("code", "region", "trades")
    return sorted(
        code for code, area, trades in rows if trade in trades and policy.covers(area, region)
    )


def edges() -> list[Edge]:
    """Every relation of bodies: those with dates, and the undated head a body was registered with.

    A dated relation of a body replaces its undated head.
    """
    rows = BodyRelation.objects.values_list("child", "parent", "valid_from", "valid_to")
    dated = [Edge(*row) for row in rows]
    known = {edge.child for edge in dated}
    heads = Organisation.objects.exclude(group_head="").values_list("code", "group_head")
    return [*dated, *(Edge(code, head) for code, head in heads if code not in known)]

"""Which district and trades a body answers for."""

from accounts.domain import policy
from accounts.models import Organisation


def covers(org: str, region: str) -> bool:
    """Whether the body's district covers `region`; an unknown body covers nothing."""
    body = Organisation.objects.filter(pk=org).first() if org else None
    return body is not None and policy.covers(body.region, region)


def regulates(org: str, region: str, trade: str) -> bool:
    """Whether the body regulates the trade in `region`."""
    body = Organisation.objects.filter(pk=org).first() if org else None
    return body is not None and trade in body.trades and policy.covers(body.region, region)

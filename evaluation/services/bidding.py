"""Bids: taken sealed until the deadline, opened together at it, checked for recusal at once.

A bid is recorded under a receipt number that only the keeper of the envelope key could trace to
the bidder, so that before the opening no row, entry or message names him or his price.
"""

import hashlib
import hmac
from typing import Any

from django.db import transaction

from accounts.domain import roles
from accounts.models import Organisation
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import envelopes, keys, sealer, trail
from evaluation.models import Bid, Project
from evaluation.selectors import bids, blockers, seats
from evaluation.services import drawing, lock
from rulebook.domain.blockers import Blocker, Refused, refuse

RECEIPT_CHARS = 16


@transaction.atomic
def submit_bid(
    *, actor: Actor, project: str, price_fen: int, bidder: str = "", receipt: str = ""
) -> tuple[Ref, str]:
    """Take a sealed bid before the deadline; return its entry and the receipt number.

    A bidder hands in for his own organisation, the trading centre for a registered `bidder`. To
    replace a bid its receipt number is given. Raises BadInput, Refused.
    """
    row = lock.project(project)
    permit(actor, "project.submit_bid", row)
    refuse(blockers.submit_bid(row))
    body = _bidder(actor, bidder)
    if not 0 < price_fen <= 2**53 - 1:
        message = "投标报价应大于零"
        raise BadInput("price_not_positive", message, {"price_fen": message})
    number = receipt_number(row, body.pk)
    author = f"bid/{row.pk}/{number}"
    _check_receipt(receipt, number, known=author in envelopes.current(row.stream, bids.KIND))
    sealed = envelopes.seal(
        row,
        "project.bid_sealed",
        Actor(author, roles.BIDDER, ""),
        kind=bids.KIND,
        content={"bidder": body.pk, "name": body.name, "price_fen": price_fen},
    )
    return sealed.ref, number


def receipt_number(row: Project, bidder: str) -> str:
    """The receipt number of a bidder in a project: the same each time, telling nobody who he is."""
    key = keys.envelope_key(row.stream)
    mac = hmac.digest(key, b"bid-receipt/v1\n" + bidder.encode(), hashlib.sha256)
    return mac.hex()[:RECEIPT_CHARS]


def own_receipt(actor: Actor, row: Project) -> str:
    """The receipt number of the actor's own sealed bid, "" where he has none."""
    if actor.role != roles.BIDDER or not envelopes.current(row.stream, bids.KIND):
        return ""
    number = receipt_number(row, actor.org)
    known = f"bid/{row.pk}/{number}" in envelopes.current(row.stream, bids.KIND)
    return number if known else ""


def open_bids(*, actor: Actor, project: str) -> Ref:
    """Close and open the bids at the deadline, whatever the draw's state: → 已开标.

    Writes the list of counting bids, one opening each, the bids as rows, then has the drawn experts
    checked against the bidders (R06). Too few bidders stop the evaluation, not the opening.
    Two ceremonies, so that a co-signed checkpoint shows the list fixed before anything was opened;
    interrupted between them, the act is simply done again.
    """
    _close(actor=actor, project=project)
    return _open(actor=actor, project=project)


@sealer.ceremony
def _close(*, actor: Actor, project: str) -> None:
    row = lock.project(project)
    permit(actor, "project.open_bids", row)
    refuse(blockers.open_bids(row))
    if not envelopes.is_closed(row.stream, bids.KIND):
        envelopes.close(row, "project.bids_closed", actor, kind=bids.KIND)


@sealer.ceremony
def _open(*, actor: Actor, project: str) -> Ref:
    row, _ = lock.lots_of(project)
    permit(actor, "project.open_bids", row)
    refuse(blockers.open_bids(row))
    opened = envelopes.open_all(row, "project.bid_opened", actor, kind=bids.KIND)
    Bid.objects.bulk_create(
        _bid(row, author.rpartition("/")[2], content) for author, content in opened.items()
    )
    lock.fire(row, "open_bids")
    ref = trail.record(row, "project.opened", actor, {"bids": len(opened)})
    if row.draw and not seats.is_void(row.draw):
        drawing.recheck(row, actor)
    return ref


def _bid(row: Project, receipt: str, content: dict[str, Any]) -> Bid:
    bidder, price = content["bidder"], content["price_fen"]
    return Bid(project=row, bidder_id=bidder, receipt=receipt, price_fen=price)


def _bidder(actor: Actor, named: str) -> Organisation:
    code = actor.org if actor.role == roles.BIDDER else named
    body = Organisation.objects.filter(pk=code).first()
    if body is None or (named and named != code):
        message = "投标人单位不存在,或者不是本单位"
        raise BadInput("bidder_unknown", message, {"bidder": message})
    return body


def _check_receipt(given: str, number: str, *, known: bool) -> None:
    """A second bid replaces the first only where it says so."""
    if known and not given:
        raise Refused([Blocker("bid_exists", "该单位已递交投标,更换投标请填写回执号")])
    if given and not (known and hmac.compare_digest(given.encode(), number.encode())):
        message = "回执号与该单位的投标不符"
        raise BadInput("receipt_unknown", message, {"receipt": message})

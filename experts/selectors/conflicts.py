"""Recorded conflicts: finding them, and why one cannot be confirmed or lifted now."""

import hashlib
import hmac
import re
from collections.abc import Callable

from django_fsm import can_proceed

from accounts.models import User
from audit_log.domain.entry import Actor
from audit_log.services import envelopes, keys
from experts.domain.recusal import RECORDABLE
from experts.models import AccountConflict, Expert, ExpertConflict
from rulebook.domain.blockers import Blocker

Subject = Expert | User
"""Whom a conflict is recorded of."""
Recorded = ExpertConflict | AccountConflict
OF_OFFICIALS = tuple(kind for kind in RECORDABLE if kind not in ("supervisor", "punished"))
"""Kinds that are recorded of officials: what ties them to a body or to another person."""
SHARE = re.compile(r"(100|[1-9]?[0-9])(\.[0-9]{1,4})?")


def tag_of(party: str) -> str:
    """The keyed hash (hex) under which a party is found; "" for none."""
    if not party:
        return ""
    message = f"conflict-party/v1\n{party}".encode()
    return hmac.digest(keys.read("identity.key"), message, hashlib.sha256).hex()


def envelope_kind(code: str) -> str:
    """The kind of the envelope that holds the party of a conflict."""
    return f"conflict/{code}"


def of_expert(expert: str) -> list[ExpertConflict]:
    """Every conflict recorded of an expert, the newest first."""
    return list(ExpertConflict.objects.filter(person=expert).order_by("-audit_n"))


def of_account(account: str) -> list[AccountConflict]:
    """Every conflict recorded of an official, the newest first."""
    return list(AccountConflict.objects.filter(person=account).order_by("-audit_n"))


def waiting(*states: str) -> Callable[[Subject], list[Blocker]]:
    """Return the blockers of an act on a conflict: the person has one in one of these states."""

    def blockers(row: Subject) -> list[Blocker]:
        if row.conflicts.filter(state__in=states).exists():
            return []
        return [Blocker("no_conflict", "没有可以办理的回避登记")]

    return blockers


def confirm(one: Recorded, actor: Actor) -> list[Blocker]:
    """It waits for it, and neither who recorded it nor the person himself confirms it."""
    return _leaves(one, "confirm") or [*_not_own(one, actor), *_not_same(one.recorded_by, actor)]


def ask_release(one: Recorded, actor: Actor) -> list[Blocker]:
    """It is in force, and who asks is of another body."""
    return _leaves(one, "ask_release") or [*_not_own(one, actor), *_other_body(one, actor)]


def lift(one: Recorded, actor: Actor) -> list[Blocker]:
    """A release is asked for; a second person agrees, of another body than the person's."""
    return _leaves(one, "lift") or [
        *_not_own(one, actor),
        *_other_body(one, actor),
        *_not_same(one.release_by, actor),
    ]


def told_tag(row: Recorded) -> str:
    """The commitment of the envelope whose party the tag belongs to, as reconcile compares it.

    Where the key is destroyed (the person was erased) nobody can tell any more.
    """
    commitment, content = envelopes.newest_of(row.stream, envelope_kind(row.pk))
    if content is None or row.tag == tag_of(content["party"]):
        return commitment
    return f"与承诺不符 {row.tag}"


def _leaves(one: Recorded, edge: str) -> list[Blocker]:
    if can_proceed(getattr(one, edge)):
        return []
    message = f"该回避登记现为“{one.get_state_display()}”,不能办理这一事项"
    return [Blocker("wrong_conflict_state", message)]


def _not_own(one: Recorded, actor: Actor) -> list[Blocker]:
    if actor.id != one.person_id:
        return []
    return [Blocker("own_lock", "本人的回避应由其他人员办理")]


def _not_same(first: str, actor: Actor) -> list[Blocker]:
    if actor.id != first:
        return []
    return [Blocker("same_person", "应由登记或者申请以外的另一人办理")]


def _other_body(one: Recorded, actor: Actor) -> list[Blocker]:
    if actor.org != _body_of(one):
        return []
    return [Blocker("own_body", "解除回避应由其本人所在单位以外的单位办理")]


def _body_of(one: Recorded) -> str:
    if isinstance(one, ExpertConflict):
        return str(Expert.objects.values_list("employer", flat=True).get(pk=one.person_id))
    return str(User.objects.values_list("org_id", flat=True).get(pk=one.person_id))

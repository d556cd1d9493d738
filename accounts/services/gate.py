"""The gate every service passes: refuse in a typed way, so page, API and script cannot differ."""

from collections.abc import Callable

from accounts.domain import policy
from accounts.domain.policy import Related
from audit_log.domain.entry import Actor


class Refusal(Exception):
    """Base of everything a user may be told: stable English `code`, Chinese message."""

    status = 409

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NotFound(Refusal):
    """The object does not exist, or the actor may not know that it does."""

    status = 404

    def __init__(self) -> None:
        super().__init__("not_found", "没有找到这项内容")


class NotAllowed(Refusal):
    """The actor may see the object but this act is not his."""

    status = 403

    def __init__(self) -> None:
        super().__init__("not_allowed", "您的岗位不能办理这一事项")


class BadInput(Refusal):
    """Something was filled in wrongly; `fields` maps a field's name to its message."""

    status = 422

    def __init__(self, code: str, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(code, message)
        self.fields = fields or {}


class Barred(Refusal):
    """The act is his, but not here: he has a ground of recusal against a party."""

    def __init__(self) -> None:
        super().__init__(
            "official_recused", "您与本项目的当事人有应当回避的情形,不能办理本项目的事项"
        )


BARS: list[Callable[[Actor, Related], bool]] = []
"""Tests of who is locked out of an object although the policy grants the act; filled by apps."""


def permit(actor: Actor, act: str, thing: Related | None = None) -> None:
    """Let the actor through, or raise NotFound (may not see it), NotAllowed or Barred."""
    related = None if thing is None else policy.known(actor, thing)
    if not policy.may(actor, act, related):
        kind = act.partition(".")[0]
        if related is None or kind not in policy.SEE or policy.may_see(actor, kind, related):
            raise NotAllowed
        raise NotFound
    if thing is not None and any(bars(actor, thing) for bars in BARS):
        raise Barred

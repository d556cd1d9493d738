"""The gate every service passes: refuse in a typed way, so page, API and script cannot differ."""

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


def permit(actor: Actor, act: str, thing: Related | None = None) -> None:
    """Let the actor through, or raise NotFound (may not see it) or NotAllowed."""
    kind = act.partition(".")[0]
    if thing is not None and kind in policy.SEE:
        seen = policy.may_see(actor, kind, thing)
        if not seen and not policy.may(actor, act, thing):
            raise NotFound
    if not policy.may(actor, act, thing):
        raise NotAllowed

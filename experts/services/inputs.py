"""Checks of what was filled in, shared by the services."""

from collections.abc import Container
from datetime import date
from typing import Any

from accounts.services.gate import BadInput
from experts.domain.edges import UNTIMED
from experts.domain.records import FULL_MARK
from experts.domain.shapes import HASH
from experts.selectors.career import today


def listed(value: str, known: Container[str], field: str = "ground") -> None:
    """Raise BadInput where the value is not one of a closed list."""
    if value not in known:
        raise BadInput(f"{field}_unknown", "请选择列出的事由", {field: "请选择列出的事由"})


def document(value: str, field: str) -> None:
    """Raise BadInput where the value is not the SHA-256 (lower-case hex) of a document."""
    if not HASH(value):
        message = "应为文件的 SHA-256(64 位小写十六进制)"
        raise BadInput(f"{field}_malformed", message, {field: message})


def tested(score: int | None, material: str) -> dict[str, Any]:
    """Return what the trail keeps of a test; BadInput where only half of it is given."""
    if score is None and not material:
        return {}
    document(material, "material")
    return {"score": points(score), "material": material}


def points(score: int | None) -> int:
    """Return a score of 0 to 100 points; raise BadInput for any other."""
    if score is None or not 0 <= score <= FULL_MARK:
        message = f"应为 0 至 {FULL_MARK} 分"
        raise BadInput("score_malformed", message, {"score": message})
    return score


def end_of_suspension(ground: str, until: date | None) -> None:
    """Raise BadInput where a suspension on that ground has no end, or one that is past."""
    if until is None and ground not in UNTIMED:
        raise BadInput("end_missing", "请填写暂停期限", {"until": "请填写最后一日"})
    if until is not None and until < today():
        raise BadInput("end_past", "暂停期限有误", {"until": "不能早于今天"})


def day(text: str | None) -> date | None:
    """A day as an entry tells it; None for none."""
    return date.fromisoformat(text) if text else None

"""Checks of what was filled in, shared by the services."""

from collections.abc import Container

from accounts.services.gate import BadInput
from experts.domain.shapes import HASH


def listed(value: str, known: Container[str], field: str = "ground") -> None:
    """Raise BadInput where the value is not one of a closed list."""
    if value not in known:
        raise BadInput(f"{field}_unknown", "请选择列出的事由", {field: "请选择列出的事由"})


def document(value: str, field: str) -> None:
    """Raise BadInput where the value is not the SHA-256 (lower-case hex) of a document."""
    if not HASH(value):
        message = "应为文件的 SHA-256(64 位小写十六进制)"
        raise BadInput(f"{field}_malformed", message, {field: message})

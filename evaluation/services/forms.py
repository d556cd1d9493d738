"""What is filled in by hand, cleaned the same way everywhere."""

from accounts.services.gate import BadInput


def filled(field: str, text: str, *, most: int = 2000) -> str:
    """The text without blanks around it; raise BadInput where nothing is left or it is too long."""
    text = text.strip()
    if not 1 <= len(text) <= most:
        message = f"请填写,不超过 {most} 字"
        raise BadInput(f"{field}_missing", message, {field: message})
    return text

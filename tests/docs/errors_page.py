"""The table of `docs/errors.md`. `python -m tests.docs.errors_page` writes it anew."""

from tests.docs.codes import GAP, Found, scan
from tests.docs.source import DOCS

PAGE = DOCS / "errors.md"
BEGIN, END = "<!-- codes -->\n", "<!-- end of codes -->"
HEAD = "| code | message | rule | where |\n|---|---|---|---|\n"


def table() -> str:
    """Return the table of all codes as it must stand in the page."""
    return HEAD + "".join(_row(code, known) for code, known in sorted(scan().items()))


def _row(code: str, known: Found) -> str:
    messages = " / ".join(sorted(known.messages)) or GAP
    where = ", ".join(f"`{name}`" for name in sorted(known.where))
    return f"| `{code}` | {messages} | {', '.join(sorted(known.rules))} | {where} |\n"


def written() -> str:
    """Return the table that stands in the page."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def write() -> None:
    """Put the table into the page, between its two marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}{table()}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write()

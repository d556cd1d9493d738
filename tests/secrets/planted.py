"""The secrets that `play` plants, every form in which one could lie about, and where they lie."""

import base64
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

NAME = "欧阳密名"
"""Every expert of the pool is called this, with a number behind it."""
ID_NUMBER = "887766190001"
PRICE_FEN = 7_654_321_098_765
PRICE_YUAN = "76543210987.65"
SCORE = "87.1357"
WRONG_SCORE = "187.1357"
REASON = "青山依旧在,几度夕阳红,此句只在选票之中,别处不应见到。"
TENDER = "PLANTED-TENDER"
MEMBERS = '"dbwy1","dbwy2"'
"""Two neighbours of the award members' list; single accounts are known to everyone."""
ENTRIES = "audit_log_entry"
PUBLIC = {"database", "evidence.zip", "case.zip", "tiles", "sql.log"}
"""Where everything lies that has been opened."""


def forms(secret: str | int) -> list[bytes]:
    """The bytes under which a secret could be found: plain, escaped, in hex, in base64."""
    text = str(secret)
    spaced = text.replace(",", ", ")
    plain = [text.encode(), spaced.encode(), text.encode("utf-16-le")]
    plain += [_escaped(text), quote(text).encode(), repr(text.encode())[2:-1].encode()]
    if isinstance(secret, int):
        plain.append(secret.to_bytes(6))  # how SQLite stores it
    raw = text.encode()
    hexes = [raw.hex().encode(), raw.hex().upper().encode()]
    return [*dict.fromkeys([*plain, *hexes, *(_base64(raw, shift) for shift in range(3))])]


def _escaped(text: str) -> bytes:
    return json.dumps(text)[1:-1].encode()


def _base64(raw: bytes, shift: int) -> bytes:
    """The characters of the base64 that do not depend on what stands around."""
    inner = base64.b64encode(bytes(shift) + raw).rstrip(b"=")
    return inner[(0, 2, 3)[shift] : -1]


def holds(body: bytes, secret: str | int) -> bool:
    """Whether the bytes hold the secret in any of its forms."""
    return any(form in body for form in forms(secret))


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder by the kind of place it is; a zip with each of its members."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        kind = path.relative_to(folder).parts[0]
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from ((kind, archive.read(member)) for member in archive.namelist())
        yield ("database" if "sqlite3" in kind else kind), path.read_bytes()


def places(folder: Path, secret: str | int) -> set[str]:
    """Where below a folder a secret lies."""
    return {name for name, body in contents(folder) if holds(body, secret)}


def rows(folder: Path) -> dict[str, list[str]]:
    """Table → every row of the database as text, blobs read as the UTF-8 they may be."""
    database = sqlite3.connect(f"file:{folder / 'mingding.sqlite3'}?mode=ro", uri=True)
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    names = [name for (name,) in database.execute(query)]
    tables = {name: database.execute(f"SELECT * FROM {name} ORDER BY 1") for name in names}
    found = {name: [_text(row) for row in table] for name, table in tables.items()}
    database.close()
    return found


def naming(folder: Path, *words: str) -> dict[str, list[str]]:
    """Table → its rows that name one of the words."""
    tables = rows(folder).items()
    found = {table: [row for row in lines if names(row, words)] for table, lines in tables}
    return {table: lines for table, lines in found.items() if lines}


def names(text: str, words: Iterable[str]) -> bool:
    """Whether a text holds one of the words."""
    return any(word in text for word in words)


def stream(entry: str) -> str:
    """The stream of an entry's row."""
    return entry.split("\n")[1]


def _text(row: tuple[object, ...]) -> str:
    cells = (one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in row)
    return "\n".join(cells)

"""A form as PDF: title, facts, tables, signatures on A4 (ISO 32000-1). Pure: the same form and the
same font give the same bytes.

A form is laid out with the widths of a `Font`; how the font's glyphs are named in the page and what
objects describe it is the font's own affair (`desk.domain.pdf_fonts`).
"""

import zlib
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Protocol

from desk.domain.forms import SIGNATURE, Form, Table

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
MARGIN = 18 * MM
LEADING = 1.45
PADDING = 2.2 * MM
SIGNING = 26 * MM
"""Height of the row in which people sign."""
TEXT, TITLE, SMALL = 9.5, 18.0, 8.0
"""Sizes in points."""


class Font(Protocol):
    """What the layout needs of a font, and what stands in the file."""

    def width(self, text: str) -> float:
        """The width of a text at size 1."""
        ...

    def shown(self, text: str) -> bytes:
        """The operand of Tj."""
        ...

    def objects(self, first: int) -> list[bytes]:
        """The objects of the font, numbered from `first`, which is the Type 0 font."""
        ...


def pdf(form: Form, font: Font) -> bytes:
    """Return the file."""
    layout = _Layout(font)
    layout.form(form)
    return _file([b"\n".join(page) for page in layout.pages], font)


class _Layout:
    """Fills pages from the top; `y` is where the next thing begins."""

    def __init__(self, font: Font) -> None:
        self.font = font
        self.pages: list[list[bytes]] = [[]]
        self.y = HEIGHT - MARGIN

    def form(self, form: Form) -> None:
        self.text(form.title, TITLE, centred=True)
        self.space(4 * MM)
        for note in form.notes:
            self.text(note, TEXT)
        for row in form.fact_rows():
            cells = [part for fact in row for part in (fact.label, fact.value)]
            whole = WIDTH - 2 * MARGIN
            share = (0.15, 0.35, 0.15, 0.35) if len(row) > 1 else (0.15, 0.85)
            self.row(cells, [part * whole for part in share])
        for table in form.tables:
            self.table(table)
        self.table(Table(SIGNATURE, form.signers, []))
        self.row([""] * len(form.signers), self.even(len(form.signers)), SIGNING)
        self.space(3 * MM)
        for note in form.foot:
            self.text(note, SMALL)

    def table(self, table: Table) -> None:
        widths = self.even(len(table.head))
        self.space(5 * MM)
        self.keep(3 * TEXT * LEADING + 2 * PADDING)
        self.text(table.caption, TEXT + 1)
        self.space(PADDING)
        for row in (table.head, *table.rows):
            self.row(row, widths)
        if not table.rows and table.empty:
            self.row([table.empty], [WIDTH - 2 * MARGIN])

    def even(self, columns: int) -> list[float]:
        return [(WIDTH - 2 * MARGIN) / columns] * columns

    def row(self, cells: Sequence[str], widths: Sequence[float], least: float = 0.0) -> None:
        """One row of a table, its cells framed and wrapped."""
        lines = [
            self.wrapped(cell, TEXT, width - 2 * PADDING)
            for cell, width in zip(cells, widths, strict=True)
        ]
        high = max(least, max(map(len, lines)) * TEXT * LEADING + PADDING)
        self.keep(high)
        x = MARGIN
        for cell, width in zip(lines, widths, strict=True):
            frame = f"{x:.2f} {self.y - high:.2f} {width:.2f} {high:.2f} re S"
            self.pages[-1].append(frame.encode())
            for place, line in enumerate(cell, start=1):
                self.put(line, TEXT, x + PADDING, self.y - place * TEXT * LEADING)
            x += width
        self.y -= high

    def text(self, text: str, size: float, *, centred: bool = False) -> None:
        for line in self.wrapped(text, size, WIDTH - 2 * MARGIN):
            self.keep(size * LEADING)
            self.y -= size * LEADING
            free = WIDTH - 2 * MARGIN - self.font.width(line) * size
            self.put(line, size, MARGIN + (free / 2 if centred else 0), self.y)

    def put(self, line: str, size: float, x: float, y: float) -> None:
        shown = self.font.shown(line)
        self.pages[-1].append(b"BT /F %.1f Tf %.2f %.2f Td %s Tj ET" % (size, x, y, shown))

    def wrapped(self, text: str, size: float, width: float) -> list[str]:
        """Break a text where it no longer fits; Chinese breaks anywhere, and so do hashes."""
        lines = [""]
        for letter in text:
            if letter == "\n" or self.font.width(lines[-1] + letter) * size > width:
                lines.append("")
            lines[-1] += letter.strip("\n")
        return lines

    def space(self, high: float) -> None:
        self.y -= high

    def keep(self, high: float) -> None:
        """Go to a new page where this much does not fit."""
        if self.y - high < MARGIN:
            self.pages.append([])
            self.y = HEIGHT - MARGIN


def _file(pages: Sequence[bytes], font: Font) -> bytes:
    """The objects in order: catalogue, pages, each page with its content, the font."""
    first = 3 + 2 * len(pages)
    kids = b" ".join(b"%d 0 R" % (3 + 2 * place) for place in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (zh-CN) >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
    ]
    for number, content in zip(count(4, 2), pages, strict=False):
        box = b"/MediaBox [0 0 %.2f %.2f]" % (WIDTH, HEIGHT)
        uses = b"/Resources << /Font << /F %d 0 R >> >>" % first
        objects.append(
            b"<< /Type /Page /Parent 2 0 R %s %s /Contents %d 0 R >>" % (box, uses, number)
        )
        objects.append(stream(b"0.5 w\n" + content))
    return b"".join(_numbered([*objects, *font.objects(first)]))


def stream(body: bytes, extra: bytes = b"") -> bytes:
    """A stream object, compressed."""
    packed = zlib.compress(body, 9)
    head = b"<< /Length %d /Filter /FlateDecode %s>>" % (len(packed), extra)
    return head + b"\nstream\n" + packed + b"\nendstream"


def _numbered(objects: Sequence[bytes]) -> Iterator[bytes]:
    """The whole file: header, objects, cross-reference table, trailer."""
    yield (head := b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
    at, places = len(head), []
    for number, body in enumerate(objects, start=1):
        whole = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        places.append(at)
        at += len(whole)
        yield whole
    size = len(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    yield b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    yield b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, at)

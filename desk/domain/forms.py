"""A form that is printed and signed: the same content for the page and for the PDF."""

from collections.abc import Sequence
from dataclasses import dataclass, field

SIGNATURE = "签字"
"""Over the places where people sign."""


@dataclass(frozen=True)
class Fact:
    """A label and what is filled in; a wide one has the whole row."""

    label: str
    value: str
    wide: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under a caption; `empty` stands there where there are none."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = ""


@dataclass(frozen=True)
class Form:
    """Title, notes above, facts, tables, who signs, and what stands below."""

    title: str
    facts: Sequence[Fact]
    tables: Sequence[Table]
    signers: Sequence[str]
    notes: Sequence[str] = field(default=())
    foot: Sequence[str] = field(default=())

    def letters(self) -> frozenset[str]:
        """Every letter that stands in the form."""
        texts = [self.title, SIGNATURE, *self.signers, *self.notes, *self.foot]
        texts += [part for fact in self.facts for part in (fact.label, fact.value)]
        for table in self.tables:
            texts += [table.caption, table.empty, *table.head]
            texts += [cell for row in table.rows for cell in row]
        return frozenset("".join(texts))

    def fact_rows(self) -> list[list[Fact]]:
        """The facts two in a row, a wide one alone."""
        rows: list[list[Fact]] = []
        for fact in self.facts:
            last = rows[-1] if rows else []
            if fact.wide or len(last) != 1 or last[0].wide:
                rows.append([fact])
            else:
                last.append(fact)
        return rows

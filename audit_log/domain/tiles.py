"""The log as static files (C2SP `tlog-tiles`): paths, and which of them a growth touches."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDTH = 256
HEIGHT = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """`width` hashes (1 … 256) of tree level 8·`level`, from number 256·`index` on."""

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """`tile/<L>/<N>`, with `.p/<W>` where it is not full."""
        return f"tile/{self.level}/{_numbered(self.index, self.width)}"

    @property
    def entries_path(self) -> str:
        """The path of the entry bundle beside a level-0 tile."""
        return f"tile/entries/{_numbered(self.index, self.width)}"

    @property
    def span(self) -> range:
        """The hashes it holds, by their number on its level."""
        return range(self.index * WIDTH, self.index * WIDTH + self.width)


def grown(old: int, new: int) -> Iterator[Tile]:
    """Yield the tiles that a log of `new` leaves has and one of `old` had not, level by level."""
    level = 0
    while (count := new >> (HEIGHT * level)) > 0:
        before = old >> (HEIGHT * level)
        if count > before:
            for index in range(before // WIDTH, -(-count // WIDTH)):
                yield Tile(level, index, min(WIDTH, count - index * WIDTH))
        level += 1


def bundle(bodies: Iterable[bytes]) -> bytes:
    """Return the entry bundle: each entry behind its length as 16 bits, big-endian."""
    return b"".join(struct.pack(">H", len(body)) + body for body in bodies)


def _numbered(index: int, width: int) -> str:
    """Groups of three digits, all but the last behind an x; a partial tile says its width."""
    text = f"{index % 1000:03d}"
    while index := index // 1000:
        text = f"x{index % 1000:03d}/{text}"
    return text if width == WIDTH else f"{text}.p/{width}"

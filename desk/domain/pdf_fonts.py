"""Two ways in which a PDF has Chinese: a subset of a font inside it, or the name of one outside.

Song (宋体) by the name STSong-Light is one of the fonts that PDF readers stand in for by their own
since the Chinese fonts of ISO 32000-1 (9.7.5.2, predefined CMap GBK-EUC-H); on a PC without any
Chinese font such a file shows nothing, so a subset goes in wherever the machine has a font.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from fontTools.subset import Options, Subsetter, save_font
from fontTools.ttLib import TTFont

from desk.domain.pdf import stream

HALF = range(0x20, 0x7F)
"""Characters that GBK-EUC-H shows half as wide as a Chinese one."""


class NamedFont:
    """STSong-Light, of which the file has only the name."""

    def width(self, text: str) -> float:
        """Half an em for Latin letters, one for Chinese."""
        return sum(0.5 if ord(letter) in HALF else 1.0 for letter in text)

    def shown(self, text: str) -> bytes:
        """The text in GBK; what GBK does not have is a question mark."""
        return b"<%s>" % text.encode("gbk", "replace").hex().encode()

    def objects(self, first: int) -> list[bytes]:
        """The Type 0 font, its descendant, its descriptor."""
        system = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
        return [
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-GBK-EUC-H"
            b" /Encoding /GBK-EUC-H /DescendantFonts [%d 0 R] >>" % (first + 1),
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light %s"
            b" /DW 1000 /W [814 939 500] /FontDescriptor %d 0 R >>" % (system, first + 2),
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 880"
            b" /Descent -120 /CapHeight 880 /StemV 93 /FontBBox [-25 -254 1000 880] >>",
        ]


class EmbeddedFont:
    """A subset, for the letters of one text, of a TrueType or OpenType font or collection."""

    def __init__(self, body: bytes, letters: Iterable[str], *, number: int = 0) -> None:
        font = TTFont(BytesIO(body), fontNumber=number, lazy=True, recalcTimestamp=False)
        wanted = {ord(letter) for letter in letters} | {ord("?")}
        options = Options(notdef_outline=True, layout_features=[], name_IDs=[], hinting=False)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        self._font: Any = font
        self._names: dict[int, str] = font.getBestCmap()
        self._em: int = font["head"].unitsPerEm
        self._keyed = "CFF " in font  # the codes of a CID-keyed font are its own
        self._body = font.getTableData("CFF ") if self._keyed else _saved(font, options)

    def width(self, text: str) -> float:
        """The sum of the letters' advances."""
        return sum(float(self._advance(self._glyph(letter))) for letter in text)

    def shown(self, text: str) -> bytes:
        """Two bytes for each letter: its CID."""
        codes = "".join(f"{self._cid(self._glyph(letter)):04x}" for letter in text)
        return b"<%s>" % codes.encode()

    def objects(self, first: int) -> list[bytes]:
        """The Type 0 font, its descendant, its descriptor, its file, and the way back to text."""
        system = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        kind, key = (
            (b"CIDFontType0", b"FontFile3") if self._keyed else (b"CIDFontType2", b"FontFile2")
        )
        # Readers agree on the codes of a bare CFF; in an OpenType wrapper some take glyph numbers.
        extra = b"/Subtype /CIDFontType0C " if self._keyed else b""
        to_glyph = b"" if self._keyed else b" /CIDToGIDMap /Identity"
        widths = " ".join(
            f"{self._cid(name)} [{round(1000 * self._advance(name))}]"
            for name in sorted(set(self._names.values()), key=self._cid)
        )
        return [
            b"<< /Type /Font /Subtype /Type0 /BaseFont /FORMAA+Subset /Encoding /Identity-H"
            b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (first + 1, first + 4),
            b"<< /Type /Font /Subtype /%s /BaseFont /FORMAA+Subset %s /W [%s]%s"
            b" /FontDescriptor %d 0 R >>" % (kind, system, widths.encode(), to_glyph, first + 2),
            self._descriptor(key, first + 3),
            stream(self._body, extra),
            stream(self._to_unicode().encode()),
        ]

    def _descriptor(self, key: bytes, file: int) -> bytes:
        head, rise = self._font["head"], self._font["hhea"]
        edges = (head.xMin, head.yMin, head.xMax, head.yMax)
        box = " ".join(str(self._scaled(edge)) for edge in edges).encode()
        up, down = self._scaled(rise.ascent), self._scaled(rise.descent)
        return (
            b"<< /Type /FontDescriptor /FontName /FORMAA+Subset /Flags 4 /ItalicAngle 0 /StemV 80"
            b" /Ascent %d /Descent %d /CapHeight %d /FontBBox [%s] /%s %d 0 R >>"
            % (up, down, up, box, key, file)
        )

    def _glyph(self, letter: str) -> str:
        return self._names.get(ord(letter)) or self._names[ord("?")]

    def _advance(self, name: str) -> float:
        return float(self._font["hmtx"][name][0]) / self._em

    def _cid(self, name: str) -> int:
        if self._keyed and name.startswith("cid"):
            return int(name[3:])
        return int(self._font.getGlyphID(name))

    def _scaled(self, value: int) -> int:
        return round(1000 * value / self._em)

    def _to_unicode(self) -> str:
        """A CMap by which a reader copies and searches text (ISO 32000-1, 9.10.3)."""
        rows = sorted((self._cid(name), code) for code, name in self._names.items())
        chars = "".join(
            f"<{cid:04x}> <{chr(code).encode('utf-16-be').hex()}>\n" for cid, code in rows
        )
        blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
        lines = iter(chars.splitlines())
        body = "".join(
            f"{len(block)} beginbfchar\n"
            + "".join(f"{next(lines)}\n" for _ in block)
            + "endbfchar\n"
            for block in blocks
        )
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
            f"{body}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        )


def _saved(font: TTFont, options: Options) -> bytes:
    file = BytesIO()
    save_font(font, file, options)
    return file.getvalue()

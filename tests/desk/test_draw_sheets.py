"""The record sheet of a draw: the same form on the page and as a PDF that shows Chinese."""

import re
import zlib
from io import BytesIO

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from desk.domain.forms import Fact, Form, Table
from desk.domain.pdf import HEIGHT, MARGIN, pdf
from desk.domain.pdf_fonts import EmbeddedFont, NamedFont
from experts.models import Draw
from tests.award.lots import draw_lots, tied
from tests.desk.doors import sign_in, text_of

FORM = Form(
    title="专家表",
    facts=[Fact("项目", "A-1"), Fact("地点", "一室"), Fact("摘要", "ab" * 32, wide=True)],
    tables=[
        Table("各轮", ["轮次", "结果"], [["1", "抽中 3 人"]] * 70),
        Table("席位", ["席位", "应答"], [], "尚未抽取"),
    ],
    signers=["中心", "招标人"],
    foot=["完"],
)


def objects(file: bytes) -> dict[int, bytes]:
    """The objects where the cross-reference table says that they are."""
    at = int(file.split(b"startxref\n")[1].split(b"\n")[0])
    places = [int(row[:10]) for row in file[at:].split(b"\n") if row.endswith(b" n ")]
    found = {}
    for number, place in enumerate(places, start=1):
        head = b"%d 0 obj\n" % number
        assert file[place : place + len(head)] == head
        found[number] = file[place + len(head) : file.index(b"\nendobj", place)]
    return found


def streams(file: bytes) -> list[bytes]:
    return [
        zlib.decompress(body.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0])
        for body in objects(file).values()
        if b"/FlateDecode" in body
    ]


def lines(file: bytes) -> list[tuple[float, str]]:
    """Height and text of every line of the pages, as a reader with Song shows them."""
    shown = re.compile(rb"BT /F [\d.]+ Tf [\d.]+ ([\d.]+) Td <([0-9a-f]*)> Tj ET")
    return [
        (float(y), bytes.fromhex(code.decode()).decode("gbk"))
        for page in streams(file)
        for y, code in shown.findall(page)
    ]


def test_without_a_font_the_file_names_song_and_holds_every_word_on_the_paper():
    file = pdf(FORM, NamedFont())
    told = [text for _, text in lines(file)]
    assert (told[0], told[1:5], told[-1]) == ("专家表", ["项目", "A-1", "地点", "一室"], "完")
    assert (told.count("抽中 3 人"), told.count("尚未抽取"), told.count("招标人")) == (70, 1, 1)
    assert all(MARGIN <= y <= HEIGHT - MARGIN for y, _ in lines(file))
    assert b"/BaseFont /STSong-Light" in file
    assert b"/FontFile" not in file
    assert b"/Count 3" in objects(file)[2]


def test_the_same_form_gives_the_same_bytes():
    assert pdf(FORM, NamedFont()) == pdf(FORM, NamedFont())
    body = font("glyf")
    one, other = (pdf(FORM, EmbeddedFont(body, FORM.letters())) for _ in range(2))
    assert one == other


def font(outlines: str) -> bytes:
    """A font of boxes for the letters of the form, and for others that it does not need."""
    letters = sorted(FORM.letters() | set("?多余的字"))
    names = [".notdef", *(f"uni{ord(letter):04X}" for letter in letters)]
    builder = FontBuilder(1000, isTTF=outlines == "glyf")
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): f"uni{ord(letter):04X}" for letter in letters})
    pen = TTGlyphPen(None) if outlines == "glyf" else T2CharStringPen(600, None)
    for step, point in enumerate([(0, 0), (500, 0), (500, 700), (0, 700)]):
        (pen.lineTo if step else pen.moveTo)(point)
    pen.closePath()
    if outlines == "glyf":
        builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    else:
        builder.setupCFF("Boxes", {}, dict.fromkeys(names, pen.getCharString()), {})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    file = BytesIO()
    builder.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("outlines", "kind"), [("glyf", b"/CIDFontType2"), ("CFF", b"/CIDFontType0")]
)
def test_with_a_font_a_subset_of_it_is_inside_and_the_text_can_be_searched(outlines, kind):
    body = font(outlines)
    file = pdf(FORM, EmbeddedFont(body, FORM.letters()))
    assert kind in file
    *_, inside, to_unicode = streams(file)
    to_unicode = to_unicode.partition(b"endcodespacerange")[2]
    back = dict(re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]{4})>", to_unicode))
    told = {bytes.fromhex(code.decode()).decode("utf-16-be") for code in back.values()}
    assert told == FORM.letters() | {"?"}
    title = re.search(rb"<([0-9a-f]+)> Tj", streams(file)[0]).group(1)
    codes = [title[at : at + 4] for at in range(0, len(title), 4)]
    letters = [bytes.fromhex(back[code].decode()).decode("utf-16-be") for code in codes]
    assert "".join(letters) == FORM.title
    assert len(inside) < len(body)
    if outlines == "glyf":
        assert len(TTFont(BytesIO(inside)).getGlyphOrder()) == len(told) + 1


@pytest.mark.django_db
def test_page_and_pdf_tell_trials_rounds_and_whether_the_seed_had_bits_enough(
    ladder, cast, settings
):
    row = Draw.objects.filter(state="closed", kind="experts").order_by("pk")[0]
    client = sign_in(cast["jyzx1"])
    page = text_of(client.get(f"/draw-sheet/{row.pk}/"))
    said = re.search(r"需要 (\d+) 位\(log2 C\(N,k\)\+64\),提供 256 位,满足", page)
    assert 64 < int(said.group(1)) <= 256
    assert '<td colspan="3">0 次</td>' in page
    settings.PDF_FONT = "/nonexistent"
    sheet = client.get(f"/draw-sheet/{row.pk}/pdf/")
    assert (sheet.status_code, sheet["Content-Type"]) == (200, "application/pdf")
    assert said.group(0) in [text for _, text in lines(sheet.content)]
    assert sign_in(cast["tbr"]).get(f"/draw-sheet/{row.pk}/pdf/").status_code == 404


@pytest.mark.django_db
def test_a_lottery_has_a_sheet_of_its_own(cast):
    draw = draw_lots(cast, tied(cast))
    page = text_of(sign_in(cast["zbr1"]).get(f"/draw-sheet/{draw}/"))
    assert ("公开抽签记录表" in page, page.count("第 1 个抽中"), page.count("未抽中")) == (
        True, 1, 1,
    )  # fmt: skip

"""Which font a form gets as PDF: a Chinese one of this machine inside it, else the name of one."""

from functools import cache
from pathlib import Path

from django.conf import settings

from desk.domain.forms import Form
from desk.domain.pdf import Font
from desk.domain.pdf_fonts import EmbeddedFont, NamedFont

INSTALLED = (
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
)
"""Fonts of Debian's fonts-noto-cjk and fonts-wqy-*, with the place of Chinese in the collection."""


def font_for(form: Form) -> Font:
    """The font of a form: `PDF_FONT` where it is set, else an installed one, else Song by name."""
    chosen = _file(settings.PDF_FONT)
    if chosen is None:
        return NamedFont()
    body, number = chosen
    return EmbeddedFont(body, form.letters(), number=number)


@cache
def _file(own: str) -> tuple[bytes, int] | None:
    known = [(own, 0)] if own else INSTALLED
    return next(((Path(p).read_bytes(), n) for p, n in known if Path(p).is_file()), None)

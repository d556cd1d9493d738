"""The public page of the statistics of all draws."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from desk.web.doors import for_anyone
from experts.domain.fairness import LEAST, PAIRS, Test
from experts.selectors import statistics

PLACES = ("第一段", "第二段", "第三段", "第四段")
COUNTED = (
    ("trials", "抽取前试算", "次"),
    ("rounds", "抽取轮次", "轮"),
    ("later", "其中补抽", "轮"),
    ("short", "候选人不足、未抽满的轮次", "轮"),
    ("absent", "监督方未输入随机内容的轮次", "轮"),
    ("unmarked", "没有监督方标记的轮次", "轮"),
    ("left", "谢绝、未应答或者回避", "人次"),
    ("abandoned", "作废的抽取", "次"),
)


@for_anyone
def page(request: HttpRequest) -> HttpResponse:
    """Counts of the draws that have ended, and chi-square of what was drawn."""
    found = statistics.published()
    context = {
        "found": found,
        "counts": [(words, found.counts[name], unit) for name, words, unit in COUNTED],
        "places": PLACES,
        "single": _cells(PLACES, found.single),
        "pair": _cells([_pair(i, j) for i, j in PAIRS], found.pair),
        "least": LEAST,
    }
    return render(request, "desk/statistics.html", context)


def _pair(one: int, other: int) -> str:
    return f"同在{PLACES[one]}" if one == other else f"{PLACES[one]}和{PLACES[other]}"


def _cells(titles: Sequence[str], test: Test) -> list[tuple[str, int, str]]:
    expected = (f"{value:.1f}" for value in test.expected)
    return list(zip(titles, test.observed, expected, strict=True))

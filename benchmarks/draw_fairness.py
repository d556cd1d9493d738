"""Whether the draw is fair: chi-square over many draws, and the laws of consistent samplers.

    python -m benchmarks.draw_fairness [draws]

Every draw has a seed of its own and goes through the product's own function. Beside it stands the
mistake of a known system (a window of neighbours of a sorted list), to show what the same statistic
says of one that is not fair. Figures depend on nothing but the number of draws.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations, permutations

from experts.domain.draw import Standing, run_round
from experts.domain.fairness import chi_square_p
from experts.domain.public_lists import SLOT, public_manifest

NAMES = [f"c{number:04d}" for number in range(1, 13)]
DRAWS = 60_000
Drawing = Callable[[Sequence[str], int, int], list[str]]


def draw(names: Sequence[str], count: int, number: int) -> list[str]:
    """The names drawn with the seed of this number, in the order in which they were drawn."""
    seed = hashlib.sha256(f"benchmark/{number}".encode()).digest()
    manifest = public_manifest(draw="D", project="P", attempt=1, items=names, count=count)
    selected, _ = run_round(manifest, Standing(), {SLOT: count}, seed)
    return [row["candidate"] for row in selected]


def window(names: Sequence[str], count: int, number: int) -> list[str]:
    """Neighbours of a sorted list from a random place on; the last name never comes first."""
    digest = hashlib.sha256(f"window/{number}".encode()).digest()
    start = int.from_bytes(digest) % (len(names) - count)
    return list(names[start : start + count])


def single_inclusion(drawing: Drawing, draws: int) -> tuple[float, int]:
    """Each name in three of twelve; without replacement the spread is (N − k)/(N − 1) as wide."""
    count = 3
    drawn = Counter(name for n in range(draws) for name in drawing(NAMES, count, n))
    spread = (len(NAMES) - count) / (len(NAMES) - 1)
    return statistic(drawn, NAMES, draws * count) / spread, len(NAMES) - 1


def pair_inclusion(drawing: Drawing, draws: int) -> tuple[float, int]:
    """Each pair of names in two of twelve."""
    drawn = Counter(tuple(sorted(drawing(NAMES, 2, n))) for n in range(draws))
    cells = list(combinations(NAMES, 2))
    return statistic(drawn, cells, draws), len(cells) - 1


def orders(drawing: Drawing, draws: int) -> tuple[float, int]:
    """Each order of four names where all four are drawn."""
    drawn = Counter(tuple(drawing(NAMES[:4], 4, n)) for n in range(draws))
    cells = list(permutations(NAMES[:4]))
    return statistic(drawn, cells, draws), len(cells) - 1


def statistic(counts: Counter, cells: Sequence[object], total: int) -> float:
    """Pearson's chi-square against equal chances."""
    expected = total / len(cells)
    return sum((counts[cell] - expected) ** 2 / expected for cell in cells)


def laws_broken(draws: int) -> dict[str, int]:
    """How often each law of a consistent sampler does not hold."""
    broken = Counter[str]()
    for n in range(draws):
        whole = draw(NAMES, len(NAMES), n)
        gone = whole[n % len(NAMES)]
        rest = [name for name in NAMES if name != gone]
        broken["fewer are the first of more"] += draw(NAMES, 5, n) != whole[:5]
        broken["who is taken out reorders nobody"] += draw(rest, len(rest), n) != [
            name for name in whole if name != gone
        ]
        broken["the order of the list does not count"] += draw(NAMES[::-1], 5, n) != whole[:5]
        broken["a part is drawn as the whole would"] += draw(NAMES[:6], 6, n) != [
            name for name in whole if name in NAMES[:6]
        ]
    return dict(broken)


def main() -> None:
    """Print the figures."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    print(f"{draws:,} draws each from {len(NAMES)} names")
    for name, drawing in (("this draw", draw), ("a window of neighbours", window)):
        for title, measure in (("single", single_inclusion), ("pair", pair_inclusion)):
            value, freedom = measure(drawing, draws)
            p = chi_square_p(value, freedom)
            print(f"{name}: {title} inclusion, chi-square {value:.1f} of {freedom}, p = {p:.3g}")
    value, freedom = orders(draw, draws)
    p = chi_square_p(value, freedom)
    print(f"this draw: order of four, chi-square {value:.1f} of {freedom}, p = {p:.3g}")
    laws = laws_broken(draws // 10)
    for law, times in laws.items():
        print(f"{law}: broken {times} times of {draws // 10:,}")


if __name__ == "__main__":
    main()

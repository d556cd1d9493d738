"""The tables of `docs/rules.md`. `python -m tests.docs.rules_page` writes them anew."""

from rulebook.domain.changes import by_id
from rulebook.domain.changes import written as value_of
from rulebook.domain.rules import Profile, Rule
from rulebook.seeding import bundled_profile, bundled_profiles
from tests.docs.source import DOCS

PAGE = DOCS / "rules.md"
BEGIN, END = "<!-- rules -->\n", "<!-- end of rules -->"
ROOT = "national"
HEAD = "| rule | 内容 | value | level | sure | 依据 |\n|---|---|---|---|---|---|\n"


def tables() -> str:
    """Return the tables of all bundled profiles as they must stand in the page."""
    others = sorted(code for code in bundled_profiles() if code != ROOT)
    parts = [_section(ROOT, bundled_profile(ROOT))]
    parts += [_section(code, bundled_profiles()[code]) for code in others]
    return "\n".join(parts)


def _section(code: str, profile: Profile) -> str:
    whole = bundled_profile(code)
    above = f", states what differs from `{profile.parent}`" if profile.parent else ""
    since = profile.effective_from.isoformat()
    rows = "".join(_row(whole.rule(rule.id)) for rule in by_id(profile).values())
    return f"## {profile.name} (`{code}`)\n\nIn force from {since}{above}.\n\n{HEAD}{rows}"


def _row(rule: Rule) -> str:
    scope = "".join(f"<br>only {key}: {_scope(value)}" for key, value in _scopes(rule))
    value = f"`{value_of(rule.value)}`"
    return (
        f"| `{rule.id}` | {rule.title}{scope} | {value} | {rule.level} | {rule.sure} |"
        f" {rule.basis} |\n"
    )


def _scopes(rule: Rule) -> list[tuple[str, object]]:
    return sorted((rule.applies_to or {}).items())


def _scope(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value).lower()


def shown() -> str:
    """Return the tables that stand in the page."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def write() -> None:
    """Put the tables into the page, between its two marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}{tables()}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write()

"""`docs/commands.md` lists every make target and every command, with its options."""

import re

import pytest
from django.core.management import load_command_class
from django.core.management.base import BaseCommand

from tests.docs.source import APPS, ROOT, code_of, rows, text

PAGE = "docs/commands.md"
TARGET = re.compile(r"(?m)^([a-z][a-z-]*):.*## ")
VARIABLE = re.compile(r"\b([A-Z][A-Z_]+)=")


def targets() -> set[str]:
    return set(TARGET.findall(text("Makefile")))


def commands() -> dict[str, str]:
    """Return command → the app it belongs to."""
    found: dict[str, str] = {}
    for app in APPS:
        folder = ROOT / app / "management" / "commands"
        names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
        found |= dict.fromkeys(names, app)
    return found


def options(name: str) -> set[str]:
    """The options of a command that are its own."""

    def read(command: BaseCommand) -> set[str]:
        parser = command.create_parser("manage.py", "x")
        return {flag for action in parser._actions for flag in action.option_strings}

    own = load_command_class(commands()[name], name)
    base = type(own).__mro__[1]  # Django's command of that name, where ours extends one
    return read(own) - read(base()) - {"--skip-checks"}


def described(under: str) -> dict[str, str]:
    return {code_of(row[0]): row[1] for row in rows(PAGE, under=under)}


def test_the_page_lists_exactly_the_make_targets():
    assert sorted(described("make")) == sorted(f"make {name}" for name in targets())


def test_every_target_is_phony_and_has_help():
    phony = re.search(r"(?m)^\.PHONY: (.*)$", text("Makefile"))
    assert phony
    assert set(phony[1].split()) == targets()


def test_the_page_lists_exactly_the_commands():
    assert sorted(described("manage.py")) == sorted(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_of_a_command_is_described_and_no_other(name):
    told = set(re.findall(r"`(--[a-z-]+)", described("manage.py")[name]))
    assert told == options(name)


def test_every_command_has_a_chinese_line_of_help():
    helps = {name: load_command_class(app, name).help for name, app in commands().items()}
    assert [name for name, line in helps.items() if not re.search("[一-鿿]", line)] == []


def test_variables_of_make_are_those_of_the_makefile():
    told = set(VARIABLE.findall(text(PAGE)))
    assert told - set(re.findall(r"[A-Z][A-Z_]+", text("Makefile"))) == set()


@pytest.mark.parametrize("program", sorted(described("Programs of other parties")))
def test_programs_of_other_parties_are_there(program):
    words = program.split()
    path = words[2].replace(".", "/") if words[1] == "-m" else f"audit_log/verifier/{words[2]}"
    assert (ROOT / path).exists()


def test_verdicts_are_those_of_the_verifier():
    source = text("audit_log/verifier/verify.py")
    verdicts = re.findall(r'(?m)^VERDICT_\w+ = "([^"]+)"', source)
    assert [row[0] for row in rows(PAGE, under="Verdicts of the verifier")] == verdicts

"""Templates keep to the house: nothing inline, nothing from another host, tables with captions."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted(
    [
        *(settings.BASE_DIR / "config" / "templates").rglob("*.html"),
        *(settings.BASE_DIR / "desk" / "templates").rglob("*.html"),
    ]
)
SHEETS = sorted((settings.BASE_DIR / "config" / "static").rglob("*.css"))


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.name)


@each(TEMPLATES)
def test_no_script_or_style_stands_in_a_template(path: Path):
    found = re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", path.read_text())
    assert found == []


@each(TEMPLATES)
def test_nothing_is_fetched_from_another_host(path: Path):
    text = path.read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', text) == []


@each(SHEETS)
def test_a_style_sheet_fetches_nothing(path: Path):
    assert re.findall(r"url\(|@import", path.read_text()) == []


@each(TEMPLATES)
def test_every_head_of_a_table_has_a_scope(path: Path):
    assert re.findall(r"<th(?![^>]*scope=)(?=[\s>])[^>]*>", path.read_text()) == []


@each([path for path in TEMPLATES if path.name != "_value.html"])
def test_every_table_has_a_caption(path: Path):
    text = path.read_text()
    assert len(re.findall(r"<table", text)) == len(re.findall(r"<caption", text))


@each(TEMPLATES)
def test_every_form_that_posts_carries_the_token(path: Path):
    text = path.read_text()
    forms = re.findall(r'<form[^>]*method="post"[^>]*>(.*?)</form>', text, re.DOTALL)
    assert [form for form in forms if "csrf_token" not in form] == []


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TOKENS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", SHEETS[0].read_text()))
ON_PAPER = [(ink, "paper") for ink in ("ink", "soft", "blue", "red", "green", "amber")]
ON_WASH = [("red", "red-wash"), ("amber", "amber-wash"), ("soft", "amber-wash"), ("ink", "sheet")]


@pytest.mark.parametrize(("ink", "ground"), ON_PAPER + ON_WASH)
def test_text_stands_out_from_its_ground(ink, ground):
    assert contrast(TOKENS[ink], TOKENS[ground]) >= 4.5

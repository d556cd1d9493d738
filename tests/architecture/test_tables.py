"""Nothing is deleted with something else, and no page calls another host."""

import re

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.source import APPS, ROOT

RELATIONS = [
    field
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_label in APPS
    for field in model._meta.concrete_fields
    if field.remote_field
]
PAGES = [
    path
    for app in APPS
    for path in sorted((ROOT / app).rglob("*"))
    if path.suffix in (".html", ".txt", ".css", ".js", ".svg", ".json") and path.is_file()
]
HOST = re.compile(r"""(?:https?:|["'(=\s])//(?P<host>[a-z0-9][a-z0-9.-]*\.[a-z]{2,})""", re.I)
NAMES_OF_FORMATS = {"www.w3.org"}
"""Namespaces: a browser never asks for them."""


def test_there_are_relations_and_pages_to_look_at():
    assert len(RELATIONS) > 10
    assert len(PAGES) > 10


@pytest.mark.parametrize("field", RELATIONS, ids=str)
def test_a_row_that_others_rest_on_cannot_be_deleted(field):
    assert field.remote_field.on_delete is models.PROTECT


def test_the_word_cascade_is_not_in_the_code():
    sources = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    assert [path for path in sources if "CASCADE" in path.read_text()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_names_no_other_host(path):
    hosts = {found["host"] for found in HOST.finditer(path.read_text())}
    assert hosts - NAMES_OF_FORMATS == set()

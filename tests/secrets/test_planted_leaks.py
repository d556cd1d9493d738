"""The comparison of worlds finds a leak wherever it is planted, and nothing else."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from experts.models import Draw, Expert
from experts.services import rosters
from tests.secrets import worlds
from tests.secrets.crawling import Crawl, differences, mask
from tests.secrets.worlds import ALL_DIFFERS, AS_IT_IS, DRAW, WORLDS

pytestmark = pytest.mark.django_db


def leaks(draw: str) -> dict[str, Callable[[], HttpResponse]]:
    """Pages that tell of who was drawn, each in a place of its own."""
    people = rosters.identities_of(Draw.objects.get(pk=draw))
    drawn = [people[handle].expert for handle in worlds.SELECTED]
    rows = Expert.objects.filter(pk__in=drawn)
    return {
        "code": lambda: HttpResponse(f"<p>{drawn}</p>"),
        "order": lambda: JsonResponse({"rows": sorted(EVERYONE, key=drawn.__contains__)}),
        "count": lambda: HttpResponse(str(rows.filter(region="330402").count())),
        "sum": lambda: HttpResponse(str(sum(row.years for row in rows))),
        "length": lambda: HttpResponse(" " * sum(row.years for row in rows)),
        "header": lambda: HttpResponse(headers={"ETag": drawn[2]}),
        "status": lambda: HttpResponse(status=404 if "A1" in drawn else 200),
        "redirect": lambda: redirect(f"/public/{drawn[2]}/"),
        "archive": lambda: HttpResponse(archive(drawn[2])),
        "nothing": lambda: HttpResponse(
            f"<p>{len(drawn)} {timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}</p>"
        ),
    }


EVERYONE = ("A1", "A2", "A3")


def archive(text: str) -> bytes:
    """A zip with one member."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as file:
        file.writestr("names.txt", text)
    return body.getvalue()


class Planted:
    """The site with a page for every leak."""

    urlpatterns = [
        path("planted/<str:code>/", lambda _, code: leaks(DRAW)[code]()),
        path("", include("desk.urls")),
    ]


def test_d15_the_comparison_finds_a_planted_leak_wherever_it_is(ladder, settings, tmp_path):
    settings.ROOT_URLCONF = Planted
    job, crawls = worlds.begun(ladder), []
    for name in (AS_IT_IS, ALL_DIFFERS):
        with worlds.taken_back(tmp_path / name):
            worlds.play(job, WORLDS[name], upto="drawn")
            values = [{"about": "planted", "code": one} for one in leaks(DRAW)]
            planted = re.compile("/planted/")
            crawls.append(Crawl(Client(), values, re.compile("never"), planted).answers())
    found = {address.split("/")[2] for address in differences(*crawls)}
    asked = {address.split("/")[2] for address in crawls[0]}
    assert asked - found == {"nothing"}


@pytest.mark.parametrize(
    "told",
    [
        "A1", "E000012", "c0003", "上官1", "91330499DM3626109K", "330402", "2025-05-08", "5月8日",
        "87.50", "3", "17 人", "0123456789ab", "16600000001", "W-D1/c0002", "g3", "12分",
    ],
)  # fmt: skip
def test_the_mask_keeps_whatever_could_name_somebody(told):
    text = f"<td>{told}</td>\n{told},{told}\n".encode()
    assert mask(text) == text


@pytest.mark.parametrize(
    "random",
    [
        "ab" * 32, "0f" * 64, "2025-05-08T01:02:03.000004Z", "09:30", "9d1c0a35b2ff…",
        "已等候 17 分钟", "?key=" + "a-_Z" * 10 + "abc",
    ],
)  # fmt: skip
def test_the_mask_takes_what_differs_between_any_two_runs(random):
    assert random.encode() not in mask(f"<td>{random}</td>".encode())

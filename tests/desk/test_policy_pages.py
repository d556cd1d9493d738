"""Every role at every act's page, against the policy: 200, 403 (not his act) or 404 (not his)."""

from urllib.parse import unquote

import pytest

from accounts.acts import ACTS
from accounts.domain import policy
from audit_log.domain.entry import Actor
from desk.selectors import things
from desk.web.acting import AT_THE_DOOR, address
from evaluation.models import Project
from experts.models import Draw, Expert
from tests.desk.doors import sign_in

PROJECT_ACTS = sorted(name for name, act in ACTS.items() if act.kind == "project")
ROLES = ("jyzx1", "zbr1", "zbdb", "zjj", "zjk", "jw", "xtgl", "aqgl", "sjgl", "dbwy1", "jdz", "tbr")


def expected(actor: Actor, name: str, thing) -> int:
    """The status that the policy alone leads to."""
    if policy.may(actor, name, thing):
        return 200
    kind = name.partition(".")[0]
    return 404 if thing is not None and not things.sees(actor, kind, thing) else 403


def statuses(actor: Actor, names, thing) -> tuple[dict[str, int], dict[str, int]]:
    client = sign_in(actor)
    acts = [ACTS[name] for name in names if name not in AT_THE_DOOR]
    found = {act.name: client.get(address(act, thing.pk)).status_code for act in acts}
    wanted = {act.name: expected(actor, act.name, None if act.creates else thing) for act in acts}
    return found, wanted


@pytest.mark.parametrize("account", ROLES)
def test_the_pages_of_a_projects_acts_follow_the_policy(cast, ladder, account):
    row = Project.objects.get(pk=ladder["awarding"])
    found, wanted = statuses(cast[account], PROJECT_ACTS, row)
    assert found == wanted


def test_a_seated_expert_meets_the_same_policy(ladder):
    row = Project.objects.get(pk=ladder["evaluating"])
    part = row.parts.filter(kind="expert").first()
    expert = Actor(part.person, "expert", Expert.objects.get(pk=part.person).employer)
    found, wanted = statuses(expert, PROJECT_ACTS, row)
    assert found == wanted
    assert set(found.values()) == {200, 403}


@pytest.mark.parametrize("account", ROLES)
def test_the_pages_of_a_draws_acts_follow_the_policy(cast, ladder, account):
    row = Draw.objects.get(pk=ladder.project("drawing").draw)
    names = sorted(name for name, act in ACTS.items() if act.kind == "draw")
    found, wanted = statuses(cast[account], names, row)
    assert found == wanted


@pytest.mark.parametrize("account", ROLES)
def test_the_pages_of_an_experts_acts_follow_the_policy(cast, ladder, account):
    row = Expert.objects.filter(state="active").first()
    names = sorted(name for name, act in ACTS.items() if act.kind == "expert")
    found, wanted = statuses(cast[account], names, row)
    assert found == wanted


@pytest.mark.parametrize(
    ("account", "page", "status"),
    [
        ("jyzx1", "/experts/", 403),
        ("zjk", "/experts/", 200),
        ("zjk", "/projects/", 403),
        ("zbr1", "/trail/", 403),
        ("jw", "/trail/", 200),
        ("sjgl", "/trail/", 200),
        ("xtgl", "/accounts/", 200),
        ("jw", "/accounts/", 200),
        ("zbr1", "/accounts/", 200),
        ("aqgl", "/accounts/", 403),
        ("zbr1", "/project/there-is-none/", 404),
        ("zbr1", "/project/there-is-none/publish-tender/", 404),
        ("zbr1", "/project/new/publish-tender/", 404),
        ("zbr1", "/nothing/here/at-all/", 404),
    ],
)
def test_other_doors(cast, account, page, status):
    assert sign_in(cast[account]).get(page).status_code == status


def test_a_visitor_is_sent_to_the_sign_in(client, ladder):
    response = client.get(f"/project/{ladder['opened']}/")
    assert unquote(response.url) == f"/login/?next=/project/{ladder['opened']}/"


@pytest.mark.parametrize("state", ["registered", "tendering", "opened", "awarding", "suspended"])
@pytest.mark.parametrize("account", ROLES)
def test_lists_show_exactly_what_may_be_seen(cast, ladder, account, state):
    actor, row = cast[account], ladder.project(state)
    assert (row in things.projects(actor)) == policy.may_see(actor, "project", row)

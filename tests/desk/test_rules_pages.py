"""The pages of the rules: everyone with an account reads them, two change them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.domain import policy
from audit_log.services import clock
from rulebook.models import RuleProfile
from rulebook.services import publishing
from tests.desk.doors import sign_in, text_of

ACCOUNTS = ("jyzx1", "zbr1", "zjj", "fgj", "jw", "aqgl", "sjgl", "tbr", "dbwy1")
CHANGE = {"rule": "R32", "value": "25", "level": "block", "basis": "", "sure": "profile"}


@pytest.fixture
def waiting(cast):
    """A proposal that waits for its approval."""
    first = timezone.localtime(clock.now()).date() + timedelta(days=7)
    publishing.propose(
        actor=cast["aqgl"],
        rules="national",
        effective_from=first,
        changes=[CHANGE],
        reason="延长编制投标文件的时间",
    )
    return RuleProfile.objects.get(pk="national")


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize(
    "page", ["/rules/", "/rules/national/", "/rules/calendar/", "/rules/compare/"]
)
def test_everyone_with_an_account_reads_the_rules(cast, account, page):
    assert sign_in(cast[account]).get(page).status_code == 200


@pytest.mark.parametrize("page", ["/rules/nowhere/", "/rules/compare/?a=national@1&b=nowhere@1"])
def test_unknown_rules_are_not_found(cast, page):
    assert sign_in(cast["zbr1"]).get(page).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client, ladder):
    assert client.get("/rules/").status_code == 302


def test_a_waiting_proposal_shows_what_would_change_and_who_decides(cast, waiting):
    text = text_of(sign_in(cast["fgj"]).get("/rules/national/"))
    assert [part in text for part in ("待审批的修改", "延长编制投标文件的时间", "审批通过")] == [
        True
    ] * 3
    assert text.count("<code>R32</code>") == 2  # once as it is proposed, once as it is in force


def test_a_proposal_becomes_a_version_through_the_pages(cast, waiting):
    client = sign_in(cast["fgj"])
    client.post("/rules/national/approve/", {"step": "do"})
    assert RuleProfile.objects.get(pk="national").version == waiting.version + 1
    text = text_of(client.get("/rules/compare/?a=national@1&b=national@2"))
    assert text.count("<code>R32</code>") == 1


@pytest.mark.parametrize("act", ["propose", "approve", "reject"])
def test_the_acts_pages_follow_the_policy(cast, waiting, act):
    address = f"/rules/national/{act}/"
    found = {name: sign_in(cast[name]).get(address).status_code for name in ACCOUNTS}
    allowed = [name for name in ACCOUNTS if policy.may(cast[name], f"rules.{act}", waiting)]
    assert found == {name: 200 if name in allowed else 403 for name in ACCOUNTS}
